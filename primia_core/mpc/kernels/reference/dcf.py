"""payload * [x < threshold] as additive shares, by a key with payload; see ``kernels.dcf`` for the contract."""

from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

from primia_core.mpc.kernels.blocks import GROUP, Blocks, FixedKeys, groups_of
from primia_core.mpc.kernels.reference.hashing import ONE, hashed, tweaked
from primia_core.mpc.profile import Words

CONTROL_BITS = np.uint64(3)
Controls = NDArray[np.uint64]


def key_dtype(bits: int, dtype: DTypeLike, w: int) -> np.dtype[np.void]:
    """Return the layout of one group of 64 elements; see ``kernels.dcf``."""
    values = (dtype, (GROUP, w))
    level = np.dtype([("seeds", np.uint64, (GROUP, 2)), ("values", *values), ("flips", np.uint8, (2, GROUP // 8))])
    return np.dtype([("levels", level, (bits,)), ("last", *values)])


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
    """Return the key that both parties share."""
    count, w = payload.shape
    kind = payload.dtype
    alpha = threshold.astype(np.uint64)
    seeds = [root0, root1]
    controls = [np.zeros(count, np.uint64), np.ones(count, np.uint64)]
    total = np.zeros((count, w), kind)  # what the parties' sums so far differ by, on the path of the threshold
    key = _Key(count, key_dtype(bits, kind, w))
    for level in range(bits):
        right = (alpha >> np.uint64(bits - 1 - level)) & ONE
        kept = [_child(seed, right) for seed in seeds]
        lost = [_child(seed, right ^ ONE) for seed in seeds]
        correction = hashed(fixed.tree, lost[0]) ^ hashed(fixed.tree, lost[1])
        lost_values = [_values(fixed.value, child, kind, w) for child in lost]
        kept_values = [_values(fixed.value, child, kind, w) for child in kept]
        sign = _sign(controls[1], kind)
        step = sign * (lost_values[1] - lost_values[0] - total + right[:, None].astype(kind) * payload)
        total = total - kept_values[1] + kept_values[0] + sign * step
        left_flip = (seeds[0][:, 0] ^ seeds[1][:, 0] ^ right ^ ONE) & ONE
        right_flip = (seeds[0][:, 0] >> ONE ^ seeds[1][:, 0] >> ONE ^ right) & ONE
        key.put(level, correction, step, left_flip, right_flip)
        flip = np.where(right == ONE, right_flip, left_flip)
        raw = [(seed[:, 0] >> right) & ONE for seed in seeds]
        seeds = [hashed(fixed.tree, child) ^ t[:, None] * correction for child, t in zip(kept, controls, strict=True)]
        controls = [bit ^ t * flip for bit, t in zip(raw, controls, strict=True)]
    ends = [_values(fixed.last, seed, kind, w) for seed in seeds]
    key.put_last(_sign(controls[1], kind) * (ends[1] - ends[0] - total))
    return key.words


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
    """Return this party's additive share of payload * [x < threshold]."""
    kind = np.dtype(dtype)
    path = x.astype(np.uint64)
    opened = _Key(len(x), key_dtype(bits, kind, w), key)
    seed, control = root, np.full(len(x), party, np.uint64)
    total = np.zeros((len(x), w), kind)
    for level in range(bits):
        right = (path >> np.uint64(bits - 1 - level)) & ONE
        correction, step, left_flip, right_flip = opened.get(level)
        child = _child(seed, right)
        total += _values(fixed.value, child, kind, w) + control[:, None].astype(kind) * step
        raw = (seed[:, 0] >> right) & ONE
        seed = hashed(fixed.tree, child) ^ control[:, None] * correction
        control = raw ^ control * np.where(right == ONE, right_flip, left_flip)
    total += _values(fixed.last, seed, kind, w) + control[:, None].astype(kind) * opened.get_last()
    return total if party == 0 else np.zeros_like(total) - total


def _child(seed: Blocks, right: Controls) -> Blocks:
    """Return a seed whose two control bits are replaced by the direction: the hash's input for that child."""
    child = seed.copy()
    child[:, 0] = child[:, 0] & ~CONTROL_BITS | right
    return child


def _values(fixed: bytes, child: Blocks, kind: np.dtype[Any], w: int) -> Words:
    """Return w ring words a seed, read from as many hashed blocks as they need."""
    blocks = -(-w * kind.itemsize // 16)
    joined = np.concatenate([hashed(fixed, tweaked(child, number)) for number in range(blocks)], axis=1)
    return joined.view(kind)[:, :w]


def _sign(control: Controls, kind: np.dtype[Any]) -> Words:
    """Return 1 or, where party 1 holds the control bit, -1."""
    return (ONE - np.uint64(2) * control)[:, None].astype(kind)


class _Key:
    """Pen and eye for the key's layout, which ``kernels.dcf`` describes."""

    def __init__(self, count: int, layout: np.dtype[np.void], words: NDArray[np.uint64] | None = None) -> None:
        self._count = count
        self._groups = np.zeros(groups_of(count), layout) if words is None else words.view(layout)[:, 0]

    @property
    def words(self) -> NDArray[np.uint64]:
        return self._groups.view(np.uint64).reshape(len(self._groups), self._groups.itemsize // 8)

    def put(self, level: int, correction: Blocks, step: Words, left_flip: Controls, right_flip: Controls) -> None:
        place = self._groups["levels"][:, level]
        place["seeds"] = self._in_groups(correction)
        place["values"] = self._in_groups(step)
        for side, flip in enumerate((left_flip, right_flip)):
            place["flips"][:, side] = np.packbits(self._in_groups(flip.astype(np.uint8)), axis=1, bitorder="little")

    def put_last(self, step: Words) -> None:
        self._groups["last"] = self._in_groups(step)

    def get(self, level: int) -> tuple[Blocks, Words, Controls, Controls]:
        place = self._groups["levels"][:, level]
        flips = np.unpackbits(place["flips"], axis=2, bitorder="little").astype(np.uint64)
        left, right = (self._in_row(flips[:, side]) for side in (0, 1))
        return self._in_row(place["seeds"]), self._in_row(place["values"]), left, right

    def get_last(self) -> Words:
        return self._in_row(self._groups["last"])

    def _in_row(self, groups: NDArray[Any]) -> NDArray[Any]:
        return groups.reshape(-1, *groups.shape[2:])[: self._count]

    def _in_groups(self, row: NDArray[Any]) -> NDArray[Any]:
        out = np.zeros((len(self._groups) * GROUP, *row.shape[1:]), row.dtype)
        out[: self._count] = row
        return out.reshape(-1, GROUP, *row.shape[1:])
