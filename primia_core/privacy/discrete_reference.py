"""The discrete Gaussian by the book: exact rational arithmetic, one number at a time, coin by coin.

It is the oracle of ``discrete``'s tests and shares nothing with it but the distribution.
"""

from collections.abc import Callable
from fractions import Fraction
from math import floor
from secrets import randbelow

Below = Callable[[int], int]


def discrete_gaussian(sigma_squared: Fraction, below: Below = randbelow) -> int:
    """Draw one integer in proportion to exp(-z^2 / 2 sigma^2), exactly.

    Args:
        sigma_squared: a positive fraction.
        below: ``below(n)`` is uniform on 0..n-1.
    Source: Canonne, Kamath and Steinke 2020, algorithm 3.
    """
    scale = floor(_root(sigma_squared)) + 1
    while True:
        candidate = discrete_laplace(scale, below)
        excess = (abs(candidate) - sigma_squared / scale) ** 2 / (2 * sigma_squared)
        if bernoulli_exp(excess, below):
            return candidate


def discrete_laplace(scale: int, below: Below = randbelow) -> int:
    """Draw one integer in proportion to exp(-|z| / scale); algorithm 2 of the same paper, with t = scale, s = 1."""
    while True:
        remainder = below(scale)
        if not bernoulli_exp(Fraction(remainder, scale), below):
            continue
        wholes = 0
        while bernoulli_exp(Fraction(1), below):
            wholes += 1
        magnitude = remainder + scale * wholes
        negative = below(2) == 1
        if not (negative and magnitude == 0):
            return -magnitude if negative else magnitude


def bernoulli_exp(exponent: Fraction, below: Below = randbelow) -> bool:
    """Return true with chance exp(-exponent), for any exponent >= 0; algorithm 1 of the same paper."""
    while exponent > 1:
        if not bernoulli_exp(Fraction(1), below):
            return False
        exponent -= 1
    trials = 1
    while _bernoulli(exponent / trials, below):
        trials += 1
    return trials % 2 == 1


def _bernoulli(chance: Fraction, below: Below) -> bool:
    return below(chance.denominator) < chance.numerator


def _root(value: Fraction) -> Fraction:
    """Return a square root from below, to 2**-32; the algorithm is exact with any scale near it."""
    low, high = Fraction(0), max(value, Fraction(1))
    while high - low > Fraction(1, 1 << 32):
        middle = (low + high) / 2
        low, high = (middle, high) if middle**2 <= value else (low, middle)
    return low
