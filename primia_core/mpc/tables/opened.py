"""`tables`: the sign from three small tables and a combining one, its bit opened under a mask. Three rounds a ReLU.

The least material of all: with 14 compared bits 22 bytes to party 1 only, and 16 to choose from.
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
from primia_core.mpc.traffic import Traffic, opening_bits

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
    Cost: two steps; three tables of 2 x 2**w, 2 x 2**w and 2**w bits and one of 32, to party 1 only.
    Source: Ishai, Kushilevitz, Meldgaard, Orlandi, Paskin-Cherniavsky: TCC 2013 (one-time truth tables).
    """

    def deal(self, dealing: Dealing, mask: Words, bits: int, unit: Width, payloads: Sequence[Payload]) -> None:
        """Write the tables for the masks, and selection shares for the blinded sign."""
        low, top = low_and_top(mask, bits)
        chunks = Chunks.of(bits - 1, CHUNKS)
        tables = combining_tables(chunks, deal_planes(dealing, chunks, low))
        rho = dealing.own_bits(low.size)
        tables ^= np.uint32(0) - (rho ^ top ^ np.uint8(1)).astype(np.uint32)
        dealing.share_table("combining", tables.view(np.uint8).reshape(-1, COMBINING_BYTES))
        Selection.deal(dealing, rho, unit, payloads)

    def take(self, tape: Tape, count: int, bits: int, unit: Width, payloads: Sequence[Width]) -> TableCorrelation:
        """Read this party's half of the tables, and its selection shares."""
        planes = take_planes(tape, Chunks.of(bits - 1, CHUNKS), count)
        combining = tape.share_table("combining", (count, COMBINING_BYTES))
        ones, pairs = Selection.take(tape, count, unit, payloads)
        return TableCorrelation(planes, combining, ones, tuple(pairs))

    def online(self, place: Place, opened: Words, bits: int, correlation: TableCorrelation) -> Exchange[Chosen]:
        """Open the chunks' blinded bits, then the combining table's entry at them."""
        low, top = low_and_top(opened, bits)
        index = yield from open_planes(place, Chunks.of(bits - 1, CHUNKS), low, correlation.planes)
        share = kernels.table_lookup(correlation.combining, index, 1, threads=place.threads)
        if place.party == 0:
            np.bitwise_xor(share, top, out=share)
        blinded = yield from open_bits(place, share)
        return Chosen(blinded, correlation.ones, correlation.pairs)

    def traffic(self, profile: Profile, count: int, bits: int, unit: Width, payloads: Sequence[Width]) -> Traffic:
        """Return what so many signs cost: five opened bits, one combined one, tables and selection shares."""
        tables = planes_traffic(Chunks.of(bits - 1, CHUNKS), count) + Traffic(material=(0, count * COMBINING_BYTES))
        return tables + Selection.traffic(count, unit, payloads) + opening_bits(count)
