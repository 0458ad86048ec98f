"""A pipe: a two-way run of bytes that never blocks. Sockets and memory are pipes; frames are unknown here."""

from collections.abc import Callable
from typing import Protocol


class Pipe(Protocol):
    """What a channel needs of a connection.

    ``read_into`` and ``write`` raise PeerLost where the connection is broken and PeerGarbage where its encryption is.
    A callback is called once, from the event loop; a new one replaces the last.
    """

    def read_into(self, space: memoryview) -> int | None:
        """Read what is there: how many bytes, 0 at the end, None where nothing has come yet."""

    def write(self, data: memoryview) -> int:
        """Write what fits: how many bytes, 0 where nothing fits at present."""

    def flush(self) -> bool:
        """Push on what was written: whether all of it has left this process."""

    def when_readable(self, call: Callable[[], None]) -> None:
        """Call when ``read_into`` has something to say."""

    def when_writable(self, call: Callable[[], None]) -> None:
        """Call when ``write`` or ``flush`` may get further."""

    def end_writing(self) -> None:
        """Say that nothing more will be written; reading goes on."""

    def close(self) -> None:
        """End the connection and forget the callbacks."""
