"""What SecureNN puts into messages: words as they lie in memory, residues seven bits each. Knows no meaning of them."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from primia_core.mpc.profile import Words
from primia_core.mpc.securenn.ring import RESIDUE_BITS, Residues, Ring

_FOLDS = ((1, 0x007F007F007F007F), (2, 0x00003FFF00003FFF), (4, 0x000000000FFFFFFF))
"""Shift, and the low half of each pair: bytes fold to 14 of 16 bits, then to 28 of 32, then to 56 of 64."""
_GROUP = 8


def joined(*parts: NDArray[Any]) -> memoryview:
    """Return the bytes of arrays one after another."""
    return np.concatenate([np.ascontiguousarray(part).reshape(-1).view(np.uint8) for part in parts]).data


def words_at(message: memoryview, ring: Ring, count: int, offset: int = 0) -> Words:
    """Return ``count`` words of a message, from a byte offset."""
    return np.frombuffer(message, ring.dtype, count, offset)


def pack(residues: Residues) -> NDArray[np.uint8]:
    """Return residues as bytes, eight in seven: (rows, l) -> (rows, 7 l / 8)."""
    groups = np.ascontiguousarray(residues).view(np.uint64)
    for shift, low in _FOLDS:
        width = _GROUP * shift
        high = np.uint64(low << width)
        groups = (groups & np.uint64(low)) | ((groups & high) >> np.uint64(shift))
    used = groups.view(np.uint8).reshape(-1, _GROUP)[:, :RESIDUE_BITS]
    return np.ascontiguousarray(used).reshape(len(residues), -1)


def unpack(raw: NDArray[np.uint8]) -> Residues:
    """Return the residues of packed rows; the inverse of ``pack``."""
    filled = np.zeros((raw.size // RESIDUE_BITS, _GROUP), np.uint8)
    filled[:, :RESIDUE_BITS] = raw.reshape(-1, RESIDUE_BITS)
    groups = filled.view(np.uint64)
    for shift, low in reversed(_FOLDS):
        width = _GROUP * shift
        lanes = np.uint64(low << (width - shift))
        groups = (groups & np.uint64(low)) | ((groups & lanes) << np.uint64(shift))
    return groups.view(np.uint8).reshape(len(raw), -1)
