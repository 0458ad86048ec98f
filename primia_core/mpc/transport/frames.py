"""Frames: what goes over a connection between two parties, and what is refused the moment its header is there.

A frame is a header of 32 bytes and a payload. This module opens no socket and reads no clock.

    bytes  0..4   magic and version, "PMI" 1
    byte   4      kind: data, abort or hello
    bytes  5..8   zero
    bytes  8..16  sequence number of the frame in its direction, little endian
    bytes 16..24  session tag
    bytes 24..32  length of the payload in bytes, little endian
"""

import hashlib
import struct
from collections.abc import Callable
from dataclasses import dataclass
from enum import IntEnum

import numpy

from primia_core.mpc.errors import PeerFailed, PeerGarbage, SessionError

_LAYOUT = struct.Struct("<4sB3xQ8sQ")
_MAGIC = b"PMI\x01"
HEADER_BYTES = _LAYOUT.size
MAX_REASON_BYTES = 512
NO_SESSION = bytes(8)


class Kind(IntEnum):
    """What a frame is for."""

    DATA = 1
    ABORT = 2
    HELLO = 3


def session_tag(session: bytes) -> bytes:
    """Return the 8 bytes by which the frames of a session are told from others.

    Security: TLS authenticates every byte; the tag only tells two honest parties that they disagree.
    """
    return hashlib.sha256(b"primia mpc transport session" + session).digest()[:8]


@dataclass
class Direction:
    """One direction between two parties: the session at hand and the number of the next frame."""

    tag: bytes = NO_SESSION
    sequence: int = 0

    def begin(self, session: bytes) -> None:
        """Start the frames of a session at number 0."""
        self.tag, self.sequence = session_tag(session), 0

    def header(self, kind: Kind, length: int) -> bytes:
        """Return the header of the next frame to send."""
        number, self.sequence = self.sequence, self.sequence + 1
        return _LAYOUT.pack(_MAGIC, kind, number, self.tag, length)


class Incoming:
    """One awaited frame: a buffer that a connection fills, checked as soon as the header is in it.

    The payload lies right behind the header, 16-byte aligned, and is handed out without a copy.
    """

    def __init__(self, direction: Direction, peer: int, length: int, kind: Kind = Kind.DATA) -> None:
        self._direction, self._peer, self._length, self._kind = direction, peer, length, kind
        self._buffer = numpy.empty(HEADER_BYTES + length, numpy.uint8).data
        self._filled = 0
        self._check: Callable[[], None] | None = self._check_header
        self._aborted = False

    @property
    def arrived(self) -> int:
        """Return how many bytes of the payload are here."""
        return max(0, self._filled - HEADER_BYTES)

    @property
    def begun(self) -> bool:
        """Return whether any byte of the frame is here, header included."""
        return self._filled > 0

    @property
    def complete(self) -> bool:
        """Return whether nothing is missing."""
        return self._filled == len(self._buffer)

    def space(self) -> memoryview:
        """Return the part of the buffer that waits for bytes."""
        return self._buffer[self._filled :]

    def fill(self, count: int) -> None:
        """Note that ``count`` bytes were written to ``space()``.

        Raises:
            PeerGarbage: the header is not that of the awaited frame.
            SessionError: the first frame of a session bears the tag of another one.
            PeerFailed: the frame is an abort, and complete.
        """
        self._filled += count
        if self._check is not None and self._filled >= HEADER_BYTES:
            self._check()
            self._check = None
        if self._aborted and self.complete:
            reason = bytes(self.payload()).decode("ascii", "replace")
            raise PeerFailed(f"party {self._peer} has given up: {_printable(reason)}; see its own report")

    def payload(self) -> memoryview:
        """Return the payload; only a complete frame has one."""
        return self._buffer[HEADER_BYTES:]

    def _check_header(self) -> None:
        magic, kind, sequence, tag, length = _LAYOUT.unpack(self._buffer[:HEADER_BYTES])
        if magic != _MAGIC or self._buffer[5:8] != bytes(3):
            raise PeerGarbage(
                f"party {self._peer} sent {bytes(self._buffer[:8]).hex()} where a frame begins with {_MAGIC.hex()}; "
                "run the same version of this program at every party"
            )
        if kind == Kind.ABORT:
            self._turn_to_abort(length)
            return
        if tag != self._direction.tag:
            self._refuse_tag(tag, sequence)
        expected = (self._kind, self._direction.sequence, self._length)
        if (kind, sequence, length) != expected:
            raise PeerGarbage(
                f"party {self._peer} sent a frame of kind {kind}, number {sequence}, {length} bytes; awaited are "
                f"kind {expected[0]}, number {expected[1]}, {expected[2]} bytes; "
                "give all parties the same program and batch"
            )
        self._direction.sequence += 1

    def _refuse_tag(self, tag: bytes, sequence: int) -> None:
        text = f"party {self._peer} is in session {tag.hex()}, this party in {self._direction.tag.hex()}"
        if self._direction.sequence == 0 and sequence == 0:
            raise SessionError(f"{text}; give both the same request, stock, program and model version")
        raise PeerGarbage(f"{text}, at frame {self._direction.sequence}; a session does not change in its middle")

    def _turn_to_abort(self, length: int) -> None:
        """Await the reason instead of the message; what has come of it already is kept."""
        if length > MAX_REASON_BYTES or self._filled > HEADER_BYTES + length:
            raise PeerGarbage(f"party {self._peer} gives up with {length} bytes of reason, {MAX_REASON_BYTES} at most")
        buffer = memoryview(bytearray(HEADER_BYTES + length))
        buffer[: self._filled] = self._buffer[: self._filled]
        self._buffer, self._aborted = buffer, True


def reason_bytes(reason: str) -> bytes:
    """Return the payload of an abort frame: printable ASCII, cut to what a peer accepts."""
    return _printable(reason).encode("ascii", "replace")[:MAX_REASON_BYTES]


def _printable(text: str) -> str:
    return "".join(letter if " " <= letter <= "~" else "?" for letter in text)
