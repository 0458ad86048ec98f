"""A longer or thinner network than there is, for measurements: latency and a bandwidth limit around any link.

*Latency* is one way: what is sent now arrives that much later, so a round, in which both send at once and then wait,
costs one latency. ``ping`` shows twice as much. *Bandwidth* is that of one direction between two parties; directions
do not share it. A message of ``size`` bytes sent at ``t`` is there at

    max(t, when the line is free of the messages before it) + size / bandwidth + latency

or when it has really come, whichever is later. The sender puts that time in front of its message and the receiver
holds the message back, so a party that computes delays nobody: clocks are compared, so both parties must run on one
machine. Frame headers and TLS are not charged for. Reasons to give up are not held back.
"""

import asyncio
import math
import struct
import time
from asyncio import Future
from collections.abc import Callable
from dataclasses import dataclass

from primia_core.mpc.errors import SessionError
from primia_core.mpc.steps import Buffer
from primia_core.mpc.transport.link import Link

_STAMP = struct.Struct("<d")
_TIMER_S = 0.0012
"""Timers of an event loop are late by up to a millisecond: what is left then is waited for turn by turn."""


@dataclass
class Line:
    """One direction between two parties.

    Attributes:
        latency_ms: one way, in milliseconds.
        bandwidth_mbps: in megabits (10^6) a second; infinite where there is no limit.
    """

    latency_ms: float = 0.0
    bandwidth_mbps: float = math.inf
    free_at_s: float = 0.0

    def __post_init__(self) -> None:
        if not (0 <= self.latency_ms < math.inf and self.bandwidth_mbps > 0):
            raise SessionError(
                f"latency is at least 0 ms and bandwidth more than 0 Mbit/s, got {self.latency_ms} and "
                f"{self.bandwidth_mbps}; leave a limit away instead"
            )

    def delivered_at_s(self, sent_at_s: float, nbytes: int) -> float:
        """Put a message on the line and return when it is there."""
        self.free_at_s = max(self.free_at_s, sent_at_s) + 8 * nbytes / (self.bandwidth_mbps * 1e6)
        return self.free_at_s + self.latency_ms / 1e3


class ShapedLink(Link):
    """A link whose messages arrive later. Every party of a run must shape its own; the values may differ."""

    def __init__(
        self,
        inner: Link,
        *,
        latency_ms: float = 0.0,
        bandwidth_mbps: float = math.inf,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.me, self.peers = inner.me, inner.peers
        self._inner, self._clock = inner, clock
        self._lines = {peer: Line(latency_ms, bandwidth_mbps) for peer in inner.peers}
        self._holding: set[Future[memoryview]] = set()

    def begin(self, session: bytes) -> None:
        """Bind what follows to a session."""
        self._inner.begin(session)

    def send(self, peer: int, buffer: Buffer) -> "Future[None]":
        """Send the time of delivery, then the message."""
        nbytes = memoryview(buffer).nbytes
        line = self._lines.get(peer, Line())
        stamp = self._inner.send(peer, _STAMP.pack(line.delivered_at_s(self._clock(), nbytes)))
        stamp.add_done_callback(_retrieve)  # what ails it ails the message too
        return self._inner.send(peer, buffer)

    def receive(self, peer: int, nbytes: int) -> "Future[memoryview]":
        """Await a message and its time."""
        stamp = self._inner.receive(peer, _STAMP.size)
        held: Future[memoryview] = asyncio.ensure_future(self._hold(stamp, peer, nbytes))
        self._holding.add(held)
        held.add_done_callback(self._holding.discard)
        return held

    def arrived(self, peer: int) -> int:
        """Return how many bytes of the awaited message are really here."""
        return self._inner.arrived(peer)

    async def abort(self, reason: str) -> None:
        """Tell every peer at once why this party gives up, then close."""
        await self._inner.abort(reason)
        self._let_go()

    async def close(self) -> None:
        """End all connections."""
        await self._inner.close()
        self._let_go()

    async def _hold(self, stamp: "Future[memoryview]", peer: int, nbytes: int) -> memoryview:
        (due,) = _STAMP.unpack(await stamp)
        message = await self._inner.receive(peer, nbytes)
        while (early := due - self._clock()) > 0:
            await asyncio.sleep(max(0.0, early - _TIMER_S))
        return message

    def _let_go(self) -> None:
        for held in list(self._holding):
            held.cancel()


def _retrieve(future: "Future[None]") -> None:
    if not future.cancelled():
        future.exception()
