"""Correlation files: what goes in comes out, without copies; whatever is not whole is refused and says why."""

import io

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from primia_core.mpc.errors import CorrelationError, StockCorrupt
from primia_core.mpc.stock import CorrelationFile, CorrelationWriter

from .sets import encoded, header

SEED = bytes(range(32))


@given(
    st.lists(
        st.sampled_from(["u1", "u2", "u4", "u8"]).flatmap(
            lambda code: arrays.arrays(f"<{code}", arrays.array_shapes(min_dims=1, max_dims=3, min_side=0, max_side=5))
        ),
        max_size=6,
    )
)
def test_sections_come_back_as_they_went_in(sections):
    sink = io.BytesIO()
    writer = CorrelationWriter(sink, header(1), SEED)
    for index, section in enumerate(sections):
        writer.put(index, "values", section)
    assert writer.close() == len(sink.getvalue())
    file = CorrelationFile(sink.getvalue())
    file.verify()
    assert (file.header, file.seed) == (header(1), SEED)
    for index, section in enumerate(sections):
        read = file.section(index, "values")
        assert read.dtype == section.dtype
        assert np.array_equal(read, section)
        assert file.sections[index].offset % 64 == 0


@pytest.mark.parametrize("loaded", [False, True])
def test_file_on_disk_is_read_in_place(tmp_path, loaded):
    path = tmp_path / "set"
    path.write_bytes(encoded(header(1)))
    file = CorrelationFile.open(path)
    if loaded:
        file = file.load()
        path.write_bytes(b"")
    else:
        path.unlink()
    key = file.section(2, "key")
    assert np.array_equal(key, np.arange(700, dtype=np.uint8).reshape(7, 100))
    assert key.ctypes.data % 64 == 0
    assert not key.flags.owndata
    assert not key.flags.writeable
    assert np.shares_memory(key, file.section(2, "key"))


def test_parts_make_the_same_file_as_the_whole():
    whole, parts = io.BytesIO(), io.BytesIO()
    values = np.arange(1000, dtype=np.uint64)
    writer = CorrelationWriter(whole, header(1), SEED)
    writer.put(0, "values", values)
    writer.close()
    writer = CorrelationWriter(parts, header(1), SEED)
    writer.stream(0, "values", values.dtype, values.shape, np.array_split(values, 7))
    writer.close()
    assert whole.getvalue() == parts.getvalue()


def test_array_that_is_not_contiguous_is_written_in_order():
    sink = io.BytesIO()
    writer = CorrelationWriter(sink, header(1), SEED)
    writer.put(0, "values", np.arange(12, dtype=np.uint16).reshape(3, 4).T)
    writer.close()
    assert CorrelationFile(sink.getvalue()).section(0, "values").tolist() == [
        [0, 4, 8],
        [1, 5, 9],
        [2, 6, 10],
        [3, 7, 11],
    ]


def test_parts_that_are_not_the_whole_are_refused():
    writer = CorrelationWriter(io.BytesIO(), header(1), SEED)
    with pytest.raises(CorrelationError, match="takes 40 bytes, its parts have 36"):
        writer.stream(0, "values", np.uint32, (10,), [np.arange(9, dtype=np.uint32)])


@pytest.mark.parametrize("dtype", [np.int32, np.float32, np.bool_, ">u4"])
def test_what_is_not_unsigned_words_is_refused(dtype):
    with pytest.raises(CorrelationError, match="unsigned words"):
        CorrelationWriter(io.BytesIO(), header(1), SEED).put(0, "values", np.zeros(3, dtype))


def test_name_is_given_once():
    writer = CorrelationWriter(io.BytesIO(), header(1), SEED)
    writer.put(0, "values", np.zeros(3, np.uint8))
    writer.put(1, "values", np.zeros(3, np.uint8))
    with pytest.raises(CorrelationError, match="already"):
        writer.put(0, "values", np.zeros(3, np.uint8))


def test_section_that_the_dealer_did_not_write_is_named():
    with pytest.raises(CorrelationError, match=r"operation 2 .* no section 'mask', only \['key'\]"):
        CorrelationFile(encoded(header(1))).section(2, "mask")


def test_every_flipped_bit_is_found():
    whole = encoded(header(1), words=20)
    for position in range(len(whole)):
        for bit in (0, 7):
            damaged = bytearray(whole)
            damaged[position] ^= 1 << bit
            with pytest.raises(StockCorrupt):
                CorrelationFile(damaged).verify()


def test_damage_is_found_when_a_file_is_loaded(tmp_path):
    damaged = bytearray(encoded(header(1), words=50_000))
    damaged[len(damaged) // 2] ^= 1
    path = tmp_path / "set"
    path.write_bytes(damaged)
    with pytest.raises(StockCorrupt, match="set is not what was dealt"):
        CorrelationFile.open(path).load()
    assert CorrelationFile.open(path).load(verify=False).header == header(1)


def test_whatever_is_cut_off_is_refused():
    whole = encoded(header(1), words=20)
    for length in range(len(whole)):
        with pytest.raises(StockCorrupt):
            CorrelationFile(whole[:length])


def test_whatever_is_added_is_refused():
    whole = encoded(header(1))
    for extra in (b"\0", whole):
        with pytest.raises(StockCorrupt):
            CorrelationFile(whole + extra).verify()


def test_body_of_another_set_is_refused():
    one, two = encoded(header(1)), encoded(header(2))
    start = 512
    with pytest.raises(StockCorrupt):
        CorrelationFile(one[:start] + two[start:]).verify()


def test_empty_file_is_refused(tmp_path):
    (tmp_path / "set").touch()
    with pytest.raises(StockCorrupt, match="empty"):
        CorrelationFile.open(tmp_path / "set")


def test_secrets_are_in_no_words():
    content = encoded(header(1, party=1))
    file = CorrelationFile(content)
    assert file.seed == b"\2" * 32
    assert repr(file.seed) not in repr(file)
    assert file.seed.hex() not in repr(file)
    damaged = bytearray(content)
    damaged[200] ^= 1
    with pytest.raises(StockCorrupt) as caught:
        CorrelationFile(damaged).verify()
    assert "\\x02\\x02" not in str(caught.value)
    assert "0202" not in str(caught.value)
