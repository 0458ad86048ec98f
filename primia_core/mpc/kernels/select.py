"""The arithmetic around a sign test: truncation before it, ReLU and maximum behind it.

Wide words are uint32 or uint64 (ring Z_2^k), narrow ones uint16 or uint32 of which ``wire_bits`` m low bits count. A
sign test gives d = [t >= 0] as a bit ``d ^ rho`` that both parties opened; the dealer shared rho and, for every payload
p, both rho p and p. A party's share of d p is then that of rho p where the opened bit is 0, and p - rho p where it
is 1. Protocols whose sign test ends in shares of d p already use the ``_finish`` kernels. All arrays of one call have
one shape, any.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from primia_core.mpc.errors import KernelError
from primia_core.mpc.kernels.blocks import Bits
from primia_core.mpc.kernels.checks import BIT, NARROW, RING, bits_of, check_party, check_range, checked
from primia_core.mpc.kernels.levels import backend
from primia_core.mpc.profile import Narrow, Words

WRAP = (np.uint8, np.uint16, np.uint32, np.uint64)


def truncate_share(
    party: int, z: Words, mask: Narrow, fraction_bits: int, wire_bits: int, *, threads: int = 1
) -> Narrow:
    """Cut the fraction of a share and mask what is left, ready to be opened.

    Args:
        party: 0 or 1.
        z: shares of the sums, ring words.
        mask: narrow shares [R]_b of the next wire's mask, the same shape.
        fraction_bits: f.
        wire_bits: m <= k - f.
        threads: at most so many.
    Returns:
        (z >> f) + mask + [party = 0] mod 2**m, of the type of ``mask``. The sum of both parties' results mod 2**m is
        T = t + R, t = floor(z / 2**f) or one more.
    Raises:
        KernelError: types, shapes or widths do not fit.
    """
    check_party(party)
    z = checked("z", z, RING)
    mask = checked("mask", mask, NARROW, z.shape)
    _check_wire(wire_bits, mask)
    check_range("fraction bits", fraction_bits, 0, bits_of(z) - wire_bits, "wire and fraction share a ring word")
    cut: Narrow = backend().truncate_share(party, z, mask, fraction_bits, wire_bits, threads=threads)
    return cut


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
    """Turn an opened sign into this party's message of the next wide wire.

    Args:
        party: 0 or 1.
        opened: T = t + R mod 2**m, narrow, public.
        sign: d ^ rho, uint8 zeros and ones, public.
        rho: additive shares of rho in the ring.
        rho_mask: those of rho * R, R as a number below 2**m.
        mask: those of R.
        rho_wrap: those of rho * mu, mu = msb(R), unsigned words of at least k - m bits.
        wrap: those of mu, of the same type.
        out_mask: shares of the next wire's mask r_y in the ring.
        fraction_bits: f = k - m.
        wire_bits: m.
        threads: at most so many.
    Returns:
        Ring words; the sum of both parties' results is max(t, 0) + r_y mod 2**k for -2**(m-2) <= t <= 2**(m-2).
    Raises:
        KernelError: types, shapes or widths do not fit.
    """
    check_party(party)
    out_mask = checked("out_mask", out_mask, RING)
    shape, ring = out_mask.shape, [out_mask.dtype]
    sign = checked("sign", sign, BIT, shape)
    rho, rho_mask, mask = (
        checked(name, array, ring, shape) for name, array in (("rho", rho), ("rho_mask", rho_mask), ("mask", mask))
    )
    wrap = _wrap("wrap", wrap, out_mask, fraction_bits, wire_bits)
    rho_wrap = checked("rho_wrap", rho_wrap, [wrap.dtype], shape)
    opened = _opened("opened", opened, shape, wire_bits)
    y: Words = backend().relu_select(
        party, opened, sign, rho, rho_mask, mask, rho_wrap, wrap, out_mask, fraction_bits, wire_bits, threads=threads
    )
    return y


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
    """Turn shares of d, d R and d mu into this party's message of the next wide wire.

    With d = [party = 0], d_mask = [R] and d_wrap = [mu], it lifts a narrow wire without a sign test.

    Args:
        party: 0 or 1; both compute the same.
        opened: T = t + R mod 2**m, narrow, public.
        d: additive shares of d in the ring.
        d_mask: those of d * R.
        d_wrap: those of d * mu, mu = msb(R), unsigned words of at least k - m bits.
        out_mask: shares of the next wire's mask r_y in the ring.
        fraction_bits: f = k - m.
        wire_bits: m.
        threads: at most so many.
    Returns:
        [d] c - [d R] + ((1 - msb T') [d mu] << m) + out_mask, with T' = T + 2**(m-2) mod 2**m and c = T' - 2**(m-2);
        the sum over both parties is d t + r_y for -2**(m-2) <= t <= 2**(m-2).
    Raises:
        KernelError: types, shapes or widths do not fit.
    """
    check_party(party)
    out_mask = checked("out_mask", out_mask, RING)
    shape, ring = out_mask.shape, [out_mask.dtype]
    d, d_mask = checked("d", d, ring, shape), checked("d_mask", d_mask, ring, shape)
    d_wrap = _wrap("d_wrap", d_wrap, out_mask, fraction_bits, wire_bits)
    opened = _opened("opened", opened, shape, wire_bits)
    y: Words = backend().relu_finish(
        party, opened, d, d_mask, d_wrap, out_mask, fraction_bits, wire_bits, threads=threads
    )
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
    """Turn the opened sign of a difference into this party's message of the larger value's narrow wire.

    Args:
        party: 0 or 1.
        left: T1 = t1 + R1 mod 2**m, narrow, public.
        right: T2 = t2 + R2 mod 2**m.
        sign: d ^ rho, uint8 zeros and ones, public; d = [t1 >= t2].
        rho: additive shares of rho mod 2**m.
        rho_mask: those of rho * B, B = R1 - R2 mod 2**m.
        mask: those of B.
        right_mask: those of R2.
        out_mask: those of the next wire's mask R'.
        wire_bits: m.
        threads: at most so many.
    Returns:
        Narrow words below 2**m; the sum of both parties' results mod 2**m is max(t1, t2) + R'.
    Raises:
        KernelError: types, shapes or widths do not fit.
    """
    check_party(party)
    sign = checked("sign", sign, BIT, out_mask.shape)
    words = _narrow(
        wire_bits,
        out_mask=out_mask,
        left=left,
        right=right,
        rho=rho,
        rho_mask=rho_mask,
        mask=mask,
        right_mask=right_mask,
    )
    out_mask, left, right, rho, rho_mask, mask, right_mask = words
    larger: Narrow = backend().maximum_select(
        party, left, right, sign, rho, rho_mask, mask, right_mask, out_mask, wire_bits, threads=threads
    )
    return larger


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
    """Turn shares of d and d B into this party's message of the larger value's narrow wire.

    Args:
        party: 0 or 1.
        left: T1 = t1 + R1 mod 2**m, narrow, public.
        right: T2 = t2 + R2 mod 2**m.
        d: additive shares of d = [t1 >= t2] mod 2**m.
        d_mask: those of d * B, B = R1 - R2 mod 2**m.
        right_mask: those of R2.
        out_mask: those of the next wire's mask R'.
        wire_bits: m.
        threads: at most so many.
    Returns:
        [party = 0] T2 - [R2] + [d] (T1 - T2 mod 2**m) - [d B] + out_mask mod 2**m, below 2**m.
    Raises:
        KernelError: types, shapes or widths do not fit.
    """
    check_party(party)
    words = _narrow(wire_bits, out_mask=out_mask, left=left, right=right, d=d, d_mask=d_mask, right_mask=right_mask)
    out_mask, left, right, d, d_mask, right_mask = words
    larger: Narrow = backend().maximum_finish(
        party, left, right, d, d_mask, right_mask, out_mask, wire_bits, threads=threads
    )
    return larger


def _check_wire(wire_bits: int, words: Narrow) -> None:
    check_range(
        "wire bits", wire_bits, 2, bits_of(words), f"narrow words are {words.dtype}; take uint32 for wider wires"
    )


def _opened(name: str, opened: Narrow, shape: tuple[int, ...], wire_bits: int) -> Narrow:
    opened = checked(name, opened, NARROW, shape)
    _check_wire(wire_bits, opened)
    return opened


def _narrow(wire_bits: int, **arrays: Narrow) -> list[Narrow]:
    """Return the arrays, all of the type and shape of the first."""
    first_name, first = next(iter(arrays.items()))
    checked(first_name, first, NARROW)
    _check_wire(wire_bits, first)
    return [checked(name, array, [first.dtype], first.shape) for name, array in arrays.items()]


def _wrap(name: str, wrap: NDArray[Any], ring: Words, fraction_bits: int, wire_bits: int) -> NDArray[Any]:
    if fraction_bits + wire_bits != bits_of(ring):
        raise KernelError(
            f"{fraction_bits} fraction and {wire_bits} wire bits are not the {bits_of(ring)} of {ring.dtype}; "
            "take them from one profile"
        )
    wrap = checked(name, wrap, WRAP, ring.shape)
    if bits_of(wrap) < fraction_bits:
        raise KernelError(f"{name} holds {wrap.dtype}, and {fraction_bits} bits of it count; use a wider type")
    return wrap
