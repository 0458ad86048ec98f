"""Convolution modulo 2**32 or 2**64 by exact products of 16-bit limbs in float64; see ``kernels.convolution``."""

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from primia_core.mpc.errors import KernelError
from primia_core.mpc.kernels.filters import Filters, Padding, Pair
from primia_core.mpc.profile import Words

LIMB_BITS = 16
MOST_SUMMANDS = 1 << 19
"""Four products of two limbs, this often, stay below 2**53: every float64 sum is exact."""
COLUMN_WORDS = 1 << 22
"""So many words of unfolded windows are held at a time."""


def pack_filters(weights: Words, groups: int = 1, *, threads: int = 1) -> Filters:
    """Return the filters; there is nothing to prepare."""
    return Filters(weights, groups)


def convolve(
    x: Words,
    filters: Filters,
    stride: Pair = (1, 1),
    padding: Padding = ((0, 0), (0, 0)),
    dilation: Pair = (1, 1),
    *,
    threads: int = 1,
) -> Words:
    """Return the convolution of (batch, channel, height, width) words with the filters."""
    outputs, depth, kernel_height, kernel_width = filters.words.shape
    height, width = filters.output_size(x.shape[2:], stride, padding, dilation)
    padded = np.pad(x, ((0, 0), (0, 0), *padding))
    reach = (dilation[0] * (kernel_height - 1) + 1, dilation[1] * (kernel_width - 1) + 1)
    windows = sliding_window_view(padded, reach, axis=(2, 3))[
        :, :, :: stride[0], :: stride[1], :: dilation[0], :: dilation[1]
    ]
    out = np.empty((x.shape[0], outputs, height, width), x.dtype)
    per_group = outputs // filters.groups
    for group in range(filters.groups):
        rows = slice(group * per_group, (group + 1) * per_group)
        matrix = filters.words[rows].reshape(per_group, -1)
        parts = windows[:, group * depth : (group + 1) * depth]
        for image, lines in _bands(parts):
            # (channel, line, column, kernel y, kernel x) -> (channel x kernel, line x column)
            unfolded = parts[image, :, lines].transpose(0, 3, 4, 1, 2).reshape(matrix.shape[1], -1)
            out[image, rows, lines] = ring_matmul(matrix, unfolded).reshape(per_group, -1, width)
    return out


def ring_matmul(a: Words, b: Words) -> Words:
    """Return a @ b modulo the words' ring.

    Raises:
        KernelError: sums are too long for exact float64 arithmetic.
    """
    if a.shape[1] > MOST_SUMMANDS:
        raise KernelError(f"{a.shape[1]} summands, exact up to {MOST_SUMMANDS}; split the channels and add the results")
    limbs = a.dtype.itemsize * 8 // LIMB_BITS
    left, right = _limbs(a, limbs), _limbs(b, limbs)
    out = np.zeros((a.shape[0], b.shape[1]), a.dtype)
    for place in range(limbs):
        total = sum(left[i] @ right[place - i] for i in range(place + 1))
        # A sum is below 2**53, so int64 holds it; bits above the ring fall off.
        out += np.asarray(total).astype(np.int64).astype(a.dtype) << a.dtype.type(LIMB_BITS * place)
    return out


def _limbs(words: Words, count: int) -> list[NDArray[np.float64]]:
    low = words.dtype.type((1 << LIMB_BITS) - 1)
    return [((words >> words.dtype.type(LIMB_BITS * place)) & low).astype(np.float64) for place in range(count)]


def _bands(windows: NDArray[Any]) -> Iterator[tuple[int, slice]]:
    """Yield image and output lines, few enough lines that their unfolded windows stay small."""
    batch, depth, height, width, kernel_height, kernel_width = windows.shape
    lines = max(1, COLUMN_WORDS // max(1, depth * kernel_height * kernel_width * width))
    for image in range(batch):
        for start in range(0, height, lines):
            yield image, slice(start, min(height, start + lines))
