"""Layout of comparison keys: 16-byte blocks, groups of 64 elements, and the fixed AES keys that hash them.

A block is a row of two uint64 words, the low one first, each little endian in memory. What belongs to N elements is
kept block-major: ``(ceil(N / 64), rows, 64, 2)``, so that a group reads one contiguous stretch. Places past N are zero.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from primia_core.mpc.errors import KernelError
from primia_core.mpc.randomness import BLOCK_BYTES, fixed_key

Blocks = NDArray[np.uint64]
Key = NDArray[np.uint64]
"""Keys of many elements, block-major; what their rows mean is the affair of who made them."""
Bits = NDArray[np.uint8]
"""One bit an element, 0 or 1."""

GROUP = 64


@dataclass(frozen=True)
class FixedKeys:
    """Public AES-128 keys of one stock, one for each use of the hash, 16 bytes each.

    Attributes:
        tree: seeds of children from seeds of parents.
        leaf: the 128 bits at the end of a comparison tree.
        value: payload words at the levels of a comparison function with payload.
        last: payload words behind its last level.
    """

    tree: bytes
    leaf: bytes
    value: bytes
    last: bytes

    def __post_init__(self) -> None:
        for name, key in vars(self).items():
            if len(key) != BLOCK_BYTES:
                raise KernelError(f"fixed key {name} has {len(key)} bytes, not {BLOCK_BYTES}; use FixedKeys.of_stock")

    @classmethod
    def of_stock(cls, stock_id: bytes) -> "FixedKeys":
        """Return the keys that belong to a stock's public id."""
        return cls(*(fixed_key(stock_id, label) for label in ("tree", "leaf", "value", "last")))


def groups_of(count: int) -> int:
    """Return how many groups hold ``count`` elements."""
    return -(-count // GROUP)


def grouped(rows: NDArray[Any]) -> NDArray[Any]:
    """Turn (rows, N, ...) into block-major (groups, rows, 64, ...), zeros past N."""
    count = rows.shape[1]
    out = np.zeros((rows.shape[0], groups_of(count) * GROUP, *rows.shape[2:]), rows.dtype)
    out[:, :count] = rows
    return np.ascontiguousarray(out.reshape(rows.shape[0], -1, GROUP, *rows.shape[2:]).swapaxes(0, 1))


def ungrouped(key: NDArray[Any], count: int) -> NDArray[Any]:
    """Undo ``grouped``: (groups, rows, 64, ...) becomes (rows, count, ...)."""
    rows = key.swapaxes(0, 1)
    return rows.reshape(rows.shape[0], -1, *key.shape[3:])[:, :count]
