import numpy as np
import pytest

from primia_core.mpc import kernels
from tests.core.mpc.kernels.arrays import Draw

NONE = ((0, 0), (0, 0))
SAME = ((1, 1), (1, 1))
# batch, channels, height, width, outputs, kernel, groups, stride, padding, dilation
CASES = [
    (1, 3, 11, 10, 5, (7, 7), 1, (2, 2), ((3, 3), (3, 3)), (1, 1)),
    (2, 7, 5, 6, 33, (3, 3), 1, (1, 1), SAME, (1, 1)),
    (2, 8, 9, 11, 6, (3, 2), 2, (2, 1), ((1, 0), (2, 1)), (2, 3)),
    (3, 100, 1, 1, 17, (1, 1), 1, (1, 1), NONE, (1, 1)),
    (1, 6, 5, 5, 6, (3, 3), 6, (1, 1), SAME, (1, 1)),
    (1, 4, 13, 7, 16, (1, 1), 1, (2, 2), NONE, (1, 1)),
    (1, 5, 3, 3, 1, (3, 3), 1, (1, 1), NONE, (1, 1)),
]
LARGE = [
    (2, 64, 15, 15, 70, (3, 3), 1, (1, 1), SAME, (1, 1)),
    (1, 600, 4, 4, 40, (3, 3), 1, (1, 1), SAME, (1, 1)),
    (1, 3, 40, 40, 64, (7, 7), 1, (2, 2), ((3, 3), (3, 3)), (1, 1)),
]
rings = pytest.mark.parametrize("ring", [np.uint32, np.uint64])


def inputs(case, ring):
    batch, channels, height, width, outputs, kernel, groups, *geometry = case
    draw = Draw(len(str(case)))
    x = draw.words((batch, channels, height, width), ring)
    return x, draw.words((outputs, channels // groups, *kernel), ring), groups, geometry


def one_by_one(x, weights, groups, stride, padding, dilation):
    """Convolve place by place, with sums that wrap."""
    padded = np.pad(x, ((0, 0), (0, 0), *padding))
    outputs, depth, kernel_height, kernel_width = weights.shape
    height = (padded.shape[2] - dilation[0] * (kernel_height - 1) - 1) // stride[0] + 1
    width = (padded.shape[3] - dilation[1] * (kernel_width - 1) - 1) // stride[1] + 1
    out = np.zeros((len(x), outputs, height, width), x.dtype)
    for o, c, i, j in np.ndindex(outputs, depth, kernel_height, kernel_width):
        plane = padded[:, o // (outputs // groups) * depth + c, i * dilation[0] :, j * dilation[1] :]
        plane = plane[:, :: stride[0], :: stride[1]][:, :height, :width]
        out[:, o] += weights[o, c, i, j] * plane
    return out


@rings
@pytest.mark.parametrize("case", CASES, ids=str)
def test_convolution_is_the_sum_of_all_products_in_the_ring(level, case, ring):
    x, weights, groups, geometry = inputs(case, ring)
    got = kernels.convolve(x, kernels.pack_filters(weights, groups), *geometry)
    np.testing.assert_array_equal(got, one_by_one(x, weights, groups, *geometry))


@rings
@pytest.mark.parametrize("threads", [1, 2, 5])
@pytest.mark.parametrize("case", LARGE, ids=str)
def test_large_convolutions_and_threads_change_no_word(level, case, ring, threads):
    x, weights, groups, geometry = inputs(case, ring)
    got = kernels.convolve(x, kernels.pack_filters(weights, groups), *geometry, threads=threads)
    kernels.use("numpy")
    np.testing.assert_array_equal(got, kernels.convolve(x, kernels.pack_filters(weights, groups), *geometry))


@rings
def test_the_largest_words_do_not_lose_a_bit(level, ring):
    highest = ring(np.iinfo(ring).max)
    x, weights = np.full((1, 1000, 1, 2), highest, ring), np.full((3, 1000, 1, 1), highest, ring)
    got = kernels.convolve(x, kernels.pack_filters(weights))
    np.testing.assert_array_equal(got, np.full((1, 3, 1, 2), 1000, ring))  # (-1) * (-1), a thousand times


def test_filters_serve_every_level(level):
    x, weights, groups, geometry = inputs(CASES[1], np.uint32)
    filters = kernels.pack_filters(weights, groups)
    results = []
    for name in kernels.available():
        kernels.use(name)
        results.append(kernels.convolve(x, filters, *geometry))
    assert all(np.array_equal(results[0], other) for other in results[1:])


def test_an_empty_batch_gives_an_empty_result(level):
    filters = kernels.pack_filters(np.ones((3, 2, 3, 3), np.uint32))
    assert kernels.convolve(np.zeros((0, 2, 5, 6), np.uint32), filters).shape == (0, 3, 3, 4)
