"""A compute party as a process: its own certificate, its own stock, its own half of everything."""

import asyncio
import time
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from pathlib import Path
from socket import AF_INET, SOCK_STREAM, socket
from typing import Any

from primia_core.mpc.errors import SessionError
from primia_core.mpc.local.orders import (
    Answer,
    Compute,
    Done,
    HandOver,
    Listening,
    LoadModel,
    Meet,
    Network,
    Order,
    Prepare,
    Reply,
    TakeIn,
)
from primia_core.mpc.local.process import Stopwatch, serve
from primia_core.mpc.local.processors import delayed_s, keep_to_own, pace_s
from primia_core.mpc.local.work import Run, ThreePartyWork, TwoPartyWork, Work
from primia_core.mpc.steps import Exchange
from primia_core.mpc.transport.counters import Counters
from primia_core.mpc.transport.drive import drive
from primia_core.mpc.transport.link import Link
from primia_core.mpc.transport.mesh import connect_mesh
from primia_core.mpc.transport.shaped import ShapedLink
from primia_core.mpc.transport.tls import Certificate, Identity, Pinned, make_identity

LOOPBACK = "127.0.0.1"


@dataclass
class PartyProcess:
    """One party.

    Attributes:
        party: 0, 1, or 2 in SecureNN.
        folder: its own; nobody else reads it.
        alone: whether it has processors of its own.
        run: what was handed over and is to be computed next.
        delayed_s, pace_s: how long it had been held up, and how fast it was, when it was handed over.
    """

    party: int
    folder: Path
    protocol: str
    network: Network
    threads: int
    alone: bool = False
    run: Run | None = field(default=None, repr=False)
    delayed_s: float = 0.0
    pace_s: float = 0.0
    loop: asyncio.AbstractEventLoop = field(default_factory=asyncio.new_event_loop)
    link: Link | None = None

    def __post_init__(self) -> None:
        self.identity: Identity = make_identity(f"party{self.party}", self.folder)
        self.door = socket(AF_INET, SOCK_STREAM)
        self.door.bind((LOOPBACK, 0))
        work = ThreePartyWork if self.protocol == "securenn" else TwoPartyWork
        self.work: Work = work(self.party, self.folder, self.protocol, self.threads)

    def carry_out(self, order: Order) -> Reply:
        """Do what is asked."""
        match order:
            case Meet():
                return self._meet(order)
            case LoadModel():
                return self._timed(self.work.load, order)
            case TakeIn():
                return self._take_in(order)
            case Prepare():
                return self._timed(self.work.prepare, order)
            case HandOver():
                return self._hand_over(order)
            case Compute():
                return self._compute(order)
        raise SessionError(f"a party carries out no {type(order).__name__}")

    def _meet(self, order: Meet) -> Done:
        watch = Stopwatch()
        certificates = {peer: Certificate(pem) for peer, pem in order.certificates.items() if peer != self.party}
        listener = None if self.party == max(order.addresses) else self.door
        link: Link = self.loop.run_until_complete(
            connect_mesh(self.party, order.addresses, Pinned(self.identity, certificates), listener=listener)
        )
        self.link = link
        return Done(watch.seconds)

    def _take_in(self, order: TakeIn) -> Done:
        watch = Stopwatch()
        size = self.work.take_in(order.path)
        return Done(watch.seconds, {"file_bytes": size})

    def _timed(self, work: Any, order: Order) -> Done:
        """Carry out an order of which a part may be an exchange with the peers, outside any request."""
        watch = Stopwatch()
        exchange = work(order)
        if exchange is not None:
            self._drive(exchange, b"between requests", Counters(), self._connected())
        return Done(watch.seconds, {"by_operation": self.work.laps.seconds})

    def _hand_over(self, order: HandOver) -> Done:
        watch = Stopwatch()
        self.run, self.pace_s, self.delayed_s = self.work.hand_over(order), pace_s(), delayed_s()
        return Done(watch.seconds)

    def _compute(self, order: Compute) -> Answer:
        if self.run is None:
            raise SessionError("the party has no share of an image; hand one over first")
        (exchange, session), self.run = self.run, None
        link, network = self._connected(), order.network or self.network
        if network.shaped:
            link = ShapedLink(link, latency_ms=network.latency_ms, bandwidth_mbps=network.bandwidth_mbps)
        counters = Counters()
        began = time.monotonic()
        share = self._drive(exchange, session, counters, link)
        ended = time.monotonic()
        delayed, pace = delayed_s() - self.delayed_s, max(self.pace_s, pace_s())
        if not self.alone:
            delayed = pace = 0.0  # the parties' own doing
        self.work.release()
        described = {**counters.to_json(), "compute_by_operation": self.work.laps.seconds}
        return Answer(share, began, ended, delayed, pace, described, peak_memory_bytes())

    def _drive(self, exchange: Exchange[Any], session: bytes, counters: Counters, link: Link) -> Any:
        link.begin(session)
        return self.loop.run_until_complete(drive(exchange, link, counters, timeout_s=self.network.timeout_s))

    def _connected(self) -> Link:
        if self.link is None:
            raise SessionError("the parties have not met yet")
        return self.link

    @property
    def listening(self) -> Listening:
        """Return where this party listens and what it shows."""
        host, port = self.door.getsockname()
        return Listening((host, port), self.identity.certificate.pem)


def peak_memory_bytes() -> int:
    """Return the most memory that this process has held; 0 where the kernel does not tell.

    ``getrusage`` would count what the process that started this one held.
    """
    status = Path("/proc/self/status")
    lines = status.read_text().splitlines() if status.exists() else []
    kilobytes = next((line.split()[1] for line in lines if line.startswith("VmHWM:")), "0")
    return int(kilobytes) * 1024


def main(
    pipe: Connection, party: int, parties: int, folder: Path, protocol: str, network: Network, threads: int
) -> None:
    """Run one of so many parties until it is told to stop."""
    alone = keep_to_own(party, parties, threads)
    process = PartyProcess(party, folder, protocol, network, threads, alone)
    pipe.send(process.listening)
    serve(pipe, process.carry_out)
