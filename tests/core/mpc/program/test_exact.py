"""Convolutions of integers against Python's own integers, up to the ends of 64 bits."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from primia_core.mpc.program.exact import convolve
from primia_core.mpc.program.operations import Convolution

TERM = Convolution(source=0, weight="w", weight_shape=(2, 3, 2, 2))


def by_hand(value, weight):
    """Return the 2x2 convolution of (3, 3, 3) by (2, 3, 2, 2) in Python integers."""
    out = np.zeros((2, 2, 2), object)
    for o, i, j in np.ndindex(2, 2, 2):
        out[o, i, j] = sum(int(value[c, i + a, j + b]) * int(weight[o, c, a, b]) for c, a, b in np.ndindex(3, 2, 2))
    return out


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 40), st.integers(0, 62), st.integers(0, 2**32))
def test_convolutions_are_exact_modulo_two_to_the_64_and_near_beyond(value_bits, weight_bits, seed):
    rng = np.random.default_rng(seed)
    value = rng.integers(-(2**value_bits), 2**value_bits, (3, 3, 3), endpoint=True)
    weight = rng.integers(-(2**weight_bits), 2**weight_bits, (2, 3, 2, 2))
    got = convolve(torch.from_numpy(value)[None], torch.from_numpy(weight), TERM)
    want = by_hand(value, weight)
    words = np.array([((int(v) + 2**63) % 2**64) - 2**63 for v in want.ravel()], np.int64).reshape(want.shape)
    np.testing.assert_array_equal(got.words[0].numpy(), words)
    terms = by_hand(np.abs(value.astype(object)), np.abs(weight.astype(object)))
    off = np.abs(got.near[0].numpy() - want.astype(np.float64))
    assert (off <= terms.astype(np.float64) * 2.0**-48).all()


@pytest.mark.parametrize("bits", [51, 52, 53, 54])
def test_sums_at_the_edge_of_float64_are_exact(bits):
    value = torch.full((1, 3, 3, 3), 2**20 + 1, dtype=torch.int64)
    weight = torch.full((2, 3, 2, 2), 2 ** (bits - 20) // 12 + 1, dtype=torch.int64)
    want = (2**20 + 1) * (2 ** (bits - 20) // 12 + 1) * 12
    assert (convolve(value, weight, TERM).words == want).all()


def test_nothing_times_anything_is_nothing():
    zeros = torch.zeros((1, 3, 3, 3), dtype=torch.int64)
    weight = torch.full((2, 3, 2, 2), 2**61, dtype=torch.int64)
    assert not convolve(zeros, weight, TERM).words.any()
    assert not convolve(torch.full((1, 3, 3, 3), 2**50), torch.zeros_like(weight), TERM).words.any()
    assert convolve(zeros[:0], weight, TERM).words.shape == (0, 2, 2, 2)
