"""Deals sets for a service into its outbox, until there are enough or no room. Knows no task."""

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from secrets import token_hex

from primia_core.mpc import dealer
from primia_core.mpc.cost import exact_costs
from primia_core.mpc.cost.exact import total
from primia_core.mpc.gates import SecretFilters
from primia_core.mpc.model import mask_of_weights
from primia_core.mpc.stock.header import STOCK_ID_BYTES
from primia_core.mpc.stock.outbox import PARTIES, Outbox
from workers.dealer.errors import DiskFull
from workers.dealer.masked import MaskedService

MOST_WAITING = 64
"""Sets that may wait for one party: a service whose parties do not fetch fills no disk."""
SPARE_BYTES = 1 << 30
Told = Callable[[int, int], None]


@dataclass(frozen=True)
class Dealt:
    """What one order came to.

    Attributes:
        sets: dealt now.
        bytes: of both halves of them.
        waiting: for party 0 and party 1, these included.
    """

    sets: int
    bytes: int
    waiting: tuple[int, int]


class Pen:
    """Deals; it keeps the packed R_w of the service that it dealt for last."""

    def __init__(self, threads: int) -> None:
        self._threads = threads
        self._packed: tuple[str, SecretFilters] | None = None

    def deal(
        self,
        service: MaskedService,
        outbox: Outbox,
        count: int,
        told: Told = lambda done, of: None,
    ) -> Dealt:
        """Deal sets, each whole or not at all.

        Args:
            told: called before each set with how many are done, and of how many; it may raise, which ends the order.
        Raises:
            DiskFull: there is no room for the first one.
        """
        count = min(count, MOST_WAITING - max(len(outbox.waiting(party)) for party in PARTIES))
        sets = nbytes = 0
        for number in range(count):
            told(number, count)
            if not _has_room(outbox.folder, service):
                if not sets:
                    raise DiskFull(f"less than {_needed(service):,} bytes are free for another set; make room")
                break
            nbytes += self._deal_one(service, outbox)
            sets += 1
        return Dealt(sets, nbytes, (len(outbox.waiting(0)), len(outbox.waiting(1))))

    def forget(self) -> None:
        """Drop the packed masks."""
        self._packed = None

    def _deal_one(self, service: MaskedService, outbox: Outbox) -> int:
        stock_id, seeds = token_hex(STOCK_ID_BYTES), dealer.Seeds.new()
        created = datetime.now(UTC).isoformat(timespec="seconds")
        with outbox.deal(stock_id, service.kind, seeds.parties, created) as sinks:
            dealer.deal(
                service.program, self._masks(service), sinks,
                protocol=service.protocol, stock_id=bytes.fromhex(stock_id), seeds=seeds, threads=self._threads,
            )  # fmt: skip
        return sum(sink.size_bytes for sink in sinks)

    def _masks(self, service: MaskedService) -> SecretFilters:
        if self._packed is None or self._packed[0] != service.mask:
            self._packed = None  # frees the one before
            self._packed = service.mask, mask_of_weights(service.program, service.seeds).pack()
        return self._packed[1]


def _has_room(folder: Path, service: MaskedService) -> bool:
    return shutil.disk_usage(folder).free >= _needed(service)


def _needed(service: MaskedService) -> int:
    return sum(total(exact_costs(service.program, service.protocol)).material) + SPARE_BYTES
