import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from primia_core.mpc import kernels
from tests.core.mpc.kernels.arrays import FIXED, Draw, all_pairs


def evaluate_both(threshold, x, bits, payload, draw):
    roots = draw.roots(len(x))
    key = kernels.dcf_generate(threshold, payload, bits, *roots, FIXED)
    assert key.nbytes == kernels.dcf_key_bytes(len(x), bits, payload.dtype, payload.shape[1])
    kind, w = payload.dtype, payload.shape[1]
    return sum(kernels.dcf_evaluate(party, x, bits, roots[party], key, FIXED, kind, w) for party in (0, 1))


@pytest.mark.parametrize("ring", [np.uint32, np.uint64])
@pytest.mark.parametrize("bits", [1, 2, 6, 7])
def test_shares_sum_to_the_payload_below_the_threshold_for_every_pair(level, bits, ring):
    threshold, x = all_pairs(bits)
    draw = Draw(bits)
    payload = draw.words((len(x), 3), ring)
    got = evaluate_both(threshold, x, bits, payload, draw)
    np.testing.assert_array_equal(got, payload * (x < threshold)[:, None])


@settings(max_examples=20, deadline=None)
@given(
    threshold=st.lists(st.integers(0, (1 << 23) - 1), min_size=1, max_size=20),
    step=st.integers(-2, 2),
    w=st.integers(1, 8),
)
def test_neighbours_of_the_threshold_are_told_apart(threshold, step, w):
    alpha = np.array(threshold, np.uint32)
    x = np.clip(alpha.astype(np.int64) + step, 0, (1 << 23) - 1).astype(np.uint32)
    payload = Draw(w).words((len(alpha), w), np.uint64)
    got = evaluate_both(alpha, x, 23, payload, Draw(9))
    np.testing.assert_array_equal(got, payload * (x < alpha)[:, None])
