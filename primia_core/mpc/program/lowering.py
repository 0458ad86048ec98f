"""From float layers to secure operations: which sums merge, what is truncated, where signs are tested. Knows no scales.

A value is made in the form that its readers need, once, when the first of them asks: a sum becomes narrow by
truncation and wide by a positive part or a lift.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from math import prod
from typing import Literal

import torch
from torch import Tensor

from primia_core.mpc.errors import ProgramError
from primia_core.mpc.program.layers import (
    Add,
    Affine,
    AveragePool,
    Flatten,
    Image,
    Layer,
    MaxPool,
    Rectify,
    readers,
)
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
    Relu,
    Reshape,
    Shape,
    Term,
    Truncate,
    WeightedPool,
)
from primia_core.mpc.program.windows import Positions

Policy = Literal["logits", "label"]


@dataclass
class Value:
    """What is known of a layer's result: its forms, by the operations that give them, or the terms of an unmade sum."""

    place: str
    shape: Shape
    terms: list[Term] = field(default_factory=list)
    bias: Tensor | None = None
    total: int | None = None
    narrow: int | None = None
    wide: int | None = None
    positive: bool = False


@dataclass
class Draft:
    """A program before its scales: multiples have the factor one, and weights and biases are floats.

    Attributes:
        weights: by name.
        biases: by name.
        divisors: of pools, by operation.
    """

    operations: list[Operation] = field(default_factory=list)
    places: list[str] = field(default_factory=list)
    weights: dict[str, Tensor] = field(default_factory=dict)
    biases: dict[str, Tensor] = field(default_factory=dict)
    divisors: dict[int, int] = field(default_factory=dict)

    def append(self, operation: Operation, place: str) -> int:
        """Add an operation and return its position."""
        self.operations.append(operation)
        self.places.append(place)
        return len(self.operations) - 1


def lower(layers: Sequence[Layer], *, policy: Policy = "logits") -> Draft:
    """Return the secure operations of float layers.

    Args:
        layers: as ``trace`` returns them.
        policy: what the requester gets.
    Returns:
        A draft without scales. An identity skip is a multiple and a downsampling skip a second convolution of the same
        sum; a sum that only positive parts read is truncated once.
    Raises:
        ProgramError: the network does not end with one vector, or a label of one class is asked for.
    """
    last = layers[-1]
    if last.shape[1:] != (1, 1):
        raise ProgramError(
            f"the network ends at {last.place} with a value of shape {last.shape}; let it end with one number a class: "
            "flatten and a linear layer"
        )
    if policy == "label" and last.shape[0] < 2:
        raise ProgramError("a network of one output has no label; take the policy 'logits', or train two classes")
    return _Lowering(layers).run(policy)


class _Lowering:
    def __init__(self, layers: Sequence[Layer]) -> None:
        self.layers = layers
        self.readers = readers(layers)
        self.draft = Draft()
        self.values: list[Value] = []
        self.stems: Counter[str] = Counter()

    def run(self, policy: Policy) -> Draft:
        """Lower every layer in turn."""
        for layer in self.layers:
            self.values.append(self._value(layer))
        result = self.values[-1]
        total = self._sum(result)
        self.draft.append(Output(source=total, policy=policy, shape=result.shape), "output")
        return self.draft

    def _value(self, layer: Layer) -> Value:
        sources = [self.values[source] for source in layer.sources]
        match layer:
            case Image():
                return Value(layer.place, layer.shape, wide=self.draft.append(Input(shape=layer.shape), layer.place))
            case Affine():
                return self._affine(layer, sources[0])
            case Add():
                return self._add(layer, sources)
            case Rectify():
                return self._rectify(layer, sources[0])
            case MaxPool():
                return self._max_pool(layer, sources[0])
            case AveragePool():
                return self._average_pool(layer, sources[0])
            case Flatten():
                return self._flatten(layer, sources[0])
        raise AssertionError(layer)

    def _affine(self, layer: Affine, source: Value) -> Value:
        name = f"{self._stem(layer.place)}.weight"
        self.draft.weights[name] = layer.weight
        out, within, height, width = layer.weight.shape
        term = Convolution(
            source=self._wide(source),
            weight=name,
            weight_shape=(out, within, height, width),
            stride=layer.stride,
            padding=layer.padding,
            dilation=layer.dilation,
            groups=layer.groups,
        )
        return Value(layer.place, layer.shape, terms=[term], bias=layer.bias)

    def _add(self, layer: Layer, sources: list[Value]) -> Value:
        """Merge sums that nothing else reads; take everything else as a multiple."""
        out = Value("", layer.shape)
        for index, source in zip(layer.sources, sources, strict=True):
            if source.terms and source.total is None and self.readers[index] == 1:
                out.terms += source.terms
                if source.bias is not None:
                    out.bias = source.bias if out.bias is None else out.bias + source.bias
            else:
                out.terms.append(Multiple(source=self._wide(source), factor=1))
            out.place = f"{out.place} + {source.place}" if out.place else source.place
        return out

    def _rectify(self, layer: Layer, source: Value) -> Value:
        if source.positive:
            return source
        narrow = self._narrow(source)
        wide = self.draft.append(Relu(source=narrow, shape=layer.shape), layer.place)
        return Value(layer.place, layer.shape, wide=wide, positive=True)

    def _max_pool(self, layer: MaxPool, source: Value) -> Value:
        narrow = self._narrow(source)
        shape = source.shape
        order = sorted((2, 1), key=lambda axis: len((layer.rows, layer.columns)[axis - 1]) / shape[axis])
        for axis in order:  # the axis that leaves least first, so that the other one compares less
            windows = (layer.rows, layer.columns)[axis - 1]
            shape = tuple(len(windows) if i == axis else side for i, side in enumerate(shape))
            if windows != tuple((p,) for p in range(source.shape[axis])):
                narrow = self._maxima(narrow, axis, windows, shape, layer.place)
        return Value(layer.place, layer.shape, narrow=narrow, positive=source.positive)

    def _maxima(self, source: int, axis: int, windows: Sequence[Positions], shape: Shape, place: str) -> int:
        """Return the maximum over windows of one axis, by a binary tree over their positions."""
        taps = max(len(window) for window in windows)
        operands: list[tuple[int, Gather | None]] = [
            (source, Gather(axis=axis, indices=tuple(window[min(tap, len(window) - 1)] for window in windows)))
            for tap in range(taps)
        ]
        while len(operands) > 1:
            pairs = [
                Maximum(left=a, left_gather=read_a, right=b, right_gather=read_b, shape=shape)
                for (a, read_a), (b, read_b) in zip(operands[::2], operands[1::2], strict=False)
            ]
            odd = operands[len(pairs) * 2 :]
            operands = [(self.draft.append(pair, place), None) for pair in pairs] + odd
        return operands[0][0]

    def _average_pool(self, layer: AveragePool, source: Value) -> Value:
        summed = self._wide(source)
        opens = prod(layer.shape) < prod(source.shape) and self._leave_unopened(summed, source)
        pool = WeightedPool(source=summed, rows=layer.rows, columns=layer.columns, shape=layer.shape, opens=opens)
        wide = self.draft.append(pool, layer.place)
        self.draft.divisors[wide] = layer.divisor
        return Value(layer.place, layer.shape, wide=wide, positive=source.positive)

    def _leave_unopened(self, wide: int, source: Value) -> bool:
        """Let a positive part that nothing but the pool at hand reads stay shares, and say whether it does."""
        made, layers = self.draft.operations[wide], [i for i, value in enumerate(self.values) if value is source]
        if not isinstance(made, Relu) or len(layers) > 1 or self.readers[layers[0]] > 1:
            return False
        self.draft.operations[wide] = made.model_copy(update={"opened": False})
        return True

    def _flatten(self, layer: Layer, source: Value) -> Value:
        wide = self.draft.append(Reshape(source=self._wide(source), shape=layer.shape), layer.place)
        return Value(layer.place, layer.shape, wide=wide, positive=source.positive)

    def _sum(self, value: Value) -> int:
        if value.total is None:
            terms = value.terms or [Multiple(source=self._wide(value), factor=1)]
            bias = None
            if value.bias is not None and torch.any(value.bias != 0):
                bias = f"{_stem_of_bias(terms)}.bias"
                self.draft.biases[bias] = value.bias
            linear = Linear(terms=tuple(terms), bias=bias, shape=value.shape)
            value.total = self.draft.append(linear, value.place)
        return value.total

    def _narrow(self, value: Value) -> int:
        if value.narrow is None:
            value.narrow = self.draft.append(Truncate(source=self._sum(value), shape=value.shape), value.place)
        return value.narrow

    def _wide(self, value: Value) -> int:
        if value.wide is None:
            value.wide = self.draft.append(Lift(source=self._narrow(value), shape=value.shape), value.place)
        return value.wide

    def _stem(self, place: str) -> str:
        """Return a name for weights, another one each time that a layer stands at several places."""
        self.stems[place] += 1
        return place if self.stems[place] == 1 else f"{place}#{self.stems[place]}"


def _stem_of_bias(terms: Sequence[Term]) -> str:
    """Return the name of the first filter: where there is a bias, there is one."""
    return next(term.weight for term in terms if isinstance(term, Convolution)).removesuffix(".weight")
