"""The same draws on both sides: what the dealer writes for one operation, and what a party reads of it.

``Dealing`` is the dealer's pen and ``Tape`` a party's eye. Whatever the dealer draws or gives in some order, each party
draws or reads in the same order. A party's half that may be random comes from that party's seed; only the other half,
or what is the same for both, is written out. Knows no gate.
"""

from copy import copy
from typing import Any, Protocol

import numpy as np
from numpy.typing import DTypeLike, NDArray

from primia_core.mpc.errors import CorrelationError
from primia_core.mpc.profile import Profile, Width, Words
from primia_core.mpc.randomness import Stream
from primia_core.mpc.wire import Bits, decode_bits, size_of_bits

Blocks = NDArray[np.uint64]
Shape = int | tuple[int, ...]


class Sink(Protocol):
    """Where the dealer writes one party's correlations."""

    def put(self, operation: int, name: str, values: NDArray[Any]) -> None:
        """Write an array under a name that the operation uses once."""


class Source(Protocol):
    """Where a party reads its correlations."""

    def section(self, operation: int, name: str) -> NDArray[Any]:
        """Return the array of that name."""


class Prefixed:
    """A sink or source of one part of an operation, whose names begin alike."""

    def __init__(self, inner: Any, prefix: str) -> None:
        self._inner, self._prefix = inner, prefix

    def put(self, operation: int, name: str, values: NDArray[Any]) -> None:
        """Write an array."""
        self._inner.put(operation, self._prefix + name, values)

    def section(self, operation: int, name: str) -> NDArray[Any]:
        """Return an array."""
        values: NDArray[Any] = self._inner.section(operation, self._prefix + name)
        return values


class Dealing:
    """The dealer's side of one operation.

    Args:
        operation: position in the program; each has streams of its own.
        seeds: of party 0, of party 1 and of the dealer itself.
        sinks: of party 0 and party 1.
    """

    def __init__(
        self, operation: int, profile: Profile, seeds: tuple[bytes, bytes, bytes], sinks: tuple[Sink, Sink]
    ) -> None:
        self.operation = operation
        self.profile = profile
        self._streams = [Stream(seed, operation) for seed in seeds]
        self._sinks: tuple[Sink, Sink] = sinks

    def within(self, prefix: str) -> "Dealing":
        """Return a pen for one part of the operation: the same streams, names of its own."""
        part = copy(self)
        part._sinks = (Prefixed(self._sinks[0], prefix), Prefixed(self._sinks[1], prefix))
        return part

    def mask(self, shape: Shape, width: Width) -> Words:
        """Draw both parties' shares of a uniform mask and return their sum."""
        total = draw(self._streams[0], shape, width)
        np.add(total, draw(self._streams[1], shape, width), out=total)
        return width.reduce(total)

    def narrow_mask(self, shape: Shape, width: Width) -> tuple[Words, Words]:
        """Draw both parties' shares of a uniform mask and return their sum, and 1 where it wrapped."""
        first = draw(self._streams[0], shape, width)
        total = width.reduce(first + draw(self._streams[1], shape, width))
        return total, (total < first).astype(np.uint8)

    def bits(self, count: int) -> Bits:
        """Draw both parties' shares of uniform bits and return their exclusive or."""
        return draw_bits(self._streams[0], count) ^ draw_bits(self._streams[1], count)

    def roots(self, count: int) -> tuple[Blocks, Blocks]:
        """Draw a uniform block for each party and element."""
        return self._streams[0].blocks(count), self._streams[1].blocks(count)

    def own_bits(self, count: int) -> Bits:
        """Draw uniform bits that only the dealer knows."""
        return draw_bits(self._streams[2], count)

    def share(self, name: str, secret: Words, width: Width) -> None:
        """Share a secret: party 0 draws its half, party 1 is given the rest."""
        rest = draw(self._streams[0], secret.shape, width)
        np.subtract(secret, rest, out=rest)
        self._sinks[1].put(self.operation, name, width.reduce(rest))

    def share_table(self, name: str, table: NDArray[np.uint8]) -> None:
        """Share rows of bits by exclusive or: party 0 draws its half, party 1 is given the rest."""
        rest = self._streams[0].words(table.shape, np.uint8)
        self._sinks[1].put(self.operation, name, np.bitwise_xor(table, rest, out=rest))

    def give(self, name: str, values: NDArray[Any]) -> None:
        """Give both parties the same array."""
        for sink in self._sinks:
            sink.put(self.operation, name, values)


class Tape:
    """A party's side of one operation, read in the dealer's order."""

    def __init__(self, operation: int, profile: Profile, party: int, seed: bytes, source: Source) -> None:
        self.operation = operation
        self.profile = profile
        self.party = party
        self._stream = Stream(seed, operation)
        self._source: Source = source

    def within(self, prefix: str) -> "Tape":
        """Return an eye for one part of the operation: the same stream, names of its own."""
        part = copy(self)
        part._source = Prefixed(self._source, prefix)
        return part

    def mask(self, shape: Shape, width: Width) -> Words:
        """Draw this party's share of a uniform mask."""
        return draw(self._stream, shape, width)

    def bits(self, count: int) -> Bits:
        """Draw this party's share of uniform bits."""
        return draw_bits(self._stream, count)

    def roots(self, count: int) -> Blocks:
        """Draw this party's uniform blocks."""
        return self._stream.blocks(count)

    def share(self, name: str, shape: Shape, width: Width) -> Words:
        """Return this party's share of a secret of the dealer's."""
        if self.party == 0:
            return draw(self._stream, shape, width)
        return self._read(name, shape, width.dtype)

    def share_table(self, name: str, shape: tuple[int, int]) -> NDArray[np.uint8]:
        """Return this party's half of shared rows of bits."""
        if self.party == 0:
            return self._stream.words(shape, np.uint8)
        return self._read(name, shape, np.uint8)

    def given(self, name: str) -> NDArray[Any]:
        """Return what both parties were given."""
        return self._source.section(self.operation, name)

    def _read(self, name: str, shape: Shape, dtype: DTypeLike) -> NDArray[Any]:
        section = self._source.section(self.operation, name)
        if section.dtype != dtype or section.size != np.prod(shape):
            raise CorrelationError(
                f"operation {self.operation} reads {shape} {np.dtype(dtype)} of {name!r} and was dealt "
                f"{section.shape} {section.dtype}; take correlations of this program, protocol and batch"
            )
        return section.reshape(shape)


def draw(stream: Stream, shape: Shape, width: Width) -> Words:
    """Draw uniform integers modulo 2**bits."""
    return width.reduce(stream.words(shape, width.dtype))


def draw_bits(stream: Stream, count: int) -> Bits:
    """Draw uniform bits, eight to a byte of the stream."""
    return decode_bits(stream.words(size_of_bits(count), np.uint8), count)
