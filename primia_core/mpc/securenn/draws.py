"""Exactly uniform values out of a stream of uniform bytes, by rejection. Knows no protocol.

Two parties that read one stream with the same calls get the same values.
"""

import numpy as np
from numpy.typing import NDArray

from primia_core.mpc.profile import Words
from primia_core.mpc.randomness import Stream
from primia_core.mpc.securenn.ring import Bits, Residues, Ring

_BYTE_VALUES = 256
_PICK_VALUES = 1 << 16


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
        values = modulus - lowest
        self._limit = _BYTE_VALUES - _BYTE_VALUES % values
        self._table = (np.arange(_BYTE_VALUES) % values + lowest).astype(np.uint8)
        self._left = np.empty(0, np.uint8)

    def draw(self, rows: int, columns: int) -> Residues:
        """Return the next residues, (rows, columns)."""
        count = rows * columns
        parts, have = [self._left], self._left.size
        while have < count:
            wanted = (count - have) * _BYTE_VALUES // self._limit + _BYTE_VALUES
            raw = self._stream.words(wanted, np.uint8)
            parts.append(raw[raw < self._limit])
            have += parts[-1].size
        accepted = np.concatenate(parts)
        self._left = accepted[count:].copy()
        return self._table[accepted[:count]].reshape(rows, columns)


class PermutationStream:
    """Uniform permutations of a few positions, one for each row.

    Source: Durstenfeld, Algorithm 235, CACM 1964.
    """

    def __init__(self, stream: Stream, positions: int) -> None:
        self._stream = stream
        bounds = np.arange(positions, 1, -1)
        self._bounds = bounds.astype(np.uint16)
        self._limits = (_PICK_VALUES - _PICK_VALUES % bounds).astype(np.uint32)

    def picks(self, rows: int) -> NDArray[np.uint8]:
        """Return what each step of a shuffle swaps with: column s is uniform below positions - s."""
        picks = self._stream.words((rows, self._bounds.size), np.uint16)
        while (refused := np.nonzero(picks >= self._limits))[0].size:
            picks[refused] = self._stream.words(refused[0].size, np.uint16)
        return (picks % self._bounds).astype(np.uint8)

    def draw(self, rows: int) -> NDArray[np.uint8]:
        """Return (rows, positions): which position each place of a shuffled row takes its value from."""
        return shuffled(self.picks(rows))


def shuffled(picks: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return the permutations that steps of swaps make of the identity: (rows, positions - 1) -> (rows, positions)."""
    rows, steps = picks.shape
    order = np.repeat(np.arange(steps + 1, dtype=np.uint8)[:, None], rows, axis=1)  # (positions, rows)
    every = np.arange(rows)
    for step in range(steps):
        last, picked = steps - step, picks[:, step]
        held = order[picked, every]
        order[picked, every] = order[last]
        order[last] = held
    return np.ascontiguousarray(order.T)
