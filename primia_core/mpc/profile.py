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
        sign_bits: K <= m, from which the sign of a truncated value is read.
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
    def ring_dtype(self) -> DTypeLike:
        """Return the type of ring words."""
        return np.uint32 if self.ring_bits == 32 else np.uint64

    @property
    def wire_dtype(self) -> DTypeLike:
        """Return the type of narrow values in memory."""
        return np.uint16 if self.wire_bits <= 16 else np.uint32

    @property
    def ring_bytes(self) -> int:
        """Return how many bytes a ring word takes on the wire."""
        return self.ring_bits // BYTE

    @property
    def wire_bytes(self) -> int:
        """Return how many bytes a narrow value takes on the wire."""
        return self.wire_bits // BYTE

    @property
    def compared_bits(self) -> int:
        """Return n, the low bits that a sign test compares."""
        return self.sign_bits - 1

    @property
    def sum_limit(self) -> int:
        """Return the largest magnitude of a sum before truncation: 2**(f + min(m - 2, K - 1)), less one unit of f."""
        unit = 1 << self.fraction_bits
        return (unit << min(self.wire_bits - 2, self.sign_bits - 1)) - unit


FAST = Profile("fast", ring_bits=32, fraction_bits=16, wire_bits=16, sign_bits=16)
PRECISE = Profile("precise", ring_bits=64, fraction_bits=40, wire_bits=24, sign_bits=24)
PROFILES = {profile.name: profile for profile in (FAST, PRECISE)}
