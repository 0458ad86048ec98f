"""How numbers are held: the ring, how many bits a truncation cuts, and how wide the wires behind it are.

Knows no network. A profile is public and part of a program's hash.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

from primia_core.mpc.errors import ProfileError

Words = NDArray[Any]
"""Ring words: uint32 or uint64, contiguous; arithmetic wraps modulo 2**32 or 2**64."""
Narrow = NDArray[Any]
"""Values modulo 2**m: uint16 for m <= 16, else uint32."""

BYTE = 8


@dataclass(frozen=True)
class Width:
    """Integers modulo 2**bits, held in the smallest of uint16, uint32 and uint64."""

    bits: int

    @property
    def dtype(self) -> DTypeLike:
        """Return the type in memory."""
        return np.uint16 if self.bits <= 16 else np.uint32 if self.bits <= 32 else np.uint64

    def reduce(self, values: Words) -> Words:
        """Reduce values of this width's type modulo 2**bits, in place, and return them."""
        if values.dtype.itemsize * BYTE != self.bits:
            np.bitwise_and(values, values.dtype.type((1 << self.bits) - 1), out=values)
        return values


SMALLEST_SIGN_BITS = 9
"""A comparison key ends its tree seven levels early and has two leaf blocks, so it compares at least eight bits."""


@dataclass(frozen=True)
class Profile:
    """Widths in bits.

    Attributes:
        name: of the profile, as the command line knows it.
        ring_bits: k, 32 or 64.
        fraction_bits: f, cut from a sum when it is truncated.
        wire_bits: m = k - f, of what is left; a multiple of eight, so that wires are whole bytes.
        sign_bits: K <= m, from which the sign of a truncated value is read; a difference of two is read from all m.
    """

    name: str
    ring_bits: int
    fraction_bits: int
    wire_bits: int
    sign_bits: int

    def __post_init__(self) -> None:
        if self.ring_bits not in (32, 64):
            raise ProfileError(f"a ring has 32 or 64 bits, got {self.ring_bits}")
        if self.wire_bits != self.ring_bits - self.fraction_bits or self.wire_bits % BYTE:
            raise ProfileError(
                f"{self.ring_bits} ring bits less {self.fraction_bits} fraction bits are not {self.wire_bits} wire bits"
                ", or those are not whole bytes; take a profile of this module"
            )
        if not SMALLEST_SIGN_BITS <= self.sign_bits <= self.wire_bits <= 32:
            raise ProfileError(
                f"need {SMALLEST_SIGN_BITS} <= sign bits <= wire bits <= 32, got {self.sign_bits} and {self.wire_bits}"
            )

    @property
    def ring(self) -> Width:
        """Return the width of ring words: of wide values and of sums."""
        return Width(self.ring_bits)

    @property
    def wire(self) -> Width:
        """Return the width of narrow values."""
        return Width(self.wire_bits)

    @property
    def wrap(self) -> Width:
        """Return the width of what is shifted up by m: only f bits of it remain in the ring."""
        return Width(self.fraction_bits)

    @property
    def compared_bits(self) -> int:
        """Return n, the low bits that a sign test compares."""
        return self.sign_bits - 1

    @property
    def sum_limit(self) -> int:
        """Return the largest magnitude of a sum before truncation: 2**(f + min(m - 2, K - 1)), less two units of f.

        Truncation gives the floor or one more, and a value of 2**(K - 1) would read as negative.
        """
        unit = 1 << self.fraction_bits
        return (unit << min(self.wire_bits - 2, self.sign_bits - 1)) - 2 * unit


FAST = Profile("fast", ring_bits=32, fraction_bits=16, wire_bits=16, sign_bits=15)
PRECISE = Profile("precise", ring_bits=64, fraction_bits=40, wire_bits=24, sign_bits=23)
"""Lifting bounds a wire by 2**(m - 2), so m - 1 bits show its sign, and comparison keys are one level shorter."""
PROFILES = {profile.name: profile for profile in (FAST, PRECISE)}
