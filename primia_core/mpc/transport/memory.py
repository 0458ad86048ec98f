"""Links within one process, for tests: the same frames and the same refusals as over TCP, and no sockets."""

import asyncio
from collections import deque
from collections.abc import Callable

from primia_core.mpc.errors import PeerLost
from primia_core.mpc.transport.channel import Channel, ChannelLink

CAPACITY_BYTES = 1 << 20


class MemoryPipe:
    """One end of a pipe in memory. What is written to one end is read at the other, in pieces as it was written."""

    def __init__(self, capacity_bytes: int = CAPACITY_BYTES) -> None:
        self._loop = asyncio.get_running_loop()
        self._pieces: deque[memoryview] = deque()
        self._held, self._capacity = 0, capacity_bytes
        self._ended = False
        self._readable: Callable[[], None] | None = None
        self._writable: Callable[[], None] | None = None
        self._other = self

    @classmethod
    def pair(cls, capacity_bytes: int = CAPACITY_BYTES) -> "tuple[MemoryPipe, MemoryPipe]":
        """Return the two ends; each holds ``capacity_bytes`` at most that the other has not read."""
        left, right = cls(capacity_bytes), cls(capacity_bytes)
        left._other, right._other = right, left
        return left, right

    def read_into(self, space: memoryview) -> int | None:
        """Read what is there: how many bytes, 0 at the end, None where nothing has come yet."""
        if not self._pieces:
            return 0 if self._ended else None
        piece = self._pieces.popleft()
        count = min(len(piece), len(space))
        space[:count] = piece[:count]
        if count < len(piece):
            self._pieces.appendleft(piece[count:])
        self._held -= count
        self._other._call_writable()
        return count

    def write(self, data: memoryview) -> int:
        """Write what fits: how many bytes, 0 where nothing fits at present."""
        if self._other._ended:
            raise PeerLost("the other end of the pipe is closed; start a new run")
        count = min(len(data), self._other._capacity - self._other._held)
        if count:
            self._other._pieces.append(memoryview(bytes(data[:count])))
            self._other._held += count
            self._other._call_readable()
        return count

    def flush(self) -> bool:
        """Return that nothing is held back: what was written can be read."""
        return True

    def when_readable(self, call: Callable[[], None]) -> None:
        """Call when ``read_into`` has something to say."""
        self._readable = call

    def when_writable(self, call: Callable[[], None]) -> None:
        """Call when ``write`` may get further."""
        self._writable = call

    def end_writing(self) -> None:
        """Say that nothing more will be written; reading goes on."""
        self._other._ended = True
        self._other._call_readable()

    def close(self) -> None:
        """End both directions."""
        self._readable = self._writable = None
        self._ended = True
        self.end_writing()
        self._other._call_writable()

    def _call_readable(self) -> None:
        call, self._readable = self._readable, None
        if call is not None:
            self._loop.call_soon(call)

    def _call_writable(self) -> None:
        call, self._writable = self._writable, None
        if call is not None:
            self._loop.call_soon(call)


def memory_links(parties: int, capacity_bytes: int = CAPACITY_BYTES) -> list[ChannelLink]:
    """Return one link a party, all connected to one another."""
    channels: list[dict[int, Channel]] = [{} for _ in range(parties)]
    for low in range(parties):
        for high in range(low + 1, parties):
            left, right = MemoryPipe.pair(capacity_bytes)
            channels[low][high], channels[high][low] = Channel(high, left), Channel(low, right)
    return [ChannelLink(me, mine) for me, mine in enumerate(channels)]
