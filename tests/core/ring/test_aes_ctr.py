"""Keystreams: equal to their block-by-block reference, undone by the opposite sign, refused for odd arrays."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from primia_core.ring import CHUNK_WORDS, DtypeError, KeyLengthError, add_keystream, add_keystreams
from primia_core.ring.aes_ctr import keystream_reference

KEY, OTHER = bytes(range(32)), bytes(range(1, 33))


@pytest.mark.parametrize("count", [0, 1, 3, 4, 5, CHUNK_WORDS - 1, CHUNK_WORDS, CHUNK_WORDS + 1, 3 * CHUNK_WORDS + 7])
def test_keystream_is_that_of_the_reference(count):
    acc = np.zeros(count, np.uint32)
    add_keystream(acc, KEY)
    assert np.array_equal(acc, keystream_reference(KEY, count))


def test_keystream_starts_with_the_published_block():
    """FIPS 197, appendix C.3 encrypts one block; with the counter at zero the block is AES(key, 0)."""
    acc = np.zeros(4, np.uint32)
    add_keystream(acc, bytes(32))
    assert acc.tobytes().hex() == "dc95c078a2408989ad48a21492842087"


@given(words=st.lists(st.integers(0, 2**32 - 1), max_size=50), sign=st.sampled_from([1, -1]))
@settings(max_examples=50, deadline=None)
def test_opposite_sign_takes_off_what_a_sign_put_on(words, sign):
    plain = np.array(words, np.uint32)
    acc = plain.copy()
    add_keystream(acc, KEY, sign)
    add_keystream(acc, KEY, -sign)
    assert np.array_equal(acc, plain)


def test_several_streams_add_up_like_one_after_the_other():
    one, all_ = np.zeros(CHUNK_WORDS + 5, np.uint32), np.zeros(CHUNK_WORDS + 5, np.uint32)
    for key, sign in ((KEY, 1), (OTHER, -1)):
        add_keystream(one, key, sign)
    add_keystreams(all_, [(KEY, 1), (OTHER, -1)])
    assert np.array_equal(one, all_)


@pytest.mark.parametrize("length", [0, 16, 31, 33])
def test_key_of_another_length_is_refused(length):
    with pytest.raises(KeyLengthError):
        add_keystream(np.zeros(4, np.uint32), bytes(length))


@pytest.mark.parametrize(
    "array",
    [np.zeros(4, np.int32), np.zeros(4, np.float32), np.zeros((2, 2), np.uint32), np.zeros(8, np.uint32)[::2]],
    ids=["signed", "float", "matrix", "strided"],
)
def test_array_that_is_no_ring_vector_is_refused(array):
    with pytest.raises(DtypeError):
        add_keystream(array, KEY)


def test_array_that_may_not_be_written_is_refused():
    frozen = np.zeros(4, np.uint32)
    frozen.flags.writeable = False
    with pytest.raises(DtypeError):
        add_keystream(frozen, KEY)
