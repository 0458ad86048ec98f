"""Convolutions of integers that no float rounds. Knows no ring and no scales.

Products run as float64 matrix products, the fast path of every processor. They are exact as long as no partial sum
reaches 2**53, in whatever order it is taken, so a filter is cut into limbs that keep below it.
"""

from typing import NamedTuple

import torch
from torch import Tensor

from primia_core.mpc.program.evaluation import convolved
from primia_core.mpc.program.operations import Convolution

EXACT_BITS = 53
FEWEST_LIMB_BITS = 6


class Exact(NamedTuple):
    """A result modulo 2**64 as int64, and near it in float64, which shows where it has left the 64 bits."""

    words: Tensor
    near: Tensor


def convolve(value: Tensor, weight: Tensor, term: Convolution) -> Exact:
    """Convolve integers.

    Args:
        value: (batch, channel, height, width) int64, below 2**53 in magnitude.
        weight: int64, below 2**62 in magnitude.
        term: the geometry.
    Returns:
        The sum modulo 2**64, and within 2**-50 of its terms' magnitudes in float64.
    Cost: one float64 convolution for every limb: one where bits of values, weights and fan-in are below 53 together.
    """
    largest = int(value.abs().max()) if value.numel() else 0
    rows = weight.to(torch.float64).abs().flatten(1).sum(1).max()
    if float(rows) * largest < 2.0**EXACT_BITS * (1 - 2.0**-40):
        near = convolved(value.to(torch.float64), weight.to(torch.float64), term)
        return Exact(near.to(torch.int64), near)
    fan_in = weight[0].numel()
    bits = EXACT_BITS - (largest * fan_in).bit_length()
    if bits < FEWEST_LIMB_BITS:
        return _halved(value, weight, term, largest.bit_length() // 2)
    return _by_limbs(value, weight, term, bits)


def _by_limbs(value: Tensor, weight: Tensor, term: Convolution, bits: int) -> Exact:
    """Cut the filter into signed limbs of ``bits`` bits, the lowest first."""
    real = value.to(torch.float64)
    words, near, shift = None, None, 0
    half = 1 << (bits - 1)
    while bool(torch.any(weight != 0)):
        limb = ((weight + half) & ((1 << bits) - 1)) - half
        part = convolved(real, limb.to(torch.float64), term)
        moved = part.to(torch.int64) << shift
        words = moved if words is None else words + moved
        near = part * 2.0**shift if near is None else near + part * 2.0**shift
        weight, shift = (weight - limb) >> bits, shift + bits
    assert words is not None
    assert near is not None
    return Exact(words, near)


def _halved(value: Tensor, weight: Tensor, term: Convolution, bits: int) -> Exact:
    high = value >> bits
    above, below = convolve(high, weight, term), convolve(value - (high << bits), weight, term)
    return Exact((above.words << bits) + below.words, above.near * 2.0**bits + below.near)
