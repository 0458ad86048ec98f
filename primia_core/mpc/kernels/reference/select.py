"""Truncation, and what follows a sign test in ReLU and maximum; see ``kernels.select`` for the contract."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from primia_core.mpc.kernels.blocks import Bits
from primia_core.mpc.profile import Narrow, Words


def truncate_share(
    party: int, z: Words, mask: Narrow, fraction_bits: int, wire_bits: int, *, threads: int = 1
) -> Narrow:
    """Return (z >> f) + mask + [party = 0] mod 2**m."""
    # Type conversion keeps low bits only, and nothing above m of the shifted word matters.
    cut = (z >> z.dtype.type(fraction_bits)).astype(mask.dtype)
    return _low(cut + mask + mask.dtype.type(party == 0), wire_bits)


def relu_select(
    party: int,
    opened: Narrow,
    sign: Bits,
    rho: Words,
    rho_mask: Words,
    mask: Words,
    rho_wrap: NDArray[Any],
    wrap: NDArray[Any],
    out_mask: Words,
    fraction_bits: int,
    wire_bits: int,
    *,
    threads: int = 1,
) -> Words:
    """Pick shares of d, d R and d mu by the opened bit, and finish."""
    d = _picked(sign, rho, rho.dtype.type(party == 0))
    d_mask, d_wrap = _picked(sign, rho_mask, mask), _picked(sign, rho_wrap, wrap)
    return relu_finish(party, opened, d, d_mask, d_wrap, out_mask, fraction_bits, wire_bits)


def relu_finish(
    party: int,
    opened: Narrow,
    d: Words,
    d_mask: Words,
    d_wrap: NDArray[Any],
    out_mask: Words,
    fraction_bits: int,
    wire_bits: int,
    *,
    threads: int = 1,
) -> Words:
    """Return [d] c - [d R] + ((1 - msb T') [d mu] << m) + out_mask, with T' = T + 2**(m-2) and c = T' - 2**(m-2)."""
    word = out_mask.dtype.type
    quarter = word(1 << (wire_bits - 2))
    lifted = _low(opened.astype(word) + quarter, wire_bits)
    no_wrap = word(1) - (lifted >> word(wire_bits - 1))
    wrapped = (no_wrap * d_wrap.astype(word)) << word(wire_bits)
    y: Words = d * (lifted - quarter) - d_mask + wrapped + out_mask
    return y


def maximum_select(
    party: int,
    left: Narrow,
    right: Narrow,
    sign: Bits,
    rho: Narrow,
    rho_mask: Narrow,
    mask: Narrow,
    right_mask: Narrow,
    out_mask: Narrow,
    wire_bits: int,
    *,
    threads: int = 1,
) -> Narrow:
    """Pick shares of d and d B by the opened bit, and finish."""
    d = _picked(sign, rho, rho.dtype.type(party == 0))
    d_mask = _picked(sign, rho_mask, mask)
    return maximum_finish(party, left, right, d, d_mask, right_mask, out_mask, wire_bits)


def maximum_finish(
    party: int,
    left: Narrow,
    right: Narrow,
    d: Narrow,
    d_mask: Narrow,
    right_mask: Narrow,
    out_mask: Narrow,
    wire_bits: int,
    *,
    threads: int = 1,
) -> Narrow:
    """Return [party = 0] T2 - [R2] + [d] A - [d B] + out_mask mod 2**m, with A = T1 - T2 mod 2**m."""
    kind = out_mask.dtype.type
    difference = _low(left - right, wire_bits)
    base = right if party == 0 else kind(0)
    return _low(base - right_mask + d * difference - d_mask + out_mask, wire_bits)


def _picked(sign: Bits, product: NDArray[Any], whole: NDArray[Any] | np.unsignedinteger[Any]) -> NDArray[Any]:
    """Return shares of d p from those of rho p and p: d = rho where the opened bit is 0, 1 - rho where it is 1."""
    return np.where(sign == 1, whole - product, product)


def _low(values: NDArray[Any], bits: int) -> NDArray[Any]:
    low: NDArray[Any] = values & values.dtype.type((1 << bits) - 1)
    return low
