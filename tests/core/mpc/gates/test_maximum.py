"""The larger of two narrow wires, alone: values, ties, gathers, and the edge of its range."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from primia_core.mpc.profile import FAST, PRECISE, PROFILES, Profile
from primia_core.mpc.program.operations import Gather, Maximum
from tests.core.mpc.gates.alone import PROTOCOLS, alone, uniform

PROFILE_PAIR = pytest.mark.parametrize("profile", [FAST, PRECISE], ids=lambda profile: profile.name)


def larger_of(profile: Profile, protocol: str, left: Any, right: Any, **changes: Any) -> Any:
    op = Maximum(left=0, right=1, shape=np.shape(left)[1:])
    return alone(op, profile, protocol, wires={0: left, 1: right}, **changes).plain(profile.wire)


@PROFILE_PAIR
@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_maximum_is_the_larger_value_up_to_the_edges(protocol: str, profile: Profile) -> None:
    quarter = 1 << (profile.wire_bits - 2)
    edges = [-quarter, 1 - quarter, -2, -1, 0, 1, 2, quarter - 2, quarter - 1]
    left, right = (grid.reshape(1, -1) for grid in np.meshgrid(np.repeat(edges, 20), edges, indexing="ij"))
    assert np.array_equal(larger_of(profile, protocol, left, right), np.maximum(left, right))


@PROFILE_PAIR
@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_maximum_of_the_two_outermost_values_is_wrong_one_beyond(protocol: str, profile: Profile) -> None:
    """2**(m-2) less -2**(m-2) is 2**(m-1), which m bits take for a negative number."""
    quarter = 1 << (profile.wire_bits - 2)
    left, right = np.full((1, 50), quarter), np.full((1, 50), -quarter)
    assert np.all(larger_of(profile, protocol, left, right) == -quarter)
    assert np.all(larger_of(profile, protocol, right, left) == quarter), "the other way round it fits"
    assert np.all(larger_of(profile, protocol, left - 1, right) == quarter - 1)


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_maximum_is_right_under_many_masks(protocol: str) -> None:
    generator = np.random.default_rng(4)
    around = np.concatenate([(1 << 13) * np.arange(8)[:, None] + np.arange(-2, 3)]).reshape(-1) % (1 << 16)
    first, second = (grid.reshape(1, -1) for grid in np.meshgrid(around, around, indexing="ij"))
    left, right = generator.integers(-(1 << 14), 1 << 14, (2, *first.shape))
    right[:, ::3] = left[:, ::3]
    shares = {}
    for position, whole in enumerate((first, second)):
        share = uniform(generator, whole.shape, FAST.wire)
        shares[position] = (share, whole.astype(np.uint16) - share)
    assert np.array_equal(larger_of(FAST, protocol, left, right, masks=shares), np.maximum(left, right))


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_one_wire_may_be_both_operands(protocol: str) -> None:
    values = np.random.default_rng(1).integers(-999, 999, (2, 3, 5, 7))
    op = Maximum(
        left=0, left_gather=Gather(axis=2, indices=(0, 2, 6, 6)),
        right=0, right_gather=Gather(axis=2, indices=(1, 2, 5, 6)), shape=(3, 5, 4),
    )  # fmt: skip
    want = np.maximum(values[..., [0, 2, 6, 6]], values[..., [1, 2, 5, 6]])
    assert np.array_equal(alone(op, FAST, protocol, wires={0: values}).plain(FAST.wire), want)


def test_a_gather_s_axis_does_not_count_the_batch() -> None:
    values = np.random.default_rng(1).integers(-999, 999, (2, 3, 5, 7))
    for axis in range(3):
        other = Gather(axis=axis, indices=(2, 0))
        shape = tuple(2 if position == axis else size for position, size in enumerate((3, 5, 7)))
        op = Maximum(left=0, left_gather=other, right=0, right_gather=Gather(axis=axis, indices=(1, 1)), shape=shape)
        want = np.maximum(np.take(values, [2, 0], axis + 1), np.take(values, [1, 1], axis + 1))
        assert np.array_equal(alone(op, FAST, "tables", wires={0: values}).plain(FAST.wire), want)


@pytest.mark.parametrize("protocol", PROTOCOLS)
@given(data=st.data(), name=st.sampled_from(sorted(PROFILES)), seed=st.integers(0, 2**32))
@settings(max_examples=25, deadline=None)
def test_maximum_holds_for_any_values(protocol: str, data: Any, name: str, seed: int) -> None:
    profile = PROFILES[name]
    quarter = 1 << (profile.wire_bits - 2)
    values = st.integers(-quarter, quarter - 1)
    pairs = data.draw(st.lists(st.tuples(values, values), min_size=1, max_size=70))
    left, right = np.array(pairs).T.reshape(2, 1, -1)
    assert np.array_equal(larger_of(profile, protocol, left, right, seed=seed), np.maximum(left, right))
