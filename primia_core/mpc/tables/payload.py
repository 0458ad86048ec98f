"""`tables-fast`: the sign from tables whose combining one holds the products themselves. Two rounds a ReLU."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from primia_core.mpc import kernels
from primia_core.mpc.dealing import Dealing, Tape
from primia_core.mpc.profile import Profile, Width, Words
from primia_core.mpc.sign import Multiplied, Payload, Place, flip, low_and_top
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
from primia_core.mpc.traffic import Traffic, shared

TWO_CHUNKS_UP_TO = 16
"""Compared bits up to which two chunks cost less material than three."""


@dataclass(frozen=True, repr=False)
class PayloadTableCorrelation:
    """One party's half of every table, of every combining table of products, and of the payloads."""

    planes: tuple[Rows, ...]
    products: tuple[Words, ...]
    payloads: tuple[Words, ...]


class PayloadTableSign:
    """Sign test with one-time tables of products.

    Security: perfect, as ``TableSign``; what is opened are the chunks' blinded bits only.
    Cost: one step; with 14 compared bits and a ReLU's three products 128 bytes to party 1 only.
    Source: as ``TableSign``; additive payloads in the last table are ours.
    """

    def deal(self, dealing: Dealing, mask: Words, bits: int, unit: Width, payloads: Sequence[Payload]) -> None:
        """Write the tables for the masks: products with d as it is where the public top bit is 0."""
        low, top = low_and_top(mask, bits)
        chunks = _chunks(bits)
        tables = combining_tables(chunks, deal_planes(dealing, chunks, low))
        tables = np.where(top.astype(bool), tables, ~tables)
        entries = 1 << len(chunks.planes)
        ones = Payload(np.ones(low.size, dtype=unit.dtype), unit)
        for position, payload in enumerate((ones, *payloads)):
            rows = np.empty((low.size, entries), payload.width.dtype)
            for entry in range(entries):
                bit = (tables >> tables.dtype.type(entry)) & tables.dtype.type(1)
                np.multiply(payload.values.reshape(-1), bit.astype(rows.dtype), out=rows[:, entry])
            dealing.share(f"d*p{position}", rows, payload.width)

    def take(
        self, tape: Tape, count: int, bits: int, unit: Width, payloads: Sequence[Payload]
    ) -> PayloadTableCorrelation:
        """Read this party's half of the tables, beside its shares of the payloads."""
        chunks = _chunks(bits)
        planes = take_planes(tape, chunks, count)
        entries = 1 << len(chunks.planes)
        widths = (unit, *(payload.width for payload in payloads))
        products = tuple(tape.share(f"d*p{j}", (count, entries), width) for j, width in enumerate(widths))
        return PayloadTableCorrelation(planes, products, tuple(payload.values.reshape(-1) for payload in payloads))

    def online(
        self, place: Place, opened: Words, bits: int, correlation: PayloadTableCorrelation
    ) -> Exchange[Multiplied]:
        """Open the chunks' blinded bits and read the products at them."""
        low, top = low_and_top(opened, bits)
        index = yield from open_planes(place, _chunks(bits), low, correlation.planes)
        read = [kernels.payload_lookup(table, index, threads=place.threads) for table in correlation.products]
        one = np.full(low.size, 1 - place.party, read[0].dtype)
        wholes = (one, *correlation.payloads)
        shares = [flip(top, product, whole) for product, whole in zip(read, wholes, strict=True)]
        return Multiplied(shares[0], tuple(shares[1:]))

    def traffic(self, profile: Profile, count: int, bits: int, unit: Width, payloads: Sequence[Width]) -> Traffic:
        """Return what so many signs cost: the chunks' opened bits, and tables of each product."""
        chunks = _chunks(bits)
        products = shared(count << len(chunks.planes), unit, *payloads)
        return planes_traffic(chunks, count) + products


def _chunks(bits: int) -> Chunks:
    compared = bits - 1
    return Chunks.of(compared, 2 if compared <= TWO_CHUNKS_UP_TO else 3)
