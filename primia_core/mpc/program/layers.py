"""A float network as a list of layers with shapes: what tracing finds and lowering reads. Knows no integers.

A layer names the earlier layers that it reads by their position. Shapes are without the batch; a vector of features is
(features, 1, 1). Filters are the module's own until something is folded into them, in float64, so that folding loses
no bit of a float32 model.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

import torch
from torch import Tensor

from primia_core.mpc.program.operations import Pair, Shape, Window
from primia_core.mpc.program.windows import Positions


@dataclass(frozen=True, eq=False, kw_only=True)
class Layer:
    """What all layers have.

    Attributes:
        place: qualified name in the module, for people.
        sources: positions of the layers that it reads.
        shape: of its result.
    """

    place: str
    sources: tuple[int, ...]
    shape: Shape


@dataclass(frozen=True, eq=False, kw_only=True)
class Image(Layer):
    """The network's input."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Affine(Layer):
    """A convolution with a bias; a fully connected layer is one over 1x1."""

    weight: Tensor
    bias: Tensor | None
    stride: Pair = (1, 1)
    padding: tuple[Pair, Pair] = ((0, 0), (0, 0))
    dilation: Pair = (1, 1)
    groups: int = 1


@dataclass(frozen=True, eq=False, kw_only=True)
class ChannelAffine(Layer):
    """A gain and a shift for each channel: a batch normalisation with fixed statistics."""

    gain: Tensor
    shift: Tensor


@dataclass(frozen=True, eq=False, kw_only=True)
class Rectify(Layer):
    """The positive part."""


@dataclass(frozen=True, eq=False, kw_only=True)
class MaxPool(Layer):
    """The largest value of each window."""

    rows: tuple[Positions, ...]
    columns: tuple[Positions, ...]


@dataclass(frozen=True, eq=False, kw_only=True)
class AveragePool(Layer):
    """Weighted sums over windows, divided by one number."""

    rows: tuple[Window, ...]
    columns: tuple[Window, ...]
    divisor: int


@dataclass(frozen=True, eq=False, kw_only=True)
class Add(Layer):
    """The sum of two values of one shape."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Flatten(Layer):
    """All values of an image as features."""


def living(layers: Sequence[Layer]) -> list[Layer]:
    """Leave out what the last layer does not depend on, but never the image."""
    needed = {0, len(layers) - 1}
    for index in reversed(range(len(layers))):
        if index in needed:
            needed.update(layers[index].sources)
    moved = {index: position for position, index in enumerate(sorted(needed))}
    return [replace(layers[i], sources=tuple(moved[source] for source in layers[i].sources)) for i in sorted(needed)]


def readers(layers: Sequence[Layer]) -> Counter[int]:
    """Return how often each layer is read; whoever asks for the result reads the last one."""
    return Counter([len(layers) - 1, *(source for layer in layers for source in layer.sources)])


def fold_normalisation(layers: Sequence[Layer]) -> list[Layer]:
    """Multiply normalisations into the convolution before them; where none is, make them 1x1 convolutions.

    A convolution whose result something else reads too keeps its weights.
    """
    counts = readers(layers)
    out: list[Layer] = []
    moved: dict[int, int] = {}
    for index, layer in enumerate(layers):
        layer = replace(layer, sources=tuple(moved[source] for source in layer.sources))
        moved[index] = len(out)
        if not isinstance(layer, ChannelAffine):
            out.append(layer)
            continue
        before = out[layer.sources[0]]
        if isinstance(before, Affine) and counts[layers[index].sources[0]] == 1:
            out[layer.sources[0]] = _scaled(before, layer)
            moved[index] = layer.sources[0]
        else:
            out.append(_depthwise(layer))
    return out


def pool_before_rectifying(layers: Sequence[Layer]) -> list[Layer]:
    """Take maxima before positive parts: the same values with a sign test for each window, not for each position."""
    out: list[Layer] = []
    moved: dict[int, int] = {}
    for index, layer in enumerate(layers):
        layer = replace(layer, sources=tuple(moved[source] for source in layer.sources))
        if isinstance(layer, MaxPool) and isinstance(before := out[layer.sources[0]], Rectify):
            out.append(replace(layer, sources=before.sources))
            layer = replace(before, sources=(len(out) - 1,), shape=layer.shape)
        moved[index] = len(out)
        out.append(layer)
    return out


def _scaled(layer: Affine, by: ChannelAffine) -> Affine:
    weight = layer.weight.to(torch.float64) * by.gain.reshape(-1, 1, 1, 1)
    return replace(layer, weight=weight, bias=by.shift if layer.bias is None else layer.bias * by.gain + by.shift)


def _depthwise(layer: ChannelAffine) -> Affine:
    gain = layer.gain.reshape(-1, 1, 1, 1)
    return Affine(
        place=layer.place,
        sources=layer.sources,
        shape=layer.shape,
        weight=gain,
        bias=layer.shift,
        groups=len(gain),
    )
