"""`tables`: the sign from small tables and a last one, its bit opened under a mask. Three rounds a ReLU.

The least material of all: with 14 compared bits 24 bytes to party 1 only, and 10 to choose from.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from primia_core.mpc import kernels
from primia_core.mpc.dealing import Dealing, Tape
from primia_core.mpc.profile import Profile, Width, Words
from primia_core.mpc.sign import Chosen, Payload, Place, Selection, low_and_top, open_bits
from primia_core.mpc.steps import Exchange
from primia_core.mpc.tables.chunks import (
    Chunks,
    Rows,
    combining_tables,
    deal_planes,
    open_planes,
    planes_traffic,
    take_planes,
)
from primia_core.mpc.tables.heads import HEAD_VALUES, head_of, headed_index, headed_tables, tail_of
from primia_core.mpc.traffic import Traffic, opening_bits
from primia_core.mpc.wire import Bits

HEADED_UP_TO = 16
"""Compared bits up to which a head that is not opened costs a few bytes; beyond it three whole chunks cost less."""
CHUNKS = 3
COMBINING_BYTES = 4


@dataclass(frozen=True, repr=False)
class TableCorrelation:
    """One party's half of every table of a vector of signs, and the shares that the opened bits choose from."""

    planes: tuple[Rows, ...]
    combining: Rows
    ones: Words
    pairs: tuple[tuple[Words, Words], ...]


class TableSign:
    """Sign test with one-time tables.

    Security: perfect, given the tables: each is read once, at a public masked position; what is opened is blinded by
        bits that are used once.
    Cost: two steps; up to 16 compared bits four opened ones, and three tables of 2**w, 2**w and 2**w' bits and one of
        64, to party 1 only.
    Source: Ishai, Kushilevitz, Meldgaard, Orlandi, Paskin-Cherniavsky: TCC 2013 (one-time truth tables).
    """

    def deal(self, dealing: Dealing, mask: Words, bits: int, unit: Width, payloads: Sequence[Payload]) -> None:
        """Write the tables for the masks, and selection shares for the blinded sign."""
        low, top = low_and_top(mask, bits)
        chunks = _opened_chunks(bits)
        blinds = deal_planes(dealing, chunks, low)
        tables = _combining(chunks, low, bits, blinds)
        rho = dealing.own_bits(low.size)
        tables ^= np.uint8(0) - (rho ^ top ^ np.uint8(1))[:, None]
        dealing.share_table("combining", tables)
        Selection.deal(dealing, rho, unit, payloads)

    def take(self, tape: Tape, count: int, bits: int, unit: Width, payloads: Sequence[Payload]) -> TableCorrelation:
        """Read this party's half of the tables, and its selection shares."""
        planes = take_planes(tape, _opened_chunks(bits), count)
        combining = tape.share_table("combining", (count, _combining_bytes(bits)))
        ones, pairs = Selection.take(tape, count, unit, payloads)
        return TableCorrelation(planes, combining, ones, tuple(pairs))

    def online(self, place: Place, opened: Words, bits: int, correlation: TableCorrelation) -> Exchange[Chosen]:
        """Open the chunks' blinded bits, then the combining table's entry at them and at the head."""
        low, top = low_and_top(opened, bits)
        index = yield from open_planes(place, _opened_chunks(bits), low, correlation.planes)
        if _headed(bits):
            index = headed_index(head_of(low, bits - 1), index)
        share = kernels.table_lookup(correlation.combining, index, 1, threads=place.threads)
        if place.party == 0:
            np.bitwise_xor(share, top, out=share)
        blinded = yield from open_bits(place, share)
        return Chosen(blinded, correlation.ones, correlation.pairs)

    def traffic(self, profile: Profile, count: int, bits: int, unit: Width, payloads: Sequence[Width]) -> Traffic:
        """Return what so many signs cost: the chunks' opened bits, one combined one, tables and selection shares."""
        combining = Traffic(material=(0, count * _combining_bytes(bits)))
        tables = planes_traffic(_opened_chunks(bits), count) + combining
        return tables + Selection.traffic(count, unit, payloads) + opening_bits(count)


def _headed(bits: int) -> bool:
    return bits - 1 <= HEADED_UP_TO


def _opened_chunks(bits: int) -> Chunks:
    """Return the chunks whose bits are opened, of a sign of K bits."""
    return tail_of(bits - 1) if _headed(bits) else Chunks.of(bits - 1, CHUNKS)


def _combining_bytes(bits: int) -> int:
    return HEAD_VALUES if _headed(bits) else COMBINING_BYTES


def _combining(chunks: Chunks, low: Words, bits: int, blinds: Sequence[Bits]) -> Rows:
    """Return the last table of each value as bytes."""
    if _headed(bits):
        return headed_tables(head_of(low, bits - 1), chunks, blinds)
    return combining_tables(chunks, blinds).view(np.uint8).reshape(-1, COMBINING_BYTES)
