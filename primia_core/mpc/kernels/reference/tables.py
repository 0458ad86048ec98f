"""Look-ups in one-time tables; see ``kernels.tables`` for the contract."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from primia_core.mpc.kernels.blocks import Bits
from primia_core.mpc.profile import Words


def table_lookup(tables: Bits, index: NDArray[Any], entry_bits: int, *, threads: int = 1) -> Bits:
    """Return entry ``index[i]`` of row i, of ``entry_bits`` bits."""
    place = index.astype(np.int64) * entry_bits
    byte = np.take_along_axis(tables, place[:, None] >> 3, axis=1)[:, 0]
    return ((byte >> (place & 7).astype(np.uint8)) & np.uint8((1 << entry_bits) - 1)).astype(np.uint8)


def payload_lookup(tables: Words, index: NDArray[Any], *, threads: int = 1) -> Words:
    """Return word ``index[i]`` of row i."""
    return np.take_along_axis(tables, index.astype(np.int64)[:, None], axis=1)[:, 0]
