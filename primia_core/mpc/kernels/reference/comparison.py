"""[x < threshold] as xor shares, by a half-tree key with prefix parity; see ``kernels.comparison`` for the contract."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from primia_core.mpc.kernels.blocks import Bits, Blocks, FixedKeys, grouped, ungrouped
from primia_core.mpc.kernels.reference.hashing import ONE, bit_of, hashed, tweaked

LEAF_BITS = 8
"""The last eight bits choose one of two leaf blocks and a bit of its 128."""
ALL = np.uint64(0xFFFFFFFFFFFFFFFF)


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
    """Return the key that both parties share."""
    alpha = threshold.astype(np.uint64)
    seeds: list[Blocks] = [_with_control(root0, 0), _with_control(root1, 1)]
    offset = seeds[0] ^ seeds[1]
    rows = []
    for level in range(bits - LEAF_BITS):
        right = bit_of(alpha, bits - 1 - level)
        left_children = [hashed(fixed.tree, seed) for seed in seeds]
        correction = left_children[0] ^ left_children[1] ^ (ONE - right) * offset
        rows.append(correction)
        seeds = [_kept(*pair, right, correction) for pair in zip(left_children, seeds, strict=True)]
    for leaf in (0, 1):
        pads = [hashed(fixed.leaf, tweaked(seed, leaf)) for seed in seeds]
        rows.append(pads[0] ^ pads[1] ^ _below(alpha, leaf))
    key: Blocks = grouped(np.stack(rows))
    if out is None:
        return key
    out[...] = key
    return out


def comparison_evaluate(
    party: int, x: NDArray[Any], bits: int, root: Blocks, key: Blocks, fixed: FixedKeys, *, threads: int = 1
) -> Bits:
    """Return this party's xor share of [x < threshold]."""
    path = x.astype(np.uint64)
    rows = ungrouped(key, len(x))
    seed = _with_control(root, party)
    parity = np.zeros((len(x), 1), np.uint64)
    for level in range(bits - LEAF_BITS):
        right = bit_of(path, bits - 1 - level)
        left_child = hashed(fixed.tree, seed) ^ (seed[:, :1] & ONE) * rows[level]
        right_child = left_child ^ seed
        # Going left leaves the right sibling behind: if the threshold's path goes there, x is below it.
        parity ^= (ONE - right) & right_child[:, :1]
        seed = np.where(right == ONE, right_child, left_child)
    upper = bit_of(path, LEAF_BITS - 1) == ONE
    leaf = np.where(upper, hashed(fixed.leaf, tweaked(seed, 1)), hashed(fixed.leaf, seed))
    leaf = leaf ^ (seed[:, :1] & ONE) * np.where(upper, rows[-1], rows[-2])
    word = np.where(path >> np.uint64(6) & ONE, leaf[:, 1], leaf[:, 0])
    share: Bits = ((parity[:, 0] ^ word >> (path & np.uint64(63))) & ONE).astype(np.uint8)
    return share


def _with_control(root: Blocks, control: int) -> Blocks:
    seed = root.copy()
    seed[:, 0] = seed[:, 0] & ~ONE | np.uint64(control)
    return seed


def _kept(left_child: Blocks, seed: Blocks, right: Blocks, correction: Blocks) -> Blocks:
    """Return the child on the threshold's path; a right child is its left sibling xor the parent."""
    kept: Blocks = left_child ^ right * seed ^ (seed[:, :1] & ONE) * correction
    return kept


def _below(alpha: NDArray[np.uint64], leaf: int) -> Blocks:
    """Return 128 bits a threshold: bit j of leaf c says whether 128 c + j is below the threshold's last eight bits."""
    ones = np.clip((alpha & np.uint64(255)).astype(np.int64) - 128 * leaf, 0, 128)
    counts = np.stack([np.minimum(ones, 64), np.maximum(ones - 64, 0)], axis=1).astype(np.uint64)
    return np.where(counts == 64, ALL, (ONE << (counts & np.uint64(63))) - ONE)
