"""Leading bits that are not opened: the last table has a byte for each value that they may take.

Of n compared bits the first are the head. The tail is compared by two chunks, whose three blinded bits are opened; the
head's bits of the public number choose the byte, and the opened ones the bit in it. So a comparison opens three bits.
"""

from collections.abc import Sequence

import numpy as np

from primia_core.mpc.profile import Words
from primia_core.mpc.tables.chunks import Chunks, Rows, combining_tables
from primia_core.mpc.wire import Bits

HEAD_BITS = 3
HEAD_VALUES = 1 << HEAD_BITS
OPENED_BITS = 3
TAIL_CHUNKS = 2


def tail_of(bits: int) -> Chunks:
    """Return how what is behind the head is cut, of so many compared bits."""
    return Chunks.of(max(bits - HEAD_BITS, 0), TAIL_CHUNKS)


def head_of(values: Words, bits: int) -> Bits:
    """Return the head of each value of so many bits."""
    heads: Bits = (values >> values.dtype.type(max(bits - HEAD_BITS, 0))).astype(np.uint8)
    return heads


def headed_tables(heads: Bits, tail: Chunks, blinds: Sequence[Bits]) -> Rows:
    """Return for each value v the bytes of the comparison [x < v]: byte h for the numbers x whose head is h.

    Args:
        heads: of the values.
        blinds: of the tail's opened bits.
    Returns:
        (count, 8) uint8: all ones below the value's head, all zeros above it, and at it the tail's own table.
    """
    numbers = np.arange(HEAD_VALUES, dtype=np.uint8)
    rows = np.where(numbers < heads[:, None], np.uint8(0xFF), np.uint8(0))
    tables: Rows = np.where(numbers == heads[:, None], combining_tables(tail, blinds)[:, None], rows)
    return tables


def headed_index(heads: Bits, opened: Bits) -> Bits:
    """Return which entry of the table to read, of heads and opened bits that both parties know."""
    index: Bits = heads << np.uint8(OPENED_BITS) | opened
    return index
