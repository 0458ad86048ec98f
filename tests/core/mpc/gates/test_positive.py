"""ReLU and lift, each alone: exact where they promise it, and what becomes of values beyond."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from primia_core.mpc.profile import FAST, PRECISE, PROFILES, Profile
from primia_core.mpc.program.operations import Lift, Relu
from tests.core.mpc.gates.alone import PROTOCOLS, alone, uniform


def masks_of(profile: Profile, whole: Any) -> tuple[Any, Any]:
    """Return shares of a mask of the test's choice."""
    first = uniform(np.random.default_rng(2), whole.shape, profile.wire)
    return first, profile.wire.reduce(whole.astype(profile.wire.dtype) - first)


def under_masks(profile: Profile, values: Any, masks: Any) -> dict[str, Any]:
    """Return the arguments that set every value under every mask."""
    t, r = (grid.reshape(1, -1) for grid in np.meshgrid(values, masks, indexing="ij"))
    return {"wires": {0: t}, "masks": {0: masks_of(profile, r)}}


def edges(profile: Profile) -> list[int]:
    """Return values at the edges of the range of a ReLU."""
    quarter, top = 1 << (profile.wire_bits - 2), 1 << (profile.sign_bits - 1)
    return [-quarter, 1 - quarter, -1, 0, 1, top // 2, top - 2, top - 1]


def masks_around_the_edges(profile: Profile) -> Any:
    """Return masks on either side of where anything wraps, and some between."""
    size = 1 << profile.wire_bits
    near = [(size * i // 8 + j) % size for i in range(8) for j in range(-3, 4)]
    signs = [((1 << (profile.sign_bits - 1)) * i + j) % size for i in range(5) for j in range(-3, 4)]
    return np.unique([*near, *signs, *range(0, size, size // 499)])


@pytest.mark.parametrize("profile", [FAST, PRECISE], ids=lambda profile: profile.name)
@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_relu_is_the_positive_part_up_to_the_edges_of_its_range(protocol: str, profile: Profile) -> None:
    values, masks = edges(profile), masks_around_the_edges(profile)
    arguments = under_masks(profile, values, masks)
    outcome = alone(Relu(source=0, shape=arguments["wires"][0].shape[1:]), profile, protocol, **arguments)
    want = np.maximum(arguments["wires"][0], 0)
    assert np.array_equal(outcome.plain(profile.ring), want)


@pytest.mark.parametrize("profile", [FAST, PRECISE], ids=lambda profile: profile.name)
@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_an_unopened_relu_leaves_shares_of_the_positive_part_and_says_no_more_than_its_sign(
    protocol: str, profile: Profile
) -> None:
    arguments = under_masks(profile, edges(profile), masks_around_the_edges(profile))
    shape = arguments["wires"][0].shape[1:]
    opened, left = (
        alone(Relu(source=0, shape=shape, opened=opened), profile, protocol, **arguments) for opened in (True, False)
    )
    assert left.mask is None
    assert np.array_equal(left.plain(profile.ring), np.maximum(arguments["wires"][0], 0))
    assert [tally.rounds for tally in left.tallies] == [tally.rounds - 1 for tally in opened.tallies]


SMALL = Profile("small", ring_bits=32, fraction_bits=16, wire_bits=16, sign_bits=10)
"""A sign from ten of sixteen bits: the mask's low bits say the sign, its upper bits lift."""


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_relu_reads_fewer_sign_bits_than_its_wire_has(protocol: str) -> None:
    values, masks = [-512, -511, -1, 0, 1, 510, 511], masks_around_the_edges(SMALL)
    arguments = under_masks(SMALL, values, masks)
    outcome = alone(Relu(source=0, shape=arguments["wires"][0].shape[1:]), SMALL, protocol, **arguments)
    assert np.array_equal(outcome.plain(SMALL.ring), np.maximum(arguments["wires"][0], 0))


@pytest.mark.parametrize(
    "protocol", ["fss", pytest.param("fss-oneround", marks=pytest.mark.slow), "tables", "tables-fast"]
)
def test_relu_is_the_positive_part_under_every_mask_of_sixteen_bits(protocol: str) -> None:
    arguments = under_masks(FAST, edges(FAST), np.arange(1 << 16))
    outcome = alone(Relu(source=0, shape=arguments["wires"][0].shape[1:]), FAST, protocol, **arguments)
    assert np.array_equal(outcome.plain(FAST.ring), np.maximum(arguments["wires"][0], 0))


@pytest.mark.parametrize("profile", [FAST, PRECISE], ids=lambda profile: profile.name)
@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_relu_takes_a_value_beyond_the_sign_bits_for_a_negative_one(protocol: str, profile: Profile) -> None:
    """Nobody sees it; the answer is wrong under every mask, and still a ring word under a uniform mask."""
    beyond = 1 << (profile.sign_bits - 1)
    arguments = under_masks(profile, [beyond], masks_around_the_edges(profile))
    outcome = alone(Relu(source=0, shape=arguments["wires"][0].shape[1:]), profile, protocol, **arguments)
    assert np.all(outcome.plain(profile.ring) == 0)


@pytest.mark.parametrize("profile", [FAST, PRECISE], ids=lambda profile: profile.name)
@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_relu_takes_a_value_below_the_range_for_a_positive_one(protocol: str, profile: Profile) -> None:
    """Under every mask the sign bits say positive, and what is lifted is below zero, or wraps."""
    below = -(1 << (profile.wire_bits - 2)) - 1
    arguments = under_masks(profile, [below], masks_around_the_edges(profile))
    outcome = alone(Relu(source=0, shape=arguments["wires"][0].shape[1:]), profile, protocol, **arguments)
    wrong = outcome.plain(profile.ring)
    assert set(np.unique(wrong)) <= {below, below + (1 << profile.wire_bits)}
    assert len(np.unique(wrong)) == 2


@pytest.mark.parametrize("profile", [FAST, PRECISE], ids=lambda profile: profile.name)
def test_lift_is_exact_at_its_edges_and_fails_one_beyond(profile: Profile) -> None:
    quarter, size = 1 << (profile.wire_bits - 2), 1 << profile.wire_bits
    op_values = [-quarter - 1, -quarter, -1, 0, 1, quarter, quarter + 1]
    masks = masks_around_the_edges(profile)
    arguments = under_masks(profile, op_values, masks)
    outcome = alone(Lift(source=0, shape=arguments["wires"][0].shape[1:]), profile, "fss", **arguments)
    lifted = outcome.plain(profile.ring).reshape(len(op_values), -1)
    for value, row in zip(op_values[1:-1], lifted[1:-1], strict=True):
        assert np.all(row == value)
    for value, row in ((op_values[0], lifted[0]), (op_values[-1], lifted[-1])):
        off = np.unique(row - value)
        assert off.size > 1, "some mask shows that the range ends here"
        assert np.all(off % size == 0), "it is right modulo 2**m"


def test_lift_is_the_value_under_every_mask_of_sixteen_bits() -> None:
    arguments = under_masks(FAST, [-(1 << 14), -1, 0, 1, 1 << 14], np.arange(1 << 16))
    outcome = alone(Lift(source=0, shape=arguments["wires"][0].shape[1:]), FAST, "fss", **arguments)
    assert np.array_equal(outcome.plain(FAST.ring), arguments["wires"][0])


@pytest.mark.parametrize("protocol", PROTOCOLS)
@given(data=st.data(), name=st.sampled_from(sorted(PROFILES)), seed=st.integers(0, 2**32))
@settings(max_examples=25, deadline=None)
def test_relu_and_lift_hold_for_any_values_masks_and_batches(protocol: str, data: Any, name: str, seed: int) -> None:
    profile = PROFILES[name]
    quarter, top = 1 << (profile.wire_bits - 2), 1 << (profile.sign_bits - 1)
    count = data.draw(st.integers(1, 70))
    batch = data.draw(st.integers(1, 3))
    drawn = data.draw(st.lists(st.integers(-quarter, top - 1), min_size=count, max_size=count))
    values = np.resize(drawn, (batch, count, 1, 1))
    for op, want in (
        (Relu(source=4, shape=(count, 1, 1)), np.maximum(values, 0)),
        (Lift(source=4, shape=(count, 1, 1)), values),
    ):
        outcome = alone(op, profile, protocol, wires={4: values}, seed=seed)
        assert np.array_equal(outcome.plain(profile.ring), want)
