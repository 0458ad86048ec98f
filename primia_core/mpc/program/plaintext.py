"""The secure computation on plaintext, integer for integer: the oracle of the protocols and of accuracy figures.

Nothing is rounded that the protocols do not round: sums are exact in the ring (``exact``), truncation gives the floor
or one more, as two parties' shares do. What leaves the range of the scales is found here; no party can see it.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from math import prod
from typing import Literal

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from primia_core.mpc.errors import OutOfRange
from primia_core.mpc.profile import Profile
from primia_core.mpc.program.encoding import Integers, encode, input_limit
from primia_core.mpc.program.evaluation import evaluate, pooled
from primia_core.mpc.program.exact import Exact, convolve
from primia_core.mpc.program.operations import Convolution, Linear, SecureProgram, Truncate, WeightedPool
from primia_core.mpc.randomness import Stream

Rounding = Literal["floor", "above", "random"]
CHUNK = 16
WRAPPED = 2.0**62
SEED = bytes(32)


@dataclass(frozen=True)
class Excess:
    """Values of one operation that left its range.

    Attributes:
        values: how many.
        worst: the largest magnitude, in the module's own units.
        limit: of the operation, in the same units.
    """

    operation: int
    place: str
    values: int
    worst: float
    limit: float


@dataclass(frozen=True)
class Replayed:
    """What the secure computation gives.

    Attributes:
        sums: (batch, classes) int64, what the output operation's shares add up to, signed.
        logits: the same in the module's own units, float64, whatever the policy gives to the requester.
        labels: of the largest sum; where the policy is the label, of the largest truncated one, as the parties compare
            them. Of equal ones the first.
        excesses: what left its range; empty where every value is right to the rounding.
    """

    sums: Integers
    logits: NDArray[np.float64]
    labels: Integers
    excesses: tuple[Excess, ...]


@dataclass
class Ring:
    """Integer arithmetic of a program."""

    program: SecureProgram
    weights: dict[str, Tensor]
    rounding: Rounding
    stream: int = 0
    excesses: dict[int, Excess] = field(default_factory=dict)
    seed: bytes = SEED

    @property
    def widths(self) -> Profile:
        """Return the program's profile."""
        return self.program.widths

    def linear(self, index: int, operation: Linear, sources: Sequence[Tensor]) -> Tensor:
        """Return the sum in the ring, and note where it leaves the range."""
        total: Exact | None = None
        for term, source in zip(operation.terms, sources, strict=True):
            if isinstance(term, Convolution):
                part = convolve(source, self.weights[term.weight], term)
            else:
                part = Exact(source * term.factor, source.to(torch.float64) * float(term.factor))
            total = part if total is None else Exact(total.words + part.words, total.near + part.near)
        assert total is not None
        if operation.bias is not None:
            bias = self.weights[operation.bias].reshape(-1, 1, 1)
            total = Exact(total.words + bias, total.near + bias.to(torch.float64))
        return self._in_ring(index, total)

    def label(self, sums: Tensor) -> Tensor:
        """Return the class of the largest, compared as the policy has it."""
        if self.program.output.policy == "label":
            sums = self._cut(len(self.program.operations) - 1, sums)
        return sums.argmax(1)

    def truncate(self, index: int, operation: Truncate, value: Tensor) -> Tensor:
        """Return the floor of value / 2**f, or one more."""
        return self._cut(index, value)

    def _cut(self, index: int, value: Tensor) -> Tensor:
        low = self.widths.fraction_bits
        cut = value >> low
        if self.rounding == "above":
            cut = cut + 1
        elif self.rounding == "random":
            # The parties' low bits sum to no carry with probability (low bits of the value + 1) / 2**f.
            cut = cut + (self._uniform(index, value.shape, low) <= (value & ((1 << low) - 1)))
        return signed(cut, self.widths.wire_bits)

    def pool(self, index: int, operation: WeightedPool, value: Tensor) -> Tensor:
        """Return weighted sums, which scaling has made sure fit the ring."""
        return pooled(value, operation.rows, operation.columns)

    def _in_ring(self, index: int, total: Exact) -> Tensor:
        limit = self.widths.sum_limit
        outside = (total.near.abs() > WRAPPED) | (total.words.abs() > limit)
        if bool(outside.any()):
            self._note(index, total.near[outside])
            return signed(total.words, self.widths.ring_bits)
        return total.words

    def _note(self, index: int, values: Tensor) -> None:
        scale, before = self.program.scales[index], self.excesses.get(index)
        self.excesses[index] = Excess(
            operation=index,
            place=self.program.places[index],
            values=values.numel() + (before.values if before else 0),
            worst=max(float(values.abs().max()) / scale, before.worst if before else 0.0),
            limit=self.widths.sum_limit / scale,
        )

    def _uniform(self, index: int, shape: torch.Size, bits: int) -> Tensor:
        words = Stream(self.seed, (self.stream << 32) + index).words(tuple(shape), np.uint64)
        return torch.from_numpy((words >> np.uint64(64 - bits)).view(np.int64))


def signed(value: Tensor, bits: int) -> Tensor:
    """Return int64 values modulo 2**bits, from -2**(bits-1) on."""
    return (value << (64 - bits)) >> (64 - bits)


def replay(
    program: SecureProgram,
    weights: dict[str, Integers],
    images: NDArray[np.float32],
    *,
    rounding: Rounding = "random",
    count_excesses: bool = False,
    seed: bytes = SEED,
) -> Replayed:
    """Compute what the parties compute.

    Args:
        program: what is computed.
        weights: its integers by name.
        images: (number, channel, height, width), normalised as the network takes them.
        rounding: ``floor`` and ``above`` are the two values that truncation may give; ``random`` draws one as often as
            the parties' shares do, so that the mean is that of the value.
        count_excesses: list values out of range instead of refusing them. What follows from them is then one of the
            results that the parties might get, wrong by a multiple of 2**m where the value was cut, never more.
        seed: of ``random``.
    Returns:
        Sums, logits and excesses.
    Raises:
        OutOfRange: a value has left the range of its scale: place, value, limit.
    Cost: one float64 convolution for each convolution and limb: one in the fast profile, two to four in the precise.
    """
    ring = Ring(program, {name: torch.from_numpy(w) for name, w in weights.items()}, rounding, seed=seed)
    parts, labels = [np.zeros((0, prod(program.output.shape)), np.int64)], [np.zeros(0, np.int64)]
    clip = None if count_excesses else input_limit(program)
    for start in range(0, len(images), CHUNK):
        ring.stream += 1
        chunk = torch.from_numpy(encode(program, images[start : start + CHUNK], limit=clip))
        sums = evaluate(program.operations, chunk, ring)
        parts.append(sums.numpy())
        labels.append(ring.label(sums).numpy())
        if ring.excesses and not count_excesses:
            raise _out_of_range(ring.excesses)
    whole = np.concatenate(parts)
    found = tuple(ring.excesses[index] for index in sorted(ring.excesses))
    return Replayed(whole, whole / program.scales[program.output.source], np.concatenate(labels), found)


def _out_of_range(excesses: dict[int, Excess]) -> OutOfRange:
    first = excesses[min(excesses)]
    return OutOfRange(
        f"{first.values} values at {first.place} reach {first.worst:.4g}, their scale allows {first.limit:.4g}; "
        "calibrate with images like these, or with a larger margin"
    )
