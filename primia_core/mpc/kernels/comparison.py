"""[x < threshold] for a public x and a threshold that only the dealer knows, as xor shares.

The key is a half-tree distributed point function at the threshold, read by prefix parity: whoever leaves the path of
the threshold to the left adds the control bit of the right sibling, which costs no further hash. The tree ends seven
levels early in blocks of 128 bits, and its last level only chooses one of two such blocks (nu = 1).
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from primia_core.mpc.errors import KernelError
from primia_core.mpc.kernels.blocks import GROUP, Bits, Blocks, FixedKeys, groups_of
from primia_core.mpc.kernels.checks import check_party, check_range, check_width, checked
from primia_core.mpc.kernels.levels import backend

LEAVES = 2
LEAF_BITS = 8
MOST_BITS = 32
X = (np.uint16, np.uint32)


def comparison_rows(bits: int) -> int:
    """Return how many 16-byte blocks an element's key has: ``bits - 8`` tree levels and two leaves."""
    check_range("bits", bits, LEAF_BITS, MOST_BITS, "a tree ends with 8 bits in its leaves and compares 32-bit words")
    return bits - LEAF_BITS + LEAVES


def comparison_generate(
    threshold: NDArray[Any],
    bits: int,
    root0: Blocks,
    root1: Blocks,
    fixed: FixedKeys,
    *,
    out: Blocks | None = None,
    threads: int = 1,
) -> Blocks:
    """Deal the keys of N comparisons.

    Args:
        threshold: (N,) uint16 or uint32; its ``bits`` low bits count, those above are ignored.
        bits: n, 8 to 32 (at most the width of ``threshold``).
        root0: (N, 2) uint64, the uniform root seeds of party 0; their lowest bit is not used.
        root1: those of party 1.
        fixed: AES keys of the stock.
        out: written and returned if given; shape and type of the result, contiguous.
        threads: at most so many.
    Returns:
        The key that both parties get, (ceil(N/64), n - 8 + 2, 64, 2) uint64 block-major: one correction block for each
        tree level, then the correction of leaf 0 and of leaf 1. Zeros past N.
    Raises:
        KernelError: types, shapes or widths do not fit.
    Security: the key and one root say nothing about the threshold, if AES under a fixed key is an ideal permutation
        and roots are uniform and used once. No branch and no address depends on a threshold or a seed.
    Cost: 2 (n - 8) + 4 AES calls; 16 (n - 6) bytes of key an element.
    Source: Guo, Yang, Wang, Zhang, Xie, Zhang, Liu, "Half-Tree: Halving the Cost of Tree Expansion in COT and DPF",
        EUROCRYPT 2023, figure 8; early termination: Boyle, Gilboa, Ishai, CCS 2016, section 3.2.1; reading a
        comparison off a point function by its prefixes is this project's use of the control bits.
    """
    checked("threshold", threshold, X, (None,))
    count = len(threshold)
    rows = comparison_rows(bits)
    check_width("threshold", threshold, bits)
    roots = [checked(name, root, [np.uint64], (count, 2)) for name, root in (("root0", root0), ("root1", root1))]
    options: dict[str, Any] = {"threads": threads}
    if out is not None:
        if checked("out", out, [np.uint64], (groups_of(count), rows, GROUP, 2)) is not out:
            raise KernelError("out is not contiguous, so it cannot be written in place; allocate it with np.empty")
        options["out"] = out
    key: Blocks = backend().comparison_generate(np.ascontiguousarray(threshold), bits, *roots, fixed, **options)
    return key


def comparison_evaluate(
    party: int, x: NDArray[Any], bits: int, root: Blocks, key: Blocks, fixed: FixedKeys, *, threads: int = 1
) -> Bits:
    """Compare N public values with the dealer's thresholds.

    Args:
        party: 0 or 1.
        x: (N,) uint16 or uint32; its ``bits`` low bits count, those above are ignored.
        bits: as dealt.
        root: (N, 2) uint64, this party's root seeds.
        key: as dealt.
        fixed: AES keys of the stock.
        threads: at most so many.
    Returns:
        (N,) uint8 of zeros and ones; the xor of both parties' results is [x < threshold], unsigned.
    Raises:
        KernelError: party, types, shapes or widths do not fit.
    Edge cases: N = 0 gives an empty array. A foreign key or root gives bits without meaning: nothing detects it here.
    Security: local; x is public. No access depends on a secret.
    Cost: n - 7 AES calls; every byte of the key is read once.
    """
    check_party(party)
    checked("x", x, X, (None,))
    rows = comparison_rows(bits)
    check_width("x", x, bits)
    root = checked("root", root, [np.uint64], (len(x), 2))
    key = checked("key", key, [np.uint64], (groups_of(len(x)), rows, GROUP, 2))
    result: Bits = backend().comparison_evaluate(
        party, np.ascontiguousarray(x), bits, root, key, fixed, threads=threads
    )
    return result
