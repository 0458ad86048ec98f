"""Exact integers in a 32-bit ring: 64 bits as four limbs of 16, so that sums over many sites lose no carry.

It knows nothing of what is counted. Only non-negative integers travel this way.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from primia_core.ring.errors import LimbError

LIMBS = 4
LIMB_BITS = 16
MAX_SUMMANDS = 2**LIMB_BITS
"""How many integers may be added before a limb can wrap; a federation has at most 255 sites."""


def split_limbs(values: Sequence[int]) -> NDArray[np.uint32]:
    """Split integers into 16-bit limbs, lowest first.

    Args:
        values: each in [0, 2**64).
    Returns:
        uint32, four words for each value, each below 2**16.
    Raises:
        LimbError: a value is negative, too large or not an integer.
    """
    words = np.empty(LIMBS * len(values), np.uint32)
    for position, value in enumerate(values):
        if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value < 2**64:
            raise LimbError(f"value {position} is not an integer in [0, 2**64); count in a larger unit")
        for limb in range(LIMBS):
            words[LIMBS * position + limb] = (value >> (LIMB_BITS * limb)) & (2**LIMB_BITS - 1)
    return words


def join_limbs(words: NDArray[np.uint32]) -> list[int]:
    """Join limbs, or word-wise sums of at most 65,536 integers' limbs, back into exact integers.

    Args:
        words: uint32, four for each integer.
    Returns:
        Python integers, possibly above 2**64.
    Raises:
        LimbError: the number of words is not a multiple of four, or they are no uint32.
    """
    if words.dtype != np.uint32 or words.size % LIMBS:
        raise LimbError(f"limbs are uint32 in fours, got {words.size} of {words.dtype}")
    rows = words.reshape(-1, LIMBS).tolist()
    return [sum(limb << (LIMB_BITS * position) for position, limb in enumerate(row)) for row in rows]
