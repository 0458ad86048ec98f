"""The encoding: equal to its reference, unbiased, never wrapping, and never further off than its bound."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from primia_core.secagg import decode, encode, error_bound
from primia_core.secagg.encoding import CHUNK, encode_reference
from primia_core.secagg.errors import EncodingError, NotFinite
from primia_core.secagg.session import Q
from tests.core.secagg.parties import FixedBytes

SEED = bytes(range(32))
CLIPS = st.floats(1e-6, 1e6)
REFERENCES = st.integers(0, 23).map(lambda exponent: 2**exponent)


def fixed(count):
    assert count == 32
    return SEED


@given(
    values=st.one_of(
        arrays(np.float32, st.integers(0, 40), elements=st.floats(-(2.0**100), 2.0**100, width=32)),
        arrays(np.float64, st.integers(0, 40), elements=st.floats(-1e100, 1e100)),
        arrays(np.float32, st.integers(0, 40), elements=st.floats(-0.5, 0.5, width=32)),
    ),
    clip=CLIPS,
    samples=st.integers(0, 2**25),
    reference=REFERENCES,
)
@settings(max_examples=300, deadline=None)
def test_encoding_is_that_of_the_reference(values, clip, samples, reference):
    settings_ = {"clip": clip, "samples": samples, "reference_samples": reference}
    words, saturated = encode(values, **settings_, rng=fixed)
    expected, expected_saturated = encode_reference(values, **settings_, seed=SEED)
    assert words.tolist() == expected
    assert saturated == expected_saturated
    assert np.all(np.abs(words.view(np.int32).astype(np.int64)) <= Q)


def test_encoding_over_several_chunks_is_that_of_the_reference():
    values = (np.arange(2 * CHUNK + 17) % 1001 / 500 - 1).astype(np.float32)
    settings_ = {"clip": 0.9, "samples": 77, "reference_samples": 128}
    words, saturated = encode(values, **settings_, rng=fixed)
    assert (words.tolist(), saturated) == encode_reference(values, **settings_, seed=SEED)
    assert saturated == int(np.count_nonzero(np.abs(values.astype(np.float64)) > 0.9)) > 0


@given(
    data=st.data(),
    n=st.sampled_from([1, 2, 3, 10, 100, 255]),
    clip=CLIPS,
    reference=st.integers(4, 23).map(lambda exponent: 2**exponent),
)
@settings(max_examples=100, deadline=None)
def test_decoded_mean_is_within_its_bound_of_the_float64_mean(data, n, clip, reference):
    samples = data.draw(st.lists(st.integers(1, reference), min_size=n, max_size=n))
    values = data.draw(
        st.lists(arrays(np.float64, 3, elements=st.floats(-1.5 * clip, 1.5 * clip)), min_size=n, max_size=n)
    )
    total = np.zeros(3, np.uint32)
    for value, count in zip(values, samples, strict=True):
        total += encode(value, clip=clip, samples=count, reference_samples=reference)[0]
    found = decode(total, clip=clip, reference_samples=reference, total_samples=sum(samples))
    mean = sum(count * np.clip(value, -clip, clip) for value, count in zip(values, samples, strict=True)) / sum(samples)
    bound = error_bound(summands=n, clip=clip, reference_samples=reference, total_samples=sum(samples))
    assert np.all(np.abs(found - mean) <= bound + 1e-12 * clip)


def test_255_sites_at_either_end_do_not_wrap():
    for value in (1.0, -1.0):
        words, saturated = encode(np.full(5, 7 * value), clip=1.0, samples=9, reference_samples=8)
        assert saturated == 5
        total = np.zeros(5, np.uint32)
        for _ in range(255):
            total += words
        found = decode(total, clip=1.0, reference_samples=8, total_samples=255 * 8)
        assert found == pytest.approx(np.full(5, value), abs=1e-12)


def test_rounding_is_unbiased():
    """The mean of many roundings of one value is that value, within five standard errors."""
    count, share = 400_000, 0.3
    values = np.full(count, (1000 + share) / Q)
    words, _ = encode(values, clip=1.0, samples=1, reference_samples=1, rng=FixedBytes("rounding"))
    assert set(np.unique(words).tolist()) == {1000, 1001}
    found = float(np.mean(words.astype(np.float64))) - 1000
    assert abs(found - share) < 5 * np.sqrt(share * (1 - share) / count)


def test_values_are_rounded_with_fresh_randomness_each_time():
    values = np.full(1000, 0.5 / Q)
    one, two = (encode(values, clip=1.0, samples=1, reference_samples=1)[0] for _ in range(2))
    assert not np.array_equal(one, two)


def test_values_at_the_clip_are_kept_and_not_counted():
    values = np.array([1.0, -1.0, np.nextafter(1.0, 2), -np.nextafter(1.0, 2)])
    words, saturated = encode(values, clip=1.0, samples=1, reference_samples=1)
    assert saturated == 2
    assert words.view(np.int32).tolist() == [Q, -Q, Q, -Q]


def test_float32_value_just_above_a_clip_that_float32_cannot_say_is_counted():
    assert float(np.float32(0.1)) > 0.1
    assert encode(np.array([0.1], np.float32), clip=0.1, samples=1, reference_samples=1)[1] == 1


def test_no_values_give_no_words_and_no_samples_give_zeros():
    assert encode(np.zeros(0, np.float32), clip=1.0, samples=3, reference_samples=8)[0].size == 0
    words, _ = encode(np.array([0.7, -0.7, 3.0]), clip=1.0, samples=0, reference_samples=8)
    assert words.tolist() == [0, 0, 0]


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("place", [0, 5, CHUNK + 3])
def test_value_that_is_not_finite_is_refused(bad, dtype, place):
    values = np.zeros(CHUNK + 4, dtype)
    values[place] = bad
    with pytest.raises(NotFinite):
        encode(values, clip=1.0, samples=1, reference_samples=1)


@pytest.mark.parametrize(
    "changes",
    [
        {"clip": 0.0},
        {"clip": -1.0},
        {"clip": float("nan")},
        {"clip": float("inf")},
        {"samples": -1},
        {"reference_samples": 0},
        {"reference_samples": 3},
        {"reference_samples": 2**24},
        {"values": np.zeros((2, 2))},
        {"values": np.zeros(2, np.int32)},
    ],
)
def test_settings_outside_their_range_are_refused(changes):
    arguments = {"values": np.zeros(2), "clip": 1.0, "samples": 1, "reference_samples": 1, **changes}
    with pytest.raises(EncodingError):
        encode(arguments.pop("values"), **arguments)


def test_decoding_needs_samples_and_sites():
    with pytest.raises(EncodingError):
        decode(np.zeros(2, np.uint32), clip=1.0, reference_samples=1, total_samples=0)
    with pytest.raises(EncodingError):
        error_bound(summands=256, clip=1.0, reference_samples=1, total_samples=1)
