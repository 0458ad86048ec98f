"""Comparing piece by piece: a number in chunks, one-time tables of [i < v] and [i = v], and how their bits combine.

Each table is read at one public position only, so its other entries hide nothing that matters; every entry is blinded
by one dealer's bit a table, and the combining table undoes those bits.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from primia_core.mpc import kernels
from primia_core.mpc.dealing import Dealing, Tape
from primia_core.mpc.profile import BYTE, Words
from primia_core.mpc.sign import Place, open_bits
from primia_core.mpc.steps import Exchange
from primia_core.mpc.traffic import Traffic, opening_bits
from primia_core.mpc.wire import Bits

Rows = NDArray[np.uint8]
WORD_BITS = 64


@dataclass(frozen=True)
class Chunks:
    """How n bits are cut, from the top: widths of the chunks, and the lowest bit of each."""

    widths: tuple[int, ...]
    shifts: tuple[int, ...]

    @classmethod
    def of(cls, bits: int, count: int) -> "Chunks":
        """Cut into so many nearly equal chunks, the wider ones last: the last has one table, and the others two."""
        widths = tuple((bits + position) // count for position in range(count))
        return cls(widths, tuple(sum(widths[position + 1 :]) for position in range(count)))

    @property
    def planes(self) -> tuple[tuple[int, bool], ...]:
        """Return (chunk, whether it says equal) of each opened bit: less and equal of each chunk, less of the last."""
        last = len(self.widths) - 1
        both = [(chunk, equal) for chunk in range(last) for equal in (False, True)]
        return (*both, (last, False))

    def read(self, values: Words, chunk: int) -> Words:
        """Return one chunk of each value."""
        kind = values.dtype.type
        chunked: Words = (values >> kind(self.shifts[chunk])) & kind((1 << self.widths[chunk]) - 1)
        return chunked


def deal_planes(dealing: Dealing, chunks: Chunks, thresholds: Words) -> list[Bits]:
    """Share every plane's tables for the thresholds' chunks and return the bits that blind them."""
    blinds = []
    for position, (chunk, equal) in enumerate(chunks.planes):
        blind = dealing.own_bits(thresholds.size)
        rows = plane(chunks.read(thresholds, chunk), chunks.widths[chunk], blind, equal=equal)
        dealing.share_table(f"plane{position}", rows)
        blinds.append(blind)
    return blinds


def take_planes(tape: Tape, chunks: Chunks, count: int) -> tuple[Rows, ...]:
    """Read this party's half of every plane's tables."""
    sizes = [row_bytes(chunks.widths[chunk]) for chunk, _ in chunks.planes]
    return tuple(tape.share_table(f"plane{position}", (count, size)) for position, size in enumerate(sizes))


def open_planes(place: Place, chunks: Chunks, low: Words, tables: Sequence[Rows]) -> Exchange[Bits]:
    """Look every chunk up and open the blinded bits: one step. Returns them as an index, the first the lowest bit."""
    planes = chunks.planes
    mine = np.empty((len(planes), low.size), np.uint8)
    for position, (chunk, _) in enumerate(planes):
        mine[position] = kernels.table_lookup(tables[position], chunks.read(low, chunk), 1, threads=place.threads)
    opened = yield from open_bits(place, mine)
    index: Bits = opened[0].copy()
    for position in range(1, len(planes)):
        np.bitwise_or(index, opened[position] << np.uint8(position), out=index)
    return index


def planes_traffic(chunks: Chunks, count: int) -> Traffic:
    """Return what the tables of so many values cost, and opening a bit of each."""
    row = sum(row_bytes(chunks.widths[chunk]) for chunk, _ in chunks.planes)
    return Traffic(material=(0, count * row)) + opening_bits(count * len(chunks.planes))


def plane(values: Words, bits: int, blind: Bits, *, equal: bool) -> Rows:
    """Return one table a value: entry i is ``[i < value]``, or ``[i = value]``, exclusive-or its blinding bit.

    Args:
        values: below 2**bits, (count,).
        bits: of the index; below three a row is still one byte.
        blind: one bit a value.
    Returns:
        (count, 2**bits / 8) bytes; entry i is bit i, the lowest first.
    """
    words = max(1, (1 << bits) // WORD_BITS)
    starts = np.arange(words, dtype=np.int64) * WORD_BITS
    reach = values.astype(np.int64)[:, None] - starts  # (count, words)
    inside = np.clip(reach, 0, WORD_BITS - 1).astype(np.uint64)
    point = np.uint64(1) << inside
    if equal:
        rows = np.where((reach >= 0) & (reach < WORD_BITS), point, np.uint64(0))
    else:
        rows = np.where(reach >= WORD_BITS, ~np.uint64(0), np.where(reach > 0, point - np.uint64(1), np.uint64(0)))
    rows ^= np.uint64(0) - blind.astype(np.uint64)[:, None]
    return np.ascontiguousarray(rows.view(np.uint8)[:, : row_bytes(bits)])


def row_bytes(bits: int) -> int:
    """Return the bytes of one table of one bit an entry."""
    return max(1, (1 << bits) // BYTE)


def combining_tables(chunks: Chunks, blinds: Sequence[Bits]) -> Words:
    """Return for each value the truth table of the comparison from the blinded bits, entry i in bit i.

    Returns:
        uint8 for two chunks (three bits), uint32 for three (five bits).
    """
    bits = len(chunks.planes)
    kind = np.dtype(np.uint8 if bits == 3 else np.uint32).type
    entries = 1 << bits
    plain = sum(combine(index, len(chunks.widths)) << index for index in range(entries))
    table = np.full(blinds[0].size, plain, dtype=kind)
    for position, blind in enumerate(blinds):
        half = 1 << position
        keep = kind(sum(1 << index for index in range(entries) if not index & half))
        swapped = ((table & keep) << kind(half)) | ((table >> kind(half)) & keep)
        table = np.where(blind.astype(bool), swapped, table)
    return table


def combine(index: int, chunks: int) -> int:
    """Return [x < v] from the chunks' bits: less in the first, or equal in it and less in the rest."""
    result = (index >> (2 * (chunks - 1))) & 1
    for chunk in reversed(range(chunks - 1)):
        less, equal = (index >> (2 * chunk)) & 1, (index >> (2 * chunk + 1)) & 1
        result = less | (equal & result)
    return result
