"""What every secure sign test has in common: d = [t >= 0] of a masked value, and shares of d times its secrets.

Both parties know A = t + B modulo 2**K, the dealer knows the mask B. With n = K - 1,
``d = 1 ^ msb(A) ^ msb(B) ^ [A mod 2**n < B mod 2**n]``. The dealer also knows some payloads p (a mask, say), and the
parties end with shares of d and of each d*p. How the comparison is made is each protocol's own business.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

from primia_core.mpc.dealing import Dealing, Tape
from primia_core.mpc.profile import Profile, Width, Words
from primia_core.mpc.steps import Exchange, Step
from primia_core.mpc.traffic import Traffic, shared
from primia_core.mpc.wire import Bits, decode_bits, encode_bits, size_of_bits


@dataclass(frozen=True, repr=False)
class Payload:
    """A secret of the dealer, or a party's share of it, to be multiplied by the sign, modulo 2**width.bits.

    Parties have their shares of it already; a sign test deals those of products only.
    """

    values: Words
    width: Width


@dataclass(frozen=True, repr=False)
class Chosen:
    """The opened bit d ^ rho, and shares to choose from by it: of rho*p and of p, the first with p = 1.

    Where the bit is 0, d = rho, and the share of d*p is that of rho*p; where it is 1, that of p less that of rho*p.
    """

    opened: Bits
    ones: Words
    products: tuple[tuple[Words, Words], ...]


@dataclass(frozen=True, repr=False)
class Multiplied:
    """Shares of d and of each d*p."""

    ones: Words
    products: tuple[Words, ...]


@dataclass(frozen=True)
class Place:
    """Where a party stands in an exchange: who it is, who the other is, how it labels its steps, threads to work on."""

    party: int
    label: str
    threads: int = 1

    @property
    def peer(self) -> int:
        """Return the other compute party."""
        return 1 - self.party


class SignTest(Protocol):
    """A protocol that reads signs. ``bits`` is K; ``unit`` is the width of the share of d itself."""

    def deal(self, dealing: Dealing, mask: Words, bits: int, unit: Width, payloads: Sequence[Payload]) -> None:
        """Write the correlations for one vector of masks, any shape."""

    def take(self, tape: Tape, count: int, bits: int, unit: Width, payloads: Sequence[Payload]) -> Any:
        """Read this party's correlations of so many elements, given its shares of the payloads."""

    def online(self, place: Place, opened: Words, bits: int, correlation: Any) -> Exchange[Chosen | Multiplied]:
        """Compute shares for the public vector A."""

    def traffic(self, profile: Profile, count: int, bits: int, unit: Width, payloads: Sequence[Width]) -> Traffic:
        """Return what so many signs cost."""


def low_and_top(values: Words, bits: int) -> tuple[Words, Bits]:
    """Split K-bit values into their low K - 1 bits and their top bit, flat."""
    flat = values.reshape(-1)
    kind = flat.dtype.type
    return flat & kind((1 << (bits - 1)) - 1), ((flat >> kind(bits - 1)) & kind(1)).astype(np.uint8)


def flip(top: Bits, product: Words, whole: Words) -> Words:
    """Return shares of d*p from shares of (1 ^ msb(A) ^ d)*p: ``whole - product`` where the top bit is set."""
    return np.where(top.astype(bool), whole - product, product)


def open_bits(place: Place, mine: Bits) -> Exchange[Bits]:
    """Open exclusive-or shares of bits, any shape: one step."""
    message = encode_bits(mine)
    answers = yield Step(place.label, {place.peer: message}, {place.peer: size_of_bits(mine.size)})
    both = np.frombuffer(message, np.uint8) ^ np.frombuffer(answers[place.peer], np.uint8)
    return decode_bits(both, mine.size).reshape(mine.shape)


class Selection:
    """Shares from which an opened bit d ^ rho chooses: dealt alike by every protocol that opens the bit."""

    @staticmethod
    def deal(dealing: Dealing, rho: Bits, unit: Width, payloads: Sequence[Payload]) -> None:
        """Share rho, and rho*p for each payload."""
        dealing.share("rho", rho.astype(unit.dtype), unit)
        for position, payload in enumerate(payloads):
            values = payload.values.reshape(-1)
            dealing.share(f"rho*p{position}", values * rho.astype(values.dtype), payload.width)

    @staticmethod
    def take(
        tape: Tape, count: int, unit: Width, payloads: Sequence[Payload]
    ) -> tuple[Words, list[tuple[Words, Words]]]:
        """Read this party's shares of rho, and of rho*p for each payload, beside those of p."""
        ones = tape.share("rho", count, unit)
        return ones, [
            (tape.share(f"rho*p{position}", count, payload.width), payload.values.reshape(-1))
            for position, payload in enumerate(payloads)
        ]

    @staticmethod
    def traffic(count: int, unit: Width, payloads: Sequence[Width]) -> Traffic:
        """Return what the shares of so many elements take."""
        return shared(count, unit, *payloads)
