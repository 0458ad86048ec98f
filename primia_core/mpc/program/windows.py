"""Where the windows of pools lie on one axis, worked out once from PyTorch's geometry. Knows no values."""

from collections.abc import Sequence
from math import lcm
from typing import NamedTuple

from primia_core.mpc.program.operations import Window

Positions = tuple[int, ...]
"""Of one output: what it reads along an axis, in order, never empty."""


class Averages(NamedTuple):
    """Windows of a weighted sum along one axis, and what its integer result is to be divided by for the mean."""

    windows: tuple[Window, ...]
    divisor: int


def outputs(size: int, kernel: int, stride: int, padding: int, dilation: int = 1, *, ceil: bool = False) -> int:
    """Return how many outputs a pool has along an axis of ``size`` positions.

    Source: PyTorch, ``pooling_output_shape``: with ``ceil``, a last window that would begin in the right padding is
    left out.
    """
    free = size + 2 * padding - dilation * (kernel - 1) - 1
    count = (free + (stride - 1 if ceil else 0)) // stride + 1
    return count - 1 if ceil and (count - 1) * stride >= size + padding else count


def maximum_windows(
    size: int, kernel: int, stride: int, padding: int, dilation: int, *, ceil: bool
) -> tuple[Positions, ...]:
    """Return the positions that each output of a max pool reads; those in the padding are left out.

    Edge cases: an output whose window is padding alone reads nothing and comes back empty.
    """
    count = outputs(size, kernel, stride, padding, dilation, ceil=ceil)
    starts = (output * stride - padding for output in range(count))
    return tuple(tuple(p for p in range(s, s + dilation * kernel, dilation) if 0 <= p < size) for s in starts)


def average_windows(
    size: int, kernel: int, stride: int, padding: int, *, ceil: bool, count_padding: bool
) -> tuple[tuple[int, int, int], ...]:
    """Return (start, stop, counted positions) of each output of an average pool along one axis."""
    windows = []
    for output in range(outputs(size, kernel, stride, padding, ceil=ceil)):
        start = output * stride - padding
        stop = min(start + kernel, size + padding)
        inside = (max(start, 0), min(stop, size))
        windows.append((*inside, stop - start if count_padding else inside[1] - inside[0]))
    return tuple(windows)


def adaptive_windows(size: int, count: int) -> tuple[tuple[int, int, int], ...]:
    """Return (start, stop, counted positions) of each of ``count`` outputs of an adaptive average pool."""
    bounds = ((output * size // count, -(-(output + 1) * size // count)) for output in range(count))
    return tuple((start, stop, stop - start) for start, stop in bounds)


def means(windows: Sequence[tuple[int, int, int]]) -> Averages:
    """Weigh windows of different sizes by integers, so that one divisor makes means of all their sums."""
    divisor = lcm(*(counted for _, _, counted in windows))
    return Averages(tuple(Window(start=a, stop=b, weight=divisor // n) for a, b, n in windows), divisor)


def sums(windows: Sequence[tuple[int, int, int]]) -> tuple[Window, ...]:
    """Return windows of weight one."""
    return tuple(Window(start=start, stop=stop, weight=1) for start, stop, _ in windows)
