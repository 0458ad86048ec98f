"""Reference networks on which a machine's rates are measured: every operation, at widths that real networks have.

Their weights are zero, which costs what any weights cost: what is computed with are uniform shares.
"""

from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from primia_core.mpc.program.encoding import Integers
from primia_core.mpc.program.model import weight_shapes
from primia_core.mpc.program.operations import (
    Convolution,
    Gather,
    Input,
    Lift,
    Linear,
    Maximum,
    Multiple,
    Operation,
    Output,
    Pair,
    Relu,
    Reshape,
    SecureProgram,
    Shape,
    Term,
    Truncate,
    WeightedPool,
    Window,
)

CHANNELS, CLASSES, HIDDEN = 3, 16, 256
WIDE, NARROW = 128, 32
"""Pixels a side: enough for rates by the element, and so few that what an operation costs at all shows."""


@dataclass(frozen=True)
class ReferenceModel:
    """A program with zeros for weights, as an engine takes it."""

    program: SecureProgram

    @cached_property
    def weights(self) -> dict[str, Integers]:
        """Return the integers."""
        return {name: np.zeros(shape, np.int64) for name, shape in weight_shapes(self.program).items()}

    @property
    def digest(self) -> str:
        """Return the version of this model: there is one only."""
        return self.program.digest


def reference_model(profile: str, sides: tuple[int, ...]) -> ReferenceModel:
    """Return shortened ResNets side by side, one for each number of pixels a side.

    Args:
        sides: multiples of 32 that divide the first; smaller ones read an average of its image.
    """
    draft = _Draft()
    image = draft.add(Input(shape=(CHANNELS, sides[0], sides[0])))
    ends = [draft.term(_features(draft, draft.average(image, sides[0] // side)), CLASSES, kernel=1) for side in sides]
    draft.add(Output(source=draft.linear(*ends), policy="label", shape=(CLASSES,)))
    return ReferenceModel(draft.program(profile))


def _features(draft: "_Draft", image: int) -> int:
    """Add a shortened ResNet without its last layer.

    It pools by maximum and by average, opened and not, has skips with and without a filter, and layers that are fully
    connected, the first of them to everything that the fourth stage gives.
    """
    stem = draft.truncated(draft.convolution(image, 64, kernel=7, stride=2))
    x = draft.relu(draft.larger_of_three(draft.larger_of_three(stem, axis=1), axis=2))
    early = x = draft.relu(draft.truncated(draft.convolution(x, 64)))
    x = draft.average_of_three(draft.relu(draft.truncated(draft.convolution(x, 64)), opened=False))
    x = draft.relu(draft.truncated(draft.convolution(x, 128)))
    skip = draft.term(early, 128, kernel=1, stride=2)
    x = draft.relu(draft.truncated(draft.linear(draft.term(x, 128), skip)))
    x = draft.relu(draft.truncated(draft.convolution(x, 256, stride=2)))
    fourth = x = draft.relu(draft.truncated(draft.linear(draft.term(x, 256), Multiple(source=x, factor=3))))
    x = draft.relu(draft.truncated(draft.convolution(x, 512, stride=2)))
    x = draft.lift(draft.truncated(draft.linear(draft.term(x, 512), Multiple(source=x, factor=3))))
    x = draft.relu(draft.truncated(draft.convolution(draft.flat(draft.mean(x)), HIDDEN, kernel=1)))
    both = draft.linear(draft.term(x, HIDDEN, kernel=1), draft.term(draft.flat(fourth), HIDDEN, kernel=1))
    return draft.relu(draft.truncated(both))


@dataclass
class _Draft:
    """A program on its way, operation by operation."""

    operations: list[Operation] = field(default_factory=list)
    filters: int = 0

    def add(self, op: Operation) -> int:
        """Add an operation and return its position."""
        self.operations.append(op)
        return len(self.operations) - 1

    def shape(self, source: int) -> Shape:
        """Return the shape of a value."""
        return self.operations[source].shape

    def term(self, source: int, outputs: int, *, kernel: int = 3, stride: int = 1) -> Convolution:
        """Return a convolution that keeps the size, but for its stride."""
        pads: Pair = (kernel // 2, kernel // 2)
        return Convolution(
            source=source, weight=f"filter {self._next_filter()}", stride=(stride, stride),
            weight_shape=(outputs, self.shape(source)[0], kernel, kernel), padding=(pads, pads),
        )  # fmt: skip

    def _next_filter(self) -> int:
        self.filters += 1
        return self.filters

    def linear(self, *terms: Term) -> int:
        """Add the sum of terms, with a bias."""
        first = terms[0]
        assert isinstance(first, Convolution)
        _, *size = self.shape(first.source)
        height, width = (-(-side // step) for side, step in zip(size, first.stride, strict=True))
        shape = (first.weight_shape[0], height, width)
        return self.add(Linear(terms=terms, bias=f"bias {len(self.operations)}", shape=shape))

    def convolution(self, source: int, outputs: int, *, kernel: int = 3, stride: int = 1) -> int:
        """Add one convolution."""
        return self.linear(self.term(source, outputs, kernel=kernel, stride=stride))

    def truncated(self, source: int) -> int:
        """Add a truncation."""
        return self.add(Truncate(source=source, shape=self.shape(source)))

    def relu(self, source: int, *, opened: bool = True) -> int:
        """Add a positive part."""
        return self.add(Relu(source=source, shape=self.shape(source), opened=opened))

    def lift(self, source: int) -> int:
        """Add a lift."""
        return self.add(Lift(source=source, shape=self.shape(source)))

    def flat(self, source: int) -> int:
        """Add a reshape to one long column."""
        return self.add(Reshape(source=source, shape=(int(np.prod(self.shape(source))), 1, 1)))

    def larger_of_three(self, source: int, *, axis: int) -> int:
        """Add a pool of windows of three, every second one, along an axis."""
        shape = list(self.shape(source))
        last, shape[axis] = shape[axis] - 1, shape[axis] // 2
        starts = range(0, last + 1, 2)
        near, middle, far = (
            Gather(axis=axis, indices=tuple(min(max(start + shift, 0), last) for start in starts))
            for shift in (-1, 0, 1)
        )
        pair = self.add(Maximum(left=source, left_gather=near, right=source, right_gather=middle, shape=tuple(shape)))
        return self.add(Maximum(left=pair, right=source, right_gather=far, shape=tuple(shape)))

    def average(self, source: int, window: int) -> int:
        """Add an average over square windows side by side, unless they hold one position only."""
        channels, height, width = self.shape(source)
        if window == 1:
            return source
        rows, columns = (
            tuple(Window(start=start, stop=start + window, weight=1) for start in range(0, side, window))
            for side in (height, width)
        )
        shape = (channels, len(rows), len(columns))
        return self.add(WeightedPool(source=source, rows=rows, columns=columns, shape=shape))

    def average_of_three(self, source: int) -> int:
        """Add an average of shares over windows of three by three, every second one each way, that is opened."""
        channels, height, width = self.shape(source)
        rows, columns = (
            tuple(Window(start=max(at - 1, 0), stop=min(at + 2, side), weight=1) for at in range(0, side, 2))
            for side in (height, width)
        )
        shape = (channels, len(rows), len(columns))
        return self.add(WeightedPool(source=source, rows=rows, columns=columns, shape=shape, opens=True))

    def mean(self, source: int) -> int:
        """Add an average over all positions, square as they are."""
        return self.average(source, self.shape(source)[1])

    def program(self, profile: str) -> SecureProgram:
        """Return the whole."""
        count = len(self.operations)
        return SecureProgram(
            profile=profile, operations=tuple(self.operations), scales=(1.0,) * count, places=("reference",) * count
        )
