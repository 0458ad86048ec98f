"""payload * [x < threshold] as additive shares: a distributed comparison function with a vector payload.

The key is opaque to callers and the same for both parties. Layout: (ceil(N/64), row) uint64, one row for 64 elements. A
row holds for each of the ``bits`` levels 64 seed corrections of 16 bytes, 64 x w value corrections (ring words, element
after element) and two uint64 words whose bit e is the left, then the right control correction of element e; behind the
levels come 64 x w last value corrections. Zeros past N.
"""

from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

from primia_core.mpc.errors import KernelError
from primia_core.mpc.kernels.blocks import Blocks, FixedKeys, groups_of
from primia_core.mpc.kernels.checks import RING, check_party, check_range, check_width, checked
from primia_core.mpc.kernels.comparison import MOST_BITS, X
from primia_core.mpc.kernels.levels import backend
from primia_core.mpc.kernels.reference.dcf import key_dtype
from primia_core.mpc.profile import Words

MOST_WORDS = 8


def dcf_key_bytes(count: int, bits: int, dtype: DTypeLike, w: int) -> int:
    """Return the size of a key for ``count`` elements with ``w`` payload words each."""
    _check_size(bits, w)
    return groups_of(count) * key_dtype(bits, dtype, w).itemsize


def dcf_generate(
    threshold: NDArray[Any],
    payload: Words,
    bits: int,
    root0: Blocks,
    root1: Blocks,
    fixed: FixedKeys,
    *,
    threads: int = 1,
) -> NDArray[np.uint64]:
    """Deal the keys of N comparisons with payload.

    Args:
        threshold: (N,) uint16 or uint32; its ``bits`` low bits count, those above are ignored.
        payload: (N, w) ring words, 1 <= w <= 8.
        bits: n, 1 to 32.
        root0: (N, 2) uint64, the uniform root seeds of party 0; all bits are used.
        root1: those of party 1.
        fixed: AES keys of the stock.
        threads: at most so many.
    Returns:
        The key that both parties get, ``dcf_key_bytes`` long.
    Raises:
        KernelError: types, shapes or widths do not fit.
    Security: as for ``comparison_generate``; the payload is hidden like the threshold.
    Cost: (n (4 + 4 v) + 2 v) AES calls, v = blocks of 16 bytes that w words fill.
    Source: Boyle, Chandran, Gilboa, Gupta, Ishai, Kumar, Rathee, "Function Secret Sharing for Mixed-Mode and
        Fixed-Point Secure Computation", EUROCRYPT 2021, figure 1, with H of a fixed key as generator: a child's seed
        is H(seed with the direction in place of its two control bits).
    """
    payload = checked("payload", payload, RING, (len(threshold), None))
    _check_size(bits, payload.shape[1])
    threshold = checked("threshold", threshold, X, (None,))
    check_width("threshold", threshold, bits)
    roots = [
        checked(name, root, [np.uint64], (len(threshold), 2)) for name, root in (("root0", root0), ("root1", root1))
    ]
    key: NDArray[np.uint64] = backend().dcf_generate(threshold, payload, bits, *roots, fixed, threads=threads)
    return key


def dcf_evaluate(
    party: int,
    x: NDArray[Any],
    bits: int,
    root: Blocks,
    key: NDArray[np.uint64],
    fixed: FixedKeys,
    dtype: DTypeLike,
    w: int,
    *,
    threads: int = 1,
) -> Words:
    """Compare N public values with the dealer's thresholds and get shares of the payloads.

    Args:
        party: 0 or 1.
        x: (N,) uint16 or uint32; its ``bits`` low bits count.
        bits: as dealt.
        root: (N, 2) uint64, this party's root seeds.
        key: as dealt.
        fixed: AES keys of the stock.
        dtype: uint32 or uint64, the ring of the payload.
        w: payload words an element.
        threads: at most so many.
    Returns:
        (N, w) ring words; the sum of both parties' results is payload * [x < threshold].
    Raises:
        KernelError: party, types, shapes or widths do not fit.
    Security: local; x is public. No access depends on a secret.
    Cost: n (1 + v) + v AES calls, v = blocks of 16 bytes that w words fill.
    """
    check_party(party)
    _check_size(bits, w)
    if np.dtype(dtype) not in [np.dtype(kind) for kind in RING]:
        raise KernelError(f"payload words are {np.dtype(dtype)}, not uint32 or uint64; name a ring")
    x = checked("x", x, X, (None,))
    check_width("x", x, bits)
    root = checked("root", root, [np.uint64], (len(x), 2))
    key = checked("key", key, [np.uint64], (groups_of(len(x)), key_dtype(bits, dtype, w).itemsize // 8))
    shares: Words = backend().dcf_evaluate(party, x, bits, root, key, fixed, np.dtype(dtype), w, threads=threads)
    return shares


def _check_size(bits: int, w: int) -> None:
    check_range("bits", bits, 1, MOST_BITS, "one tree level a bit of a 32-bit word")
    check_range("payload words", w, 1, MOST_WORDS, "split the payload over several keys")
