"""Look-ups of a public index in one-time tables, of which each party holds a share."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from primia_core.mpc.errors import KernelError
from primia_core.mpc.kernels.blocks import Bits
from primia_core.mpc.kernels.checks import UNSIGNED, checked
from primia_core.mpc.kernels.levels import backend
from primia_core.mpc.profile import Words

INDEX = (np.uint8, np.uint16, np.uint32)
ENTRY_BITS = (1, 2, 4, 8)


def table_lookup(tables: Bits, index: NDArray[Any], entry_bits: int, *, threads: int = 1) -> Bits:
    """Read one packed entry of each row.

    Args:
        tables: (N, size * entry_bits / 8) uint8; entry i of a row is at bits ``[i * entry_bits, (i + 1) * entry_bits)``
            of the row read as a little-endian number.
        index: (N,) uint8, uint16 or uint32, below ``size``.
        entry_bits: 1, 2, 4 or 8.
        threads: at most so many.
    Returns:
        (N,) uint8: entry ``index[i]`` of row i.
    Raises:
        KernelError: types or shapes do not fit, or an index is not below the size.
    Security: the index is public, so that access may follow it.
    """
    if entry_bits not in ENTRY_BITS:
        raise KernelError(f"entries have {entry_bits} bits, not one of {ENTRY_BITS}; pad them")
    tables = checked("tables", tables, [np.uint8], (len(index), None))
    index = _below(index, tables.shape[1] * 8 // entry_bits)
    found: Bits = backend().table_lookup(tables, index, entry_bits, threads=threads)
    return found


def payload_lookup(tables: Words, index: NDArray[Any], *, threads: int = 1) -> Words:
    """Read one word of each row.

    Args:
        tables: (N, entries) uint8, uint16, uint32 or uint64.
        index: (N,) uint8, uint16 or uint32, below ``entries``.
        threads: at most so many.
    Returns:
        (N,) words of the tables' type.
    Raises:
        KernelError: types or shapes do not fit, or an index is not below the number of entries.
    Security: the index is public, so that access may follow it.
    """
    tables = checked("tables", tables, UNSIGNED, (len(index), None))
    index = _below(index, tables.shape[1])
    found: Words = backend().payload_lookup(tables, index, threads=threads)
    return found


def _below(index: NDArray[Any], size: int) -> NDArray[Any]:
    index = checked("index", index, INDEX, (None,))
    highest = int(index.max(initial=0))
    if index.size and highest >= size:
        raise KernelError(f"index {highest} is not below the {size} entries of a table; mask it to the table's width")
    return index
