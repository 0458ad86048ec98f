"""What every gate is told: the program's run at the dealer, and at one party. And how two parties open a vector."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np

from primia_core.mpc.dealing import Dealing, Tape
from primia_core.mpc.profile import Profile, Width, Words
from primia_core.mpc.sign import Place, SignTest
from primia_core.mpc.steps import Exchange, Step
from primia_core.mpc.traffic import Traffic
from primia_core.mpc.wire import decode, encode, size_of

Masks = Mapping[int, Words]
"""By operation: the dealer's whole mask, or a party's share of it; batch first."""
Values = Mapping[int, Words]
"""By operation: a public masked value, or a party's share of a sum; batch first."""


class SecretFilters(Protocol):
    """Filters by weight name, ready for convolutions."""

    def convolve(self, weight: str, x: Words, term: Any, *, threads: int) -> Words:
        """Return the ring convolution of ``x`` with a filter, in the geometry of a term."""


class PartySecrets(Protocol):
    """What one party holds of a model: public W^, its own half of W, and its shares of the biases."""

    @property
    def masked(self) -> SecretFilters:
        """Return W^ = W + R_w, known to both parties."""

    @property
    def half(self) -> SecretFilters:
        """Return ``b W^ - [R_w]_b`` of party b."""

    def bias(self, name: str) -> Words:
        """Return this party's shares of a bias, (channels,)."""


@dataclass(frozen=True)
class DealerContext:
    """A run at the dealer.

    Attributes:
        masks_of_weights: R_w, the whole.
        wraps: by operation that gives a narrow wire: 1 where the parties' shares of its mask, as they are, are 2**m
            more than the mask.
    """

    profile: Profile
    batch: int
    sign: SignTest
    masks_of_weights: SecretFilters
    threads: int = 1
    wraps: dict[int, Words] = field(default_factory=dict, repr=False)


@dataclass(frozen=True)
class PartyContext:
    """A run at party 0 or 1."""

    profile: Profile
    batch: int
    sign: SignTest
    party: int
    secrets: PartySecrets
    threads: int = 1

    def place(self, position: int, kind: str) -> Place:
        """Return where this party stands at an operation."""
        return Place(self.party, f"{position}:{kind}", self.threads)


class Gate(Protocol):
    """One kind of operation, on all three sides."""

    def deal(self, op: Any, dealing: Dealing, masks: Masks, context: DealerContext) -> Words | None:
        """Write the correlations, and return the mask of the value that the operation gives."""

    def take(self, op: Any, tape: Tape, shares: Masks, context: PartyContext) -> tuple[Any, Words | None]:
        """Read and prepare the correlations, and return them with this party's share of the value's mask."""

    def online(self, op: Any, correlation: Any, values: Values, place: Place) -> Exchange[Words]:
        """Compute the value."""

    def traffic(self, op: Any, profile: Profile, batch: int, sign: SignTest) -> Traffic:
        """Return what the operation costs for a batch."""


def open_sum(place: Place, mine: Words, width: Width) -> Exchange[Words]:
    """Open additive shares modulo 2**bits: one step."""
    size = size_of(mine.size, width)
    answers = yield Step(place.label, {place.peer: encode(mine, width)}, {place.peer: size})
    theirs = decode(answers[place.peer], mine.size, width).reshape(mine.shape)
    return width.reduce(np.add(mine, theirs))
