"""Truncation, alone: the floor or one more, with the right mean, and never anything else."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from primia_core.mpc import kernels
from primia_core.mpc.profile import FAST, PRECISE, PROFILES, Profile
from primia_core.mpc.program.operations import Truncate
from tests.core.mpc.gates.alone import alone

PROFILE_PAIR = pytest.mark.parametrize("profile", [FAST, PRECISE], ids=lambda profile: profile.name)


def truncated(profile: Profile, sums: Any, seed: int = 1) -> Any:
    op = Truncate(source=3, shape=np.shape(sums)[1:])
    return alone(op, profile, "fss", sums={3: sums}, seed=seed).plain(profile.wire)


def test_every_value_of_a_small_ring_under_every_split_is_the_floor_or_one_more() -> None:
    """The kernel's own arithmetic with f = 16, over every low part of a share; upper parts only add."""
    low = np.arange(1 << 16, dtype=np.uint32)
    mask = np.zeros_like(low, np.uint16)
    for z in (0, 1, 2, (1 << 16) - 1, 1 << 15, -1, -(1 << 15), 5 << 16, (7 << 16) + 12345, -(7 << 16) + 54321):
        rest = np.uint32(z % (1 << 32)) - low
        cut = kernels.truncate_share(0, low, mask, 16, 16) + kernels.truncate_share(1, rest, mask, 16, 16)
        t = cut.view(np.int16).astype(np.int64)
        assert set(np.unique(t - (z >> 16))) <= {0, 1}
        # One more with (z mod 2**16 + 1) of 2**16 splits: the mean is right but for a 2**16th of a unit.
        assert np.count_nonzero(t == (z >> 16) + 1) == z % (1 << 16) + 1


@PROFILE_PAIR
def test_the_mean_of_a_truncation_is_the_quotient(profile: Profile) -> None:
    unit, count = 1 << profile.fraction_bits, 40_000
    for part in (0, 1, unit // 3, unit // 2, unit - 1):
        for whole in (-40, 0, 3):
            t = truncated(profile, np.full((1, count), whole * unit + part))
            assert set(np.unique(t)) <= {whole, whole + 1}
            p = part / unit
            assert abs(t.mean() - (whole + p)) < 5 * np.sqrt(p * (1 - p) / count) + 5 / count


@PROFILE_PAIR
def test_sums_up_to_the_limit_stay_in_the_range_of_relu_and_lift(profile: Profile) -> None:
    limit = profile.sum_limit
    t = truncated(profile, np.repeat([[-limit, limit]], 500, axis=0))
    largest = 1 << min(profile.wire_bits - 2, profile.sign_bits - 1)
    assert t.min() >= -largest
    assert t.max() < largest


@PROFILE_PAIR
def test_sums_beyond_wrap_modulo_the_wire(profile: Profile) -> None:
    unit, m = 1 << profile.fraction_bits, profile.wire_bits
    t = truncated(profile, np.full((1, 99), (unit << (m - 1)) - 1))
    assert set(np.unique(t)) <= {(1 << (m - 1)) - 1, -(1 << (m - 1))}


@given(data=st.data(), name=st.sampled_from(sorted(PROFILES)), seed=st.integers(0, 2**32))
@settings(max_examples=60, deadline=None)
def test_any_sum_gives_the_floor_or_one_more(data: Any, name: str, seed: int) -> None:
    profile = PROFILES[name]
    limit = profile.sum_limit
    sums = np.array(data.draw(st.lists(st.integers(-limit, limit), min_size=1, max_size=80))).reshape(1, -1, 1, 1)
    assert set(np.unique(truncated(profile, sums, seed) - (sums >> profile.fraction_bits))) <= {0, 1}
