"""The two rings of SecureNN, Z_L for L = 2**bits and Z_(L-1), and the prime of its comparisons. Knows no party."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import DTypeLike, NDArray

from primia_core.mpc.errors import ProfileError
from primia_core.mpc.kernels.securenn import RESIDUE_BITS
from primia_core.mpc.profile import BYTE, Words

Residues = NDArray[np.uint8]
"""Values modulo the prime, one a byte in memory."""
Packed = NDArray[np.uint8]
"""Residues as they are sent, eight in seven bytes."""
Bits = NDArray[np.uint8]

_DTYPES: dict[int, DTypeLike] = {8: np.uint8, 16: np.uint16, 32: np.uint32, 64: np.uint64}


@dataclass(frozen=True)
class Ring:
    """Widths of one instance of the protocols; small ones exist so that tests can try everything.

    Attributes:
        bits: l, of a share.
        prime: p, larger than l + 1, so that a sum of l bits and 2 does not wrap in a comparison.
    """

    bits: int = 64
    prime: int = 67

    def __post_init__(self) -> None:
        if self.bits not in _DTYPES:
            raise ProfileError(f"a ring has {sorted(_DTYPES)} bits, got {self.bits}")
        if not self.bits + 1 < self.prime < 1 << RESIDUE_BITS:
            raise ProfileError(f"the prime lies between {self.bits + 1} and {1 << RESIDUE_BITS}, got {self.prime}")

    @property
    def dtype(self) -> DTypeLike:
        """Return the type of shares; its arithmetic wraps at L."""
        return _DTYPES[self.bits]

    @property
    def word_bytes(self) -> int:
        """Return how many bytes a share takes on the wire."""
        return self.bits // BYTE

    @property
    def residue_bytes(self) -> int:
        """Return how many bytes one residue for each bit of a word takes on the wire."""
        return self.bits * RESIDUE_BITS // BYTE

    @property
    def top(self) -> int:
        """Return L - 1: the largest word, and the modulus of the odd ring."""
        return (1 << self.bits) - 1


RING = Ring()
"""What programs run on."""


def wraps(total: Words, summand: Words) -> Bits:
    """Return 1 where ``total``, a sum modulo L of ``summand`` and another word, passed L."""
    return (total < summand).astype(np.uint8)


def odd_reduce(words: Words) -> Words:
    """Return words of Z_L modulo L - 1."""
    return np.where(words == np.iinfo(words.dtype).max, words.dtype.type(0), words)


def odd_add(a: Words, b: Words) -> Words:
    """Return a + b modulo L - 1 of reduced words: a carry out of L counts one, because L is 1 there."""
    total = a + b
    return odd_reduce(total + wraps(total, a).astype(a.dtype))


def odd_subtract(a: Words, b: Words) -> Words:
    """Return a - b modulo L - 1 of reduced words."""
    difference: Words = a - b - (a < b).astype(a.dtype)
    return difference
