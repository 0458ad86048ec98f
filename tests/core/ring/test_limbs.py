"""Limbs: integers come back exactly, alone and summed over as many sites as there may be."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from primia_core.ring import LIMBS, LimbError, join_limbs, split_limbs

ANY = st.integers(0, 2**64 - 1)


@given(st.lists(ANY, max_size=20))
@settings(max_examples=100, deadline=None)
def test_integers_come_back(values):
    words = split_limbs(values)
    assert words.size == LIMBS * len(values)
    assert words.max(initial=0) < 2**16
    assert join_limbs(words) == values


@given(st.lists(st.tuples(ANY, ANY), min_size=1, max_size=255))
@settings(max_examples=50, deadline=None)
def test_word_wise_sums_join_to_exact_sums(pairs):
    total = np.zeros(2 * LIMBS, np.uint32)
    for pair in pairs:
        total += split_limbs(pair)
    assert join_limbs(total) == [sum(first for first, _ in pairs), sum(second for _, second in pairs)]


def test_255_sites_of_the_largest_integer_do_not_wrap():
    total = np.zeros(LIMBS, np.uint32)
    for _ in range(255):
        total += split_limbs([2**64 - 1])
    assert join_limbs(total) == [255 * (2**64 - 1)]


@pytest.mark.parametrize("value", [-1, 2**64, 1.0, True, np.float64(3)])
def test_value_without_limbs_is_refused(value):
    with pytest.raises(LimbError):
        split_limbs([value])


@pytest.mark.parametrize("words", [np.zeros(3, np.uint32), np.zeros(4, np.int64)])
def test_words_that_are_no_limbs_are_refused(words):
    with pytest.raises(LimbError):
        join_limbs(words)
