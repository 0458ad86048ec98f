"""Exactly uniform values out of a stream of uniform bytes, by rejection. Knows no protocol.

Two parties that read one stream with the same calls get the same values.
"""

import numpy as np
from numpy.typing import NDArray

from primia_core.mpc.kernels.securenn import accept_picks, accept_residues
from primia_core.mpc.profile import Words
from primia_core.mpc.randomness import Stream
from primia_core.mpc.securenn.ring import Bits, Residues, Ring

_BYTE_VALUES = 256


def odd_words(stream: Stream, count: int, ring: Ring) -> Words:
    """Return uniform values of Z_(L-1)."""
    words = stream.words(count, ring.dtype)
    while (refused := np.flatnonzero(words == ring.top)).size:
        words[refused] = stream.words(refused.size, ring.dtype)
    return words


def coins(stream: Stream, count: int) -> Bits:
    """Return uniform bits, one a byte."""
    return np.unpackbits(stream.words(-(-count // 8), np.uint8), count=count, bitorder="little")


class ResidueStream:
    """Uniform residues of a range [lowest, modulus), however the draws are cut into chunks."""

    def __init__(self, stream: Stream, modulus: int, lowest: int = 0) -> None:
        self._stream = stream
        self._modulus, self._lowest = modulus, lowest
        self._left = np.empty(0, np.uint8)

    def draw(self, rows: int, columns: int) -> Residues:
        """Return the next residues, (rows, columns)."""
        count = rows * columns
        while (missing := count - self._left.size) > 0:
            raw = self._stream.words(_bytes_for(missing, self._modulus - self._lowest), np.uint8)
            out = np.empty(self._left.size + raw.size, np.uint8)
            out[: self._left.size] = self._left
            accepted = accept_residues(raw, self._modulus, self._lowest, out[self._left.size :])
            self._left = out[: self._left.size + accepted]
        drawn, self._left = self._left[:count], self._left[count:].copy()
        return drawn.reshape(rows, columns)


def _bytes_for(count: int, values: int) -> int:
    """Return how many bytes give so many residues, but for a small probability."""
    limit = _BYTE_VALUES - _BYTE_VALUES % values
    return count * _BYTE_VALUES // limit + count // 128 + _BYTE_VALUES


class PickStream:
    """The swaps of uniform shuffles of a few places, one shuffle a row."""

    def __init__(self, stream: Stream, places: int) -> None:
        self._stream = stream
        self._bounds = np.arange(places, 1, -1, dtype=np.uint32)

    def draw(self, rows: int) -> NDArray[np.uint8]:
        """Return what each step swaps with, (rows, places - 1): in column s uniform below places - s."""
        picks, refused = accept_picks(self._stream.words((rows, self._bounds.size), np.uint16), self._bounds)
        while refused.size:
            bounds = self._bounds[refused % self._bounds.size]
            again, positions = accept_picks(self._stream.words((1, refused.size), np.uint16), bounds)
            picks.reshape(-1)[refused] = again[0]
            refused = refused[positions]
        return picks
