"""One-time tables: chunks, planes and the combining table against plain comparisons; what a wrong table does."""

from collections.abc import Sequence
from itertools import product
from typing import Any

import numpy as np
import pytest

from primia_core.mpc.tables.chunks import Chunks, combine, combining_tables, plane, row_bytes
from primia_core.mpc.tables.heads import OPENED_BITS, head_of, headed_index, headed_tables, tail_of
from tests.core.mpc.gates.alone import POSITION
from tests.core.mpc.runs import Sections
from tests.core.mpc.sign.signs import every, read_signs


def near_ties(bits: int) -> tuple[Any, Any, Any]:
    """Return public values, masks and values of which many agree with the mask in the leading bits."""
    generator = np.random.default_rng(5)
    size = 1 << (bits - 1)
    t = np.concatenate([generator.integers(-(1 << low), 1 << low, 4000) for low in (bits - 1, 11, 4)])
    mask = generator.integers(0, 2 * size, t.size).astype(np.uint32)
    return ((t + mask) % (2 * size)).astype(np.uint32), mask, t


@pytest.mark.parametrize("count", [2, 3])
@pytest.mark.parametrize("bits", range(3, 25))
def test_chunks_cover_every_bit_once_and_differ_by_one_at_most(bits: int, count: int) -> None:
    chunks = Chunks.of(bits, count)
    assert sum(chunks.widths) == bits
    assert max(chunks.widths) - min(chunks.widths) <= 1
    values = np.random.default_rng(bits).integers(0, 1 << bits, 50).astype(np.uint32)
    parts = [chunks.read(values, chunk).astype(np.int64) << chunks.shifts[chunk] for chunk in range(count)]
    assert np.array_equal(sum(parts), values)


@pytest.mark.parametrize("equal", [False, True])
@pytest.mark.parametrize("bits", range(1, 9))
def test_a_plane_says_less_or_equal_for_every_index_under_its_blinding_bit(bits: int, equal: bool) -> None:
    size = 1 << bits
    values, blind = (grid.reshape(-1) for grid in np.meshgrid(np.arange(size), [0, 1], indexing="ij"))
    rows = plane(values.astype(np.uint16), bits, blind.astype(np.uint8), equal=equal)
    assert rows.shape == (2 * size, row_bytes(bits))
    entries = np.unpackbits(rows, axis=1, bitorder="little")[:, :size]
    index = np.arange(size)
    said = index == values[:, None] if equal else index < values[:, None]
    assert np.array_equal(entries, said ^ blind[:, None])


@pytest.mark.parametrize("count", [2, 3])
def test_combined_chunk_bits_are_the_comparison(count: int) -> None:
    chunks = Chunks.of(2 * count, count)
    for x, v in product(range(1 << (2 * count)), repeat=2):
        parts = [((x >> shift) & 3, (v >> shift) & 3) for shift in chunks.shifts]
        index = sum(
            int(parts[chunk][0] == parts[chunk][1] if equal else parts[chunk][0] < parts[chunk][1]) << position
            for position, (chunk, equal) in enumerate(chunks.planes)
        )
        assert combine(index, count) == (x < v)


@pytest.mark.parametrize("count", [2, 3])
def test_a_combining_table_undoes_every_set_of_blinding_bits(count: int) -> None:
    chunks = Chunks.of(12, count)
    bits = len(chunks.planes)
    blinds = [np.array([(index >> j) & 1 for index in range(1 << bits)], np.uint8) for j in range(bits)]
    tables = combining_tables(chunks, blinds)
    for blinding, table in enumerate(tables):
        for index in range(1 << bits):
            assert (int(table) >> (index ^ blinding)) & 1 == combine(index, count)


@pytest.mark.parametrize("bits", [1, 2, 3, 4, 5, 8])
def test_a_table_with_a_head_says_every_comparison_under_every_blinding(bits: int) -> None:
    tail = tail_of(bits)
    x, v = (grid.reshape(-1) for grid in np.meshgrid(np.arange(1 << bits), np.arange(1 << bits), indexing="ij"))
    for blinding in range(1 << OPENED_BITS):
        blinds = [np.full(x.size, blinding >> j & 1, np.uint8) for j in range(OPENED_BITS)]
        parts = [(tail.read(x, chunk), tail.read(v, chunk)) for chunk in range(2)]
        said = [
            (parts[chunk][0] == parts[chunk][1] if equal else parts[chunk][0] < parts[chunk][1]) ^ blind
            for (chunk, equal), blind in zip(tail.planes, blinds, strict=True)
        ]
        opened = sum(bit.astype(np.uint8) << position for position, bit in enumerate(said))
        rows = headed_tables(head_of(v, bits), tail, blinds)
        entries = np.unpackbits(rows, axis=1, bitorder="little")
        index = headed_index(head_of(x, bits), opened)
        assert np.array_equal(entries[np.arange(x.size), index], x < v)


@pytest.mark.parametrize(
    ("bits", "name"),
    [
        *((9, name) for name in ("plane0", "plane1", "plane2", "combining")),
        *((19, name) for name in ("plane0", "plane1", "plane2", "plane3", "plane4", "combining")),
    ],
)
def test_a_table_of_another_element_gives_wrong_signs(bits: int, name: str) -> None:
    opened, mask, t = (values[::3] for values in every(9)) if bits == 9 else near_ties(bits)

    def roll(sections: Sequence[Sections]) -> None:
        table = sections[1].section(POSITION, name)
        table[:] = np.roll(table, 1, axis=0)

    reading = read_signs("tables", opened, mask, bits, meddle=roll)
    assert np.mean(reading.d != (t >= 0)) > 0.005, "the last chunk decides the fewest"


@pytest.mark.parametrize("protocol", ["tables", "tables-fast"])
def test_only_party_1_is_given_anything(protocol: str) -> None:
    opened, mask, _ = (values[::3] for values in every(9))
    reading = read_signs(protocol, opened, mask, 9)
    assert not reading.sections[0].arrays
    assert reading.sections[1].arrays


@pytest.mark.parametrize("protocol", ["tables", "tables-fast"])
def test_each_table_is_read_at_one_public_place(protocol: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A second reading of a row would open a second entry under the same bit."""
    from primia_core.mpc import kernels

    seen: list[int] = []
    for name in ("table_lookup", "payload_lookup"):
        real = getattr(kernels, name)

        def watched(tables: Any, index: Any, *rest: Any, real: Any = real, **threads: int) -> Any:
            assert len(tables) == len(index)
            seen.append(id(tables))
            return real(tables, index, *rest, **threads)

        monkeypatch.setattr(kernels, name, watched)
    opened, mask, t = (values[::3] for values in every(9))
    reading = read_signs(protocol, opened, mask, 9)
    assert np.array_equal(reading.d, t >= 0)
    # Less and equal of the first chunk, less of the second, and the last table; both parties read each once.
    assert len(seen) == 2 * (3 + 1)
    assert len(set(seen)) == len(seen)
