"""Convolutions in the ring, the bulk of the work of a network. A fully connected layer is one of kernel 1 x 1."""

from primia_core.mpc.errors import KernelError
from primia_core.mpc.kernels.checks import RING, checked
from primia_core.mpc.kernels.filters import Filters, Padding, Pair
from primia_core.mpc.kernels.levels import backend
from primia_core.mpc.profile import Words


def pack_filters(weights: Words, groups: int = 1, *, threads: int = 1) -> Filters:
    """Prepare weights for many convolutions.

    Args:
        weights: (outputs, channels / groups, kernel height, kernel width) ring words; kept, not copied: do not change
            them afterwards.
        groups: a divisor of ``outputs``.
        threads: at most so many.
    Returns:
        Filters for ``convolve``. They fit every level; another level than the active one prepares them anew once.
    Raises:
        KernelError: types or shapes do not fit.
    """
    weights = checked("weights", weights, RING, (None, None, None, None))
    if groups < 1 or weights.shape[0] % groups or 0 in weights.shape:
        raise KernelError(f"weights of shape {weights.shape} do not fall into {groups} equal, non-empty groups")
    filters: Filters = backend().pack_filters(weights, groups, threads=threads)
    return filters


def convolve(
    x: Words,
    filters: Filters,
    stride: Pair = (1, 1),
    padding: Padding = ((0, 0), (0, 0)),
    dilation: Pair = (1, 1),
    *,
    threads: int = 1,
) -> Words:
    """Convolve (cross-correlate, as networks do) in the ring.

    Args:
        x: (batch, channels, height, width) ring words of the filters' type.
        filters: of ``pack_filters``.
        stride: down, right.
        padding: zeros ((top, bottom), (left, right)).
        dilation: down, right.
        threads: at most so many.
    Returns:
        (batch, outputs, height', width') ring words, exact modulo 2**32 or 2**64.
    Raises:
        KernelError: types or shapes do not fit, or the kernel is larger than the padded input.
    Edge cases: an empty batch gives an empty result.
    Cost: batch * outputs * height' * width' * (channels / groups) * kernel area products.
    """
    words = filters.words
    x = checked("x", x, [words.dtype], (None, words.shape[1] * filters.groups, None, None))
    if min(*stride, *dilation) < 1 or min(*padding[0], *padding[1]) < 0:
        raise KernelError(f"{stride=} and {dilation=} must be at least 1 and {padding=} at least 0")
    filters.output_size(x.shape[2:], stride, padding, dilation)
    y: Words = backend().convolve(x, filters, stride, padding, dilation, threads=threads)
    return y
