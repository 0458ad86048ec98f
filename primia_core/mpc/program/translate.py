"""One torch layer on a value of known shape, as float layers with their geometry worked out. Knows no graph."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

import torch
from torch import Tensor, nn

from primia_core.mpc.program.calls import NORMALISATIONS, Refusal, Sum
from primia_core.mpc.program.layers import Add, Affine, AveragePool, ChannelAffine, Flatten, Layer, MaxPool, Rectify
from primia_core.mpc.program.operations import Pair, Shape
from primia_core.mpc.program.windows import (
    Averages,
    Positions,
    adaptive_windows,
    average_windows,
    maximum_windows,
    means,
    outputs,
    sums,
)


@dataclass(frozen=True)
class Site:
    """Where a layer stands: its place, the positions and the shapes of what it reads, and its own position."""

    place: str
    sources: tuple[int, ...]
    shapes: tuple[Shape, ...]
    position: int

    @property
    def shape(self) -> Shape:
        """Return the shape of the first value that it reads."""
        return self.shapes[0]


def translate(module: nn.Module, site: Site) -> list[Layer]:
    """Return the float layers of one torch layer; a later one reads the one before it.

    Raises:
        Refusal: the value's shape does not fit the layer.
    """
    return TRANSLATIONS[type(module)](module, site)


def _convolution(layer: Any, site: Site) -> list[Layer]:
    channels, height, width = _image(site)
    if channels != layer.in_channels:
        raise Refusal(f"it takes {layer.in_channels} channels and is given {channels}")
    rows, columns = (_padding(layer.padding, axis, layer.kernel_size[axis], layer.dilation[axis]) for axis in (0, 1))
    out = tuple(
        (size + sum(padding) - layer.dilation[axis] * (layer.kernel_size[axis] - 1) - 1) // layer.stride[axis] + 1
        for axis, (size, padding) in enumerate(((height, rows), (width, columns)))
    )
    if min(out) < 1:
        raise Refusal(f"its kernel is larger than the image of {height}x{width} that it is given")
    return [
        Affine(
            place=site.place,
            sources=site.sources,
            shape=(layer.out_channels, *out),
            weight=layer.weight.detach().cpu(),
            bias=None if layer.bias is None else _real(layer.bias),
            stride=layer.stride,
            padding=(rows, columns),
            dilation=layer.dilation,
            groups=layer.groups,
        )
    ]


def _padding(padding: str | Pair, axis: int, kernel: int, dilation: int) -> Pair:
    if padding == "valid":
        return (0, 0)
    if padding == "same":  # an odd total leaves the larger half at the end, as PyTorch does
        total = dilation * (kernel - 1)
        return (total // 2, total - total // 2)
    one = int(padding[axis])
    return (one, one)


def _linear(layer: Any, site: Site) -> list[Layer]:
    if site.shape[1:] != (1, 1):
        raise Refusal(f"it is given a value of shape {site.shape}; flatten first")
    if site.shape[0] != layer.in_features:
        raise Refusal(f"it takes {layer.in_features} features and is given {site.shape[0]}")
    weight = layer.weight.detach().cpu()[:, :, None, None]
    bias = None if layer.bias is None else _real(layer.bias)
    return [Affine(place=site.place, sources=site.sources, shape=(layer.out_features, 1, 1), weight=weight, bias=bias)]


def _normalisation(layer: Any, site: Site) -> list[Layer]:
    if site.shape[0] != layer.num_features:
        raise Refusal(f"it takes {layer.num_features} channels and is given {site.shape[0]}")
    gain = 1 / torch.sqrt(_real(layer.running_var) + layer.eps)
    if layer.weight is not None:
        gain = gain * _real(layer.weight)
    shift = -_real(layer.running_mean) * gain
    if layer.bias is not None:
        shift = shift + _real(layer.bias)
    return [ChannelAffine(place=site.place, sources=site.sources, shape=site.shape, gain=gain, shift=shift)]


def _rectify(_: nn.Module, site: Site) -> list[Layer]:
    return [Rectify(place=site.place, sources=site.sources, shape=site.shape)]


def _max_pool(layer: Any, site: Site) -> list[Layer]:
    channels, *sides = _image(site)
    kernel, padding, dilation = (_pair(v) for v in (layer.kernel_size, layer.padding, layer.dilation))
    stride = _pair(layer.stride or layer.kernel_size)
    _check_pool(sides, kernel, stride, padding, dilation, ceil=layer.ceil_mode)
    axes = [
        maximum_windows(sides[i], kernel[i], stride[i], padding[i], dilation[i], ceil=layer.ceil_mode) for i in (0, 1)
    ]
    if not all(positions for axis in axes for positions in axis):
        raise Refusal("one of its windows holds padding alone")
    # An axis that only picks positions needs no comparison: it is a sum over windows of one.
    kept = [_everything(side) if _picks(axis) else axis for axis, side in zip(axes, sides, strict=True)]
    picked = [axis if _picks(axis) else _everything(len(axis)) for axis in axes]
    out = (channels, len(kept[0]), len(kept[1]))
    layers: list[Layer] = [MaxPool(place=site.place, sources=site.sources, shape=out, rows=kept[0], columns=kept[1])]
    if picked != [_everything(len(axis)) for axis in kept]:
        rows, columns = (sums([(p[0], p[0] + 1, 1) for p in axis]) for axis in picked)
        out = (channels, len(rows), len(columns))
        layers.append(
            AveragePool(place=site.place, sources=(site.position,), shape=out, rows=rows, columns=columns, divisor=1)
        )
    return layers


def _average_pool(layer: Any, site: Site) -> list[Layer]:
    _, *sides = _image(site)
    kernel, padding = _pair(layer.kernel_size), _pair(layer.padding)
    stride = _pair(layer.stride or layer.kernel_size)
    _check_pool(sides, kernel, stride, padding, (1, 1), ceil=layer.ceil_mode)
    axes = [
        average_windows(
            sides[i], kernel[i], stride[i], padding[i], ceil=layer.ceil_mode, count_padding=layer.count_include_pad
        )
        for i in (0, 1)
    ]
    if (divisor := layer.divisor_override) is None:
        return [_average(site, *(means(axis) for axis in axes))]
    rows, columns = (sums(axis) for axis in axes)
    return [_average(site, Averages(rows, divisor), Averages(columns, 1))]


def _adaptive_pool(layer: Any, site: Site) -> list[Layer]:
    _, *sides = _image(site)
    wanted = _pair(layer.output_size)
    counts = [side if count is None else count for side, count in zip(sides, wanted, strict=True)]
    if min(counts) < 1:
        raise Refusal(f"its output has {counts[0]}x{counts[1]} positions")
    rows, columns = (means(adaptive_windows(side, count)) for side, count in zip(sides, counts, strict=True))
    return [_average(site, rows, columns)]


def _average(site: Site, rows: Averages, columns: Averages) -> AveragePool:
    return AveragePool(
        place=site.place,
        sources=site.sources,
        shape=(site.shape[0], len(rows.windows), len(columns.windows)),
        rows=rows.windows,
        columns=columns.windows,
        divisor=rows.divisor * columns.divisor,
    )


def _add(_: nn.Module, site: Site) -> list[Layer]:
    if site.shapes[0] != site.shapes[1]:
        raise Refusal(f"it adds values of shapes {site.shapes[0]} and {site.shapes[1]}; they must be equal")
    return [Add(place=site.place, sources=site.sources, shape=site.shape)]


def _flatten(layer: Any, site: Site) -> list[Layer]:
    if layer.start_dim != 1 or layer.end_dim not in (-1, 3, 1 if site.shape[1:] == (1, 1) else 3):
        raise Refusal(f"it flattens dimensions {layer.start_dim} to {layer.end_dim}; only 1 to the last is supported")
    return flat(site)


def flat(site: Site) -> list[Layer]:
    """Return the layer that makes one vector of an image's values; nothing where they are one already."""
    if site.shape[1:] == (1, 1):
        return []
    features = site.shape[0] * site.shape[1] * site.shape[2]
    return [Flatten(place=site.place, sources=site.sources, shape=(features, 1, 1))]


def _image(site: Site) -> tuple[int, int, int]:
    return cast(tuple[int, int, int], site.shape)


def _pair(value: int | Sequence[int | None] | None) -> tuple[Any, Any]:
    if isinstance(value, tuple | list):
        return (value[0], value[0]) if len(value) == 1 else (value[0], value[1])
    return (value, value)


def _check_pool(sides: Sequence[int], kernel: Pair, stride: Pair, padding: Pair, dilation: Pair, *, ceil: bool) -> None:
    if any(2 * padding[i] > kernel[i] for i in (0, 1)):
        raise Refusal(f"its padding {padding} is more than half of its kernel {kernel}")
    if any(outputs(sides[i], kernel[i], stride[i], padding[i], dilation[i], ceil=ceil) < 1 for i in (0, 1)):
        raise Refusal(f"its window {kernel} is larger than the image of {sides[0]}x{sides[1]} that it is given")


def _everything(size: int) -> tuple[Positions, ...]:
    return tuple((position,) for position in range(size))


def _picks(windows: Sequence[Positions]) -> bool:
    return all(len(positions) == 1 for positions in windows)


def _real(tensor: Tensor) -> Tensor:
    return tensor.detach().to("cpu", torch.float64)


TRANSLATIONS: Mapping[type[nn.Module], Callable[[Any, Site], list[Layer]]] = {
    nn.Conv2d: _convolution,
    nn.Linear: _linear,
    **dict.fromkeys(NORMALISATIONS, _normalisation),
    nn.ReLU: _rectify,
    nn.MaxPool2d: _max_pool,
    nn.AvgPool2d: _average_pool,
    nn.AdaptiveAvgPool2d: _adaptive_pool,
    nn.Flatten: _flatten,
    Sum: _add,
}
