"""A dealer's door and two parties on real sockets and disks."""

import asyncio
import contextlib
import socket
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from primia_core.mpc.delivery import Counter, DeliveryServer, Order, Patience, collect
from primia_core.mpc.errors import DeliveryRefused
from primia_core.mpc.stock import Ledger, Limits, Outbox
from primia_core.mpc.stock.header import Kind
from primia_core.mpc.transport.tls import Identity, make_identity
from tests.core.mpc.stock.sets import EPOCH, KIND, Site

SERVICE = "6f1f3c1c-0a3c-4b58-9d0e-2b8a3e0f7a11"
SHORT = Patience(connect_s=5.0, silence_s=1.0, whole_s=10.0)


@dataclass
class Desk:
    """One service between two parties."""

    outbox: Outbox
    parties: dict[str, int]
    kind: Kind = KIND
    asked: list[str] = field(default_factory=list)

    def counter(self, service: str, fingerprint: str) -> Counter:
        self.asked.append(fingerprint)
        if service != SERVICE or fingerprint not in self.parties:
            raise DeliveryRefused(f"there is no service {service} for you here; ask the hub")
        return Counter(self.outbox, self.parties[fingerprint], self.kind)


class Place:
    """A dealer with an outbox, and two parties with a stock."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.dealer = make_identity("dealer", root / "dealer")
        self.identities = [make_identity(f"p{party}", root / f"keys{party}") for party in (0, 1)]
        self.ledger = Ledger(root / "dealer" / "ledger.sqlite")
        self.outbox = Outbox(root / "dealer" / "outbox", self.ledger)
        self.outbox.open_epoch(EPOCH)
        self.desk = Desk(
            self.outbox, {each.certificate.fingerprint: party for party, each in enumerate(self.identities)}
        )
        self.sites = [Site(root / f"party{party}", party) for party in (0, 1)]
        self.stocks = [site.filled(range(0)) for site in self.sites]
        self.address = ("127.0.0.1", 0)

    def deal(self, *numbers: int, size: int = 1000) -> list[str]:
        ids = [f"{number:032x}" for number in numbers]
        for stock_id in ids:
            with self.outbox.deal(stock_id, KIND, (b"\1" * 32, b"\2" * 32)) as pens:
                for party, pen in enumerate(pens):
                    pen.put(0, "key", np.full(size, party, np.uint8))
        return ids

    def restrict(self, party: int, most_bytes: int) -> None:
        self.stocks[party].limits = Limits(most_bytes=most_bytes)

    async def fetch(self, party: int, want: int = 9, *, identity: Identity | None = None, **order):
        return await collect(
            self.stocks[party],
            Order(**{"service": SERVICE, "kind": KIND, "epoch": EPOCH, "want": want, **order}),
            host=self.address[0],
            port=self.address[1],
            identity=identity or self.identities[party],
            dealer=self.dealer.certificate,
            patience=SHORT,
        )

    @asynccontextmanager
    async def open_door(self, patience: Patience = SHORT, listener: socket.socket | None = None):
        listener = listener or socket.create_server(("127.0.0.1", 0))
        self.address = listener.getsockname()
        callers = [identity.certificate for identity in self.identities]
        server = DeliveryServer(self.desk, self.dealer, lambda: callers, patience=patience)
        serving = asyncio.create_task(server.serve(listener))
        try:
            yield server
        finally:
            serving.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await serving

    def close(self) -> None:
        for site in self.sites:
            site.stop()
        self.ledger.close()
