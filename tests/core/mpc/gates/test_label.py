"""The label alone: the position of the largest logit, the first of equal ones, for any number of classes."""

from itertools import product
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from primia_core.mpc.profile import FAST, PRECISE, PROFILES, Profile
from primia_core.mpc.program.operations import Output
from primia_core.mpc.protocols import STEPS_OF_A_SIGN
from tests.core.mpc.gates.alone import PROTOCOLS, Outcome, alone

PROFILE_PAIR = pytest.mark.parametrize("profile", [FAST, PRECISE], ids=lambda profile: profile.name)


def labelled(profile: Profile, protocol: str, values: Any, **changes: Any) -> Outcome:
    """Return the label of logits whose truncations are these values."""
    half = 1 << (profile.fraction_bits - 1)
    op = Output(source=2, policy="label", shape=(np.shape(values)[1],))
    return alone(op, profile, protocol, sums={2: (np.asarray(values) << profile.fraction_bits) - half}, **changes)


def labels(profile: Profile, protocol: str, values: Any, **changes: Any) -> Any:
    plain = labelled(profile, protocol, values, **changes).plain(profile.wire)
    assert plain.shape == (len(values), 1)
    return plain[:, 0]


@PROFILE_PAIR
@pytest.mark.parametrize("classes", range(2, 10))
@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_label_is_the_position_of_the_largest(protocol: str, classes: int, profile: Profile) -> None:
    """Values are two units apart, so that a truncation, which gives the floor or one more, keeps their order."""
    reach = 1 << (profile.wire_bits - 4)
    values = 2 * np.random.default_rng(classes).integers(-reach, reach, (60, classes))
    values[:classes] = -2 * np.eye(classes, dtype=np.int64) * reach
    values[classes : 2 * classes] = 4 * np.eye(classes, dtype=np.int64) * reach - 2 * reach
    ordered = np.sort(values, axis=1)
    values = values[ordered[:, -1] > ordered[:, -2]]
    assert np.array_equal(labels(profile, protocol, values), np.argmax(values, axis=1))


def tied(values: Any, protocol: str) -> Any:
    """Return labels of sums that are whole multiples of 2**f, whose truncation is exact but once in 2**f times."""
    op = Output(source=2, policy="label", shape=(np.shape(values)[1],))
    outcome = alone(op, FAST, protocol, sums={2: np.asarray(values) << FAST.fraction_bits})
    return outcome.plain(FAST.wire)[:, 0]


@pytest.mark.parametrize("classes", [2, 3, 4, 5, 6])
@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_of_equal_logits_the_first_wins_in_every_pattern_of_ties(protocol: str, classes: int) -> None:
    values = np.array(list(product((-1, 0, 1), repeat=classes)))
    assert np.array_equal(tied(values, protocol), np.argmax(values, axis=1))


@pytest.mark.parametrize("classes", [7, 8, 9])
@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_of_many_equal_logits_the_first_wins(protocol: str, classes: int) -> None:
    values = np.random.default_rng(classes).integers(-1, 2, (200, classes))
    assert np.array_equal(tied(values, protocol), np.argmax(values, axis=1))


@pytest.mark.parametrize("classes", range(2, 10))
@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_label_takes_a_meeting_for_each_halving_of_the_classes(protocol: str, classes: int) -> None:
    outcome = labelled(FAST, protocol, np.arange(classes)[None])
    stages = int(np.ceil(np.log2(classes)))
    assert outcome.tallies[0].rounds == 1 + stages * (STEPS_OF_A_SIGN[protocol] + 1) - 1
    assert sum(count // 2 for count in halvings(classes)) == classes - 1


def halvings(classes: int) -> list[int]:
    counts = []
    while classes > 1:
        counts.append(classes)
        classes -= classes // 2
    return counts


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_shares_of_a_label_say_nothing_alone(protocol: str) -> None:
    """One label, many runs in one batch: each party's shares fill the whole of m bits."""
    outcome = labelled(FAST, protocol, np.tile([[5, 900, -3]], (4096, 1)))
    for share in outcome.values:
        counts = np.bincount(share.reshape(-1) >> 12, minlength=16)
        assert ((counts - 256) ** 2 / 256).sum() < 50  # 15 degrees of freedom
    assert np.all(outcome.plain(FAST.wire) == 1)


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_the_only_class_is_class_0(protocol: str) -> None:
    assert labels(FAST, protocol, [[-7], [7]]).tolist() == [0, 0]


@pytest.mark.parametrize("protocol", PROTOCOLS)
@given(
    rows=st.integers(2, 9).flatmap(
        lambda classes: st.lists(
            st.lists(st.integers(-4000, 4000), min_size=classes, max_size=classes), min_size=1, max_size=9
        )
    ),
    name=st.sampled_from(sorted(PROFILES)),
    seed=st.integers(0, 2**32),
)
@settings(max_examples=25, deadline=None)
def test_label_is_one_of_the_largest_for_any_logits(protocol: str, rows: Any, name: str, seed: int) -> None:
    values = np.array(rows)
    got = labels(PROFILES[name], protocol, values, seed=seed)
    assert np.all(np.take_along_axis(values, got[:, None], 1)[:, 0] >= values.max(axis=1) - 1)
