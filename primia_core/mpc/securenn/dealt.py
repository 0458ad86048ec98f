"""What P2 deals online: shares of bits modulo p and of words. Knows no protocol.

P0's share is uniform by itself, so the seed that it has with P2 gives it; P1 is sent the other.

Both ends of the seed call the same methods in the same order: ``Deal`` at P2, ``Hand`` at P0 and P1.
"""

from collections.abc import Callable, Iterator, Mapping

import numpy as np

from primia_core.mpc.kernels.securenn import share_bits, unpack_residues
from primia_core.mpc.profile import Words
from primia_core.mpc.randomness import Stream
from primia_core.mpc.securenn.draws import ResidueStream, odd_words
from primia_core.mpc.securenn.ring import Bits, Residues, Ring, odd_subtract
from primia_core.mpc.securenn.seat import HELPER, Seat
from primia_core.mpc.securenn.wire import joined
from primia_core.mpc.steps import Exchange

CHUNK = 1 << 13
"""Rows of 64 residues worked on at a time. Part of the protocol, since it orders the reading of some streams."""
BitShares = Callable[[int, int], Residues]
"""Shares of the bits of words, by the first row and the one past the last; called in order."""


def chunks(count: int) -> Iterator[tuple[int, int]]:
    """Yield the bounds of the chunks of a batch."""
    for start in range(0, count, CHUNK):
        yield start, min(start + CHUNK, count)


class Deal:
    """P2's pen for one message to P1."""

    def __init__(self, seat: Seat) -> None:
        self._seat = seat
        self._parts: list[Words | Residues] = []

    def bits(self, words: Words) -> None:
        """Share each bit of words modulo p."""
        ring = self._seat.ring
        first = ResidueStream(self._seat.stream(0), ring.prime)
        packed = np.empty((words.size, ring.residue_bytes), np.uint8)
        for start, stop in chunks(words.size):
            drawn = first.draw(stop - start, ring.bits)
            packed[start:stop] = share_bits(words[start:stop], drawn, ring.prime)
        self._parts.append(packed)

    def words(self, values: Words) -> None:
        """Share words modulo L."""
        values = values.reshape(-1)
        self._parts.append(values - self._seat.stream(0).words(values.size, self._seat.ring.dtype))

    def odd_words(self, values: Words | Bits) -> None:
        """Share words modulo L - 1."""
        first = odd_words(self._seat.stream(0), values.size, self._seat.ring)
        self._parts.append(odd_subtract(values.astype(first.dtype), first))

    def message(self) -> memoryview:
        """Return what P1 is sent."""
        return joined(*self._parts)


class Hand:
    """What P0 draws, or P1 reads, of one deal.

    Args:
        message: what P1 was sent; ``None`` at P0.
    """

    def __init__(self, seat: Seat, message: memoryview | None) -> None:
        self._seat = seat
        self._message = message
        self._read = 0

    def bits(self, count: int) -> BitShares:
        """Return shares of the bits of so many words."""
        ring = self._seat.ring
        if self._message is None:
            stream = ResidueStream(self._seat.stream(HELPER), ring.prime)
            return lambda start, stop: stream.draw(stop - start, ring.bits)
        return packed_bits(self._next(count * ring.residue_bytes), ring)

    def words(self, count: int) -> Words:
        """Return shares of words modulo L."""
        return self._words(count, lambda stream: stream.words(count, self._seat.ring.dtype))

    def odd_words(self, count: int) -> Words:
        """Return shares of words modulo L - 1."""
        return self._words(count, lambda stream: odd_words(stream, count, self._seat.ring))

    def _words(self, count: int, draw: Callable[[Stream], Words]) -> Words:
        if self._message is None:
            return draw(self._seat.stream(HELPER))
        ring = self._seat.ring
        return np.frombuffer(self._next(count * ring.word_bytes), ring.dtype)

    def _next(self, size: int) -> memoryview:
        assert self._message is not None
        start, self._read = self._read, self._read + size
        return self._message[start : self._read]


def packed_bits(message: memoryview, ring: Ring) -> BitShares:
    """Return rows of residues as they were packed into a message."""
    raw = np.frombuffer(message, np.uint8).reshape(-1, ring.residue_bytes)
    return lambda start, stop: unpack_residues(raw[start:stop])


def from_helper(seat: Seat, size: int) -> Mapping[int, int]:
    """Return what P0 or P1 awaits of a deal: P1 its message, P0 nothing."""
    return {HELPER: size} if seat.party == 1 else {}


def next_hand(seat: Seat, size: int) -> Exchange[Hand]:
    """Take part in a round in which P2 alone speaks, with so many bytes for P1."""
    answers = yield from seat.step(expect=from_helper(seat, size))
    return Hand(seat, answers.get(HELPER))
