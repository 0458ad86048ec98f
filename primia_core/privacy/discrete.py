"""Discrete Gaussian noise, as integers, from the operating system's randomness expanded by AES-CTR. Knows no model.

Integers, because the sums that it hides are integers: noise that is added as floats and rounded afterwards has gaps
that tell what it was added to (Mironov 2012). ``discrete_reference`` says the same slowly.

How one number is drawn, for a spread sigma: K is the power of two with 32 <= sigma/K < 64 (1 for small sigma).
A *block* x >= 0 is drawn from a table in proportion to exp(-(Kx)^2 / 2 sigma^2), an offset y uniformly from [0, K). The
magnitude Kx + y is kept with chance exp(-(y^2 + 2Kxy) / 2 sigma^2), and a zero with half of that; a sign is drawn. What
is kept is in proportion to exp(-(Kx + y)^2 / 2 sigma^2), exactly.
"""

import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal, localcontext
from fractions import Fraction
from math import isfinite

import numpy as np
from numpy.typing import NDArray

from primia_core.privacy.errors import ParameterError
from primia_core.ring import CHUNK_WORDS, Keystream

Integers = NDArray[np.int64]
Numbers = NDArray[np.uint64]
RandomBytes = Callable[[int], bytes]

BLOCKS = 1024
BLOCK_BITS = 10
TABLE_BITS = 53
"""Of a table's thresholds, beside the ten bits that choose its column and the one that is the sign."""

WIDEST_BLOCK = 64
MOST_SIGMA = 2.0**40
CLOSE = 2.0**-40
"""A float64 comparison this close is decided anew with ``PRECISION`` digits and more random bits."""

PRECISION = 60
BATCH = CHUNK_WORDS // 2

STATISTICAL_DISTANCE = 2.0**-100
"""Of one number from the discrete Gaussian, given uniform bytes: thresholds are exact to 2**-117, kept-or-not decisions
to 60 digits, and what lies beyond 16 sigma (2**-184) is never drawn."""


class Bits:
    """Uniform 64-bit words of one AES-256-CTR stream, whose key nobody keeps."""

    def __init__(self, rng: RandomBytes = secrets.token_bytes) -> None:
        self._stream = Keystream(rng(32))

    def words(self, count: int) -> Numbers:
        """Return the next ``count`` words."""
        out = np.empty(count, np.uint64)
        halves = out.view(np.uint32)
        for start in range(0, halves.size, CHUNK_WORDS):
            self._stream.fill(halves[start : start + CHUNK_WORDS])
        return out

    def below(self, threshold: Fraction) -> bool:
        """Return true with chance ``threshold``, to 2**-128."""
        high, low = (int(word) for word in self.words(2))
        return Fraction((high << 64) | low, 1 << 128) < threshold


@dataclass(frozen=True)
class DiscreteGaussian:
    """The distribution on the integers in proportion to exp(-z^2 / 2 sigma^2).

    Args:
        sigma: spread, above 0 and at most 2**40; the variance is sigma^2 to within exp(-2 pi^2 sigma^2).
    Raises:
        ParameterError: another sigma.
    """

    sigma: float
    _table: "_Table" = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        if not (isfinite(self.sigma) and 0 < self.sigma <= MOST_SIGMA):
            raise ParameterError(f"sigma is {self.sigma}; it is above 0 and at most {MOST_SIGMA:g}")
        object.__setattr__(self, "_table", _Table.of(self.sigma))

    def sample(self, count: int, *, rng: RandomBytes = secrets.token_bytes) -> Integers:
        """Draw ``count`` independent integers.

        Args:
            rng: uniform bytes for the stream's key; only tests pass their own.
        Returns:
            int64, each within ``STATISTICAL_DISTANCE`` of the distribution.
        Security: the key is drawn here and forgotten; not constant time: how often a draw is repeated can be timed, and
            hardly depends on what is kept (2 % are repeated at any large sigma).
        Cost: about 0.1 us a number; 32 random bytes.
        Source: Ducas et al. 2013 (BLISS), algorithms 10 and 11, with a table for any sigma in place of theirs and
            comparisons whose precision grows when they are close.
        """
        bits, out = Bits(rng), np.empty(count, np.int64)
        for start in range(0, count, BATCH):
            part = out[start : start + BATCH]
            waiting = part.size
            while waiting:
                drawn = self._table.draw(bits, waiting)
                part[part.size - waiting : part.size - waiting + drawn.size] = drawn
                waiting -= drawn.size
        return out


@dataclass(frozen=True)
class _Table:
    """Walker's alias table of the blocks: column j gives j with chance ``keep[j] / 2**117``, else ``other[j]``."""

    shift: int
    doubled_variance: Fraction
    threshold: Numbers
    exact: tuple[int, ...]
    other: Integers

    @classmethod
    def of(cls, sigma: float) -> "_Table":
        shift = 0
        while sigma / (1 << shift) >= WIDEST_BLOCK:
            shift += 1
        doubled = 2 * Fraction(sigma) ** 2
        weights = [_exp(-Fraction((x << shift) ** 2) / doubled) for x in range(BLOCKS)]
        keep, other = _alias(weights)
        exact = tuple(int(part * (1 << 117)) for part in keep)
        high = np.array([min(value >> (117 - TABLE_BITS), (1 << TABLE_BITS)) for value in exact], np.uint64)
        return cls(shift, doubled, high, exact, np.array(other, np.int64))

    def draw(self, bits: Bits, count: int) -> Integers:
        """Draw ``count`` candidates and return those that are kept, with their signs."""
        words = bits.words(count)
        block = self._blocks(words, bits)
        offset = np.zeros(count, np.int64)
        if self.shift:
            offset = (bits.words(count) >> np.uint64(64 - self.shift)).astype(np.int64)
        magnitude = (block << self.shift) + offset
        kept = self._kept(block, offset, bits)
        negative = (words >> np.uint64(TABLE_BITS) & np.uint64(1)).astype(bool)
        kept &= ~((magnitude == 0) & negative)
        return np.where(negative, -magnitude, magnitude)[kept]

    def _blocks(self, words: Numbers, bits: Bits) -> Integers:
        column = (words >> np.uint64(64 - BLOCK_BITS)).astype(np.int64)
        fraction = words & np.uint64((1 << TABLE_BITS) - 1)
        limit = self.threshold[column]
        block = np.where(fraction < limit, column, self.other[column])
        for place in np.flatnonzero(fraction == limit):  # one in 2**53: the next 64 bits decide
            more = (int(fraction[place]) << (117 - TABLE_BITS)) | int(bits.words(1)[0])
            block[place] = column[place] if more < self.exact[column[place]] else self.other[column[place]]
        return block

    def _kept(self, block: Integers, offset: Integers, bits: Bits) -> NDArray[np.bool_]:
        """Return which candidates are kept: with chance exp(-(y^2 + 2Kxy) / 2 sigma^2)."""
        if not self.shift:
            return np.ones(block.size, np.bool_)
        step = float(1 << self.shift)
        exponent = (offset * (offset + 2 * step * block)) / float(self.doubled_variance)
        uniform = (bits.words(block.size) >> np.uint64(11)) * 2.0**-53
        kept: NDArray[np.bool_] = uniform < 1.0 - exponent - CLOSE  # exp(-a) >= 1 - a, and mostly that suffices
        for_exp = np.flatnonzero(~kept)
        chance = np.exp(-exponent[for_exp])
        kept[for_exp] = uniform[for_exp] < chance
        for place in for_exp[np.abs(uniform[for_exp] - chance) < CLOSE]:
            kept[place] = self._decide(int(block[place]), int(offset[place]), float(uniform[place]), bits)
        return kept

    def _decide(self, block: int, offset: int, uniform: float, bits: Bits) -> bool:
        exponent = Fraction(offset * (offset + (block << (self.shift + 1)))) / self.doubled_variance
        more = Fraction(int(bits.words(1)[0]), 1 << 117)
        return Fraction(uniform) + more < _exp(-exponent)


def _alias(weights: list[Fraction]) -> tuple[list[Fraction], list[int]]:
    """Return for each column its chance to give itself, and what it gives otherwise (Vose 1991), in exact fractions."""
    total = sum(weights)
    parts = [weight * len(weights) / total for weight in weights]
    small = [j for j, part in enumerate(parts) if part < 1]
    large = [j for j, part in enumerate(parts) if part >= 1]
    keep, other = [Fraction(1)] * len(weights), list(range(len(weights)))
    while small and large:
        few, many = small.pop(), large.pop()
        keep[few], other[few] = parts[few], many
        parts[many] -= 1 - parts[few]
        (small if parts[many] < 1 else large).append(many)
    return keep, other


def _exp(exponent: Fraction) -> Fraction:
    """Return exp of a number <= 0 to ``PRECISION`` digits."""
    with localcontext() as context:
        context.prec = PRECISION
        value = (Decimal(exponent.numerator) / Decimal(exponent.denominator)).exp()
        return Fraction(int(value.scaleb(PRECISION)), 10**PRECISION)
