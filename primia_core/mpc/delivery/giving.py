"""The dealer's half of a delivery: to whom a set goes, and what becomes of it. Opens no socket.

A set whose bytes have begun to leave is either acknowledged or void: what breaks in between is not sent again. Nothing
of this half knows a program, a mask or a request.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import BinaryIO, Protocol

from primia_core.mpc.delivery.messages import (
    MOST_SETS,
    PART_BYTES,
    Discard,
    Discarded,
    End,
    Offer,
    Order,
    Refusal,
    Talk,
    Verdict,
    hear,
    part_header,
    said,
)
from primia_core.mpc.errors import DeliveryRefused, MpcError, PeerGarbage
from primia_core.mpc.stock.header import Kind
from primia_core.mpc.stock.outbox import Outbox

MOST_MESSAGE = 500


@dataclass(frozen=True)
class Counter:
    """Where one party is served for one service.

    Attributes:
        outbox: of the service's sets.
        party: 0 or 1, whose half is given.
        kind: of the sets.
    """

    outbox: Outbox
    party: int
    kind: Kind

    def check(self, order: Order) -> None:
        """Raise ``DeliveryRefused`` unless the party expects sets like these."""
        if order.kind != self.kind:
            raise DeliveryRefused(
                f"the party asks for sets of kind {order.kind.tag}, the dealer has {self.kind.tag} for this service; "
                "open the service anew, so that all have the same program, mask and protocol"
            )
        if order.epoch != (epoch := self.outbox.epochs.current):
            raise DeliveryRefused(
                f"the party is in epoch {order.epoch}, the dealer in {epoch}; open the service anew in epoch {epoch}"
            )


class Desk(Protocol):
    """Who is served where; the dealer's worker has one."""

    def counter(self, service: str, fingerprint: str) -> Counter:
        """Return where the holder of a certificate is served for a service.

        Raises:
            DeliveryRefused: the service is unknown or closed, or the certificate is of neither of its parties.
        """


def give(desk: Desk, fingerprint: str) -> Talk[list[str]]:
    """Answer one call.

    Args:
        fingerprint: of the certificate that the caller has proved to hold.
    Returns:
        The ids of the sets that the caller has acknowledged.
    Security: whose half is given follows from the certificate alone, never from what the caller says.
    """
    order = yield from hear(Order)
    try:
        counter = desk.counter(order.service, fingerprint)
        counter.check(order)
    except MpcError as error:
        yield said(Refusal(code=error.code, message=error.message[:MOST_MESSAGE]))
        return []
    yield from _tell_of_void(counter)
    taken: list[str] = []
    for stock_id in counter.outbox.waiting(counter.party):
        if len(taken) == order.want:
            break
        word = yield from _deliver(counter, stock_id)
        if word == "no_room":
            break
        if word == "taken":
            taken.append(stock_id)
    yield said(End(left=len(counter.outbox.waiting(counter.party))))
    return taken


def _tell_of_void(counter: Counter) -> Talk[None]:
    """Let the party discard its halves of sets that the other will never have."""
    void = counter.outbox.voided(counter.party)[:MOST_SETS]
    if void:
        yield said(Discard(stock_ids=tuple(void)))
        yield from hear(Discarded)
        for stock_id in void:
            counter.outbox.told(stock_id, counter.party)


def _deliver(counter: Counter, stock_id: str) -> Talk[str]:
    """Offer a set, send it if it is wanted, and return the party's last word."""
    outbox, party = counter.outbox, counter.party
    with outbox.open(stock_id, party) as file:
        yield said(Offer(stock_id=stock_id, size_bytes=os.fstat(file.fileno()).st_size))
        verdict = yield from hear(Verdict)
        if verdict.word == "send":
            with _void_unless_whole(outbox, stock_id):
                yield from _send(file)
                verdict = yield from hear(Verdict)
                if verdict.word not in ("taken", "refused"):
                    raise PeerGarbage(
                        f"party {party} was sent a file and says {verdict.word!r}; it must take or refuse"
                    )
    if verdict.word in ("taken", "have"):
        outbox.acknowledge(stock_id, party)
    elif verdict.word == "refused":
        outbox.void(stock_id)
        outbox.told(stock_id, party)
    return verdict.word


def _send(file: BinaryIO) -> Talk[None]:
    while part := file.read(PART_BYTES):
        yield part_header(len(part))
        yield part


@contextmanager
def _void_unless_whole(outbox: Outbox, stock_id: str) -> Iterator[None]:
    try:
        yield
    except BaseException:  # also when the conversation is closed because the connection broke
        outbox.void(stock_id)
        raise
