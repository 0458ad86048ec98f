import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from primia_core.mpc import kernels
from primia_core.mpc.kernels import reference
from tests.core.mpc.kernels.arrays import FIXED, Draw, all_pairs


def compare(threshold, x, bits, draw):
    roots = draw.roots(len(x))
    key = kernels.comparison_generate(threshold, bits, *roots, FIXED)
    return [kernels.comparison_evaluate(party, x, bits, roots[party], key, FIXED) for party in (0, 1)]


@pytest.mark.parametrize("bits", [8, 9])
def test_shares_say_whether_x_is_below_the_threshold_for_every_pair(level, bits):
    threshold, x = all_pairs(bits)
    first, second = compare(threshold, x, bits, Draw(bits))
    np.testing.assert_array_equal(first ^ second, x < threshold)


@pytest.mark.parametrize("bits", [8, 9])
def test_the_reference_says_whether_x_is_below_the_threshold_for_every_pair(bits):
    threshold, x = all_pairs(bits)
    roots = Draw(bits).roots(len(x))
    key = reference.comparison_generate(threshold, bits, *roots, FIXED)
    shares = [reference.comparison_evaluate(party, x, bits, roots[party], key, FIXED) for party in (0, 1)]
    np.testing.assert_array_equal(shares[0] ^ shares[1], x < threshold)


@pytest.mark.parametrize(("bits", "dtype"), [(15, np.uint16), (23, np.uint32), (32, np.uint32)])
@settings(max_examples=30, deadline=None)
@given(data=st.data())
def test_neighbours_of_the_threshold_are_told_apart(bits, dtype, data):
    numbers = st.integers(0, (1 << bits) - 1)
    threshold = np.array(data.draw(st.lists(numbers, min_size=1, max_size=40)), dtype)
    step = np.array(data.draw(st.lists(st.integers(-2, 2), min_size=len(threshold), max_size=len(threshold))))
    x = np.clip(threshold.astype(np.int64) + step, 0, (1 << bits) - 1).astype(dtype)
    first, second = compare(threshold, x, bits, Draw(1))
    np.testing.assert_array_equal(first ^ second, x < threshold)


def test_bits_above_those_compared_do_not_count(level):
    draw = Draw(2)
    threshold, x = draw.words(200, np.uint16), draw.words(200, np.uint16)
    first, second = compare(threshold, x, 11, draw)
    np.testing.assert_array_equal(first ^ second, (x & 2047) < (threshold & 2047))


def test_one_share_alone_is_balanced():
    threshold = np.full(20_000, 12_345, np.uint16)
    share = compare(threshold, np.zeros_like(threshold), 15, Draw(3))[0]
    assert abs(int(share.sum()) - 10_000) < 500  # seven standard deviations


def test_a_key_is_written_over_what_out_held(level):
    draw = Draw(4)
    threshold, roots = draw.words(100, np.uint16), draw.roots(100)
    out = np.full((2, 9, 64, 2), 7, np.uint64)
    key = kernels.comparison_generate(threshold, 15, *roots, FIXED, out=out)
    assert key is out
    np.testing.assert_array_equal(key, reference.comparison_generate(threshold, 15, *roots, FIXED))


def test_an_out_that_starts_anywhere_is_written_too(level):
    draw = Draw(5)
    threshold, roots = draw.words(64, np.uint16), draw.roots(64)
    out = np.zeros(1 + 9 * 128, np.uint64)[1:].reshape(1, 9, 64, 2)
    kernels.comparison_generate(threshold, 15, *roots, FIXED, out=out)
    np.testing.assert_array_equal(out, reference.comparison_generate(threshold, 15, *roots, FIXED))
