"""Epsilon against a published example, the two accountants against each other, and what composition may never do."""

import pytest
from opacus.accountants import RDPAccountant as OpacusAccountant

from primia_core.privacy import ParameterError, PrivacyPlan, UnreachableTarget
from primia_core.privacy.accounting import Steps, epsilon, noise_for, round_of, spent

IMAGES, BATCH, EPOCHS = 1721, 64, 20
PUBLISHED = Steps(1.0, BATCH / IMAGES, EPOCHS * IMAGES // BATCH)
DELTA = 1 / 5163


def test_published_example_has_its_published_figures():
    found = spent([PUBLISHED], DELTA)
    assert found.steps == 537
    assert found.epsilon_rdp == pytest.approx(5.166, abs=5e-4)
    assert found.epsilon_pld == pytest.approx(4.549, abs=5e-4)


def test_renyi_accountants_of_two_libraries_agree_within_half_a_percent():
    theirs = OpacusAccountant()
    theirs.history = [(1.0, PUBLISHED.sample_rate, PUBLISHED.count)]
    opacus = theirs.get_epsilon(DELTA)
    assert opacus == pytest.approx(5.163, abs=5e-4)
    assert spent([PUBLISHED], DELTA).epsilon_rdp == pytest.approx(opacus, rel=0.005)


@pytest.mark.parametrize("steps", [PUBLISHED, Steps(0.6, 0.01, 100), Steps(2.0, 0.2, 50), Steps(4.0, 1.0, 3)])
def test_loss_distributions_are_never_looser_than_renyi(steps):
    found = spent([steps], 1e-5)
    assert 0 < found.epsilon_pld <= found.epsilon_rdp


def test_composition_counts_the_same_steps_once_however_they_are_cut():
    half = Steps(1.0, 0.02, 50)
    assert epsilon([half, half], 1e-5) == epsilon([Steps(1.0, 0.02, 100)], 1e-5)
    mixed = epsilon([half, Steps(0.8, 0.05, 10)], 1e-5)
    assert max(epsilon([half], 1e-5), epsilon([Steps(0.8, 0.05, 10)], 1e-5)) < mixed


def test_nothing_costs_nothing_and_more_noise_costs_less():
    assert epsilon([], 1e-5) == epsilon([Steps(1.0, 0.1, 0)], 1e-5) == 0
    assert epsilon([Steps(2.0, 0.1, 10)], 1e-5) < epsilon([Steps(1.0, 0.1, 10)], 1e-5)


def test_noise_for_a_target_reaches_it_and_hardly_more():
    noise = noise_for(3.0, sample_rate=0.05, steps=200, delta=1e-5)
    assert 2.98 < epsilon([Steps(noise, 0.05, 200)], 1e-5) <= 3.0


def test_noise_for_a_target_keeps_it_as_people_copy_it():
    """It has four digits already, rounded up: none are lost between the screen and the form."""
    for target in (0.7, 2.0, 9.0):
        noise = noise_for(target, sample_rate=0.1, steps=30, delta=1e-5)
        assert noise == float(f"{noise:.4g}")
        assert epsilon([Steps(noise, 0.1, 30)], 1e-5) <= target


def test_noise_for_refuses_what_no_noise_reaches():
    with pytest.raises(UnreachableTarget, match="fewer steps"):
        noise_for(1e-3, sample_rate=1.0, steps=10_000, delta=1e-9)


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda: Steps(0.0, 0.1, 1), "noise_multiplier is 0.0"),
        (lambda: Steps(float("nan"), 0.1, 1), "noise_multiplier is nan"),
        (lambda: Steps(1.0, 1.1, 1), "sample_rate is 1.1"),
        (lambda: Steps(1.0, 0.1, -1), "is -1"),
        (lambda: epsilon([PUBLISHED], 0.0), "delta is 0.0"),
        (lambda: noise_for(-1.0, sample_rate=0.1, steps=1, delta=1e-5), "-1.0"),
    ],
)
def test_parameters_outside_their_range_are_refused_with_the_value(call, says):
    with pytest.raises(ParameterError, match=says):
        call()


def test_a_local_round_releases_every_step_and_a_distributed_one_its_sum():
    local = PrivacyPlan(noise_multiplier=1.1, sample_rate=0.1, delta=1e-5)
    assert round_of(local, local_steps=8) == Steps(1.1, 0.1, 8)
    assert round_of(local.model_copy(update={"mode": "distributed"}), local_steps=1).count == 1


def test_a_plan_with_a_delta_that_protects_nobody_is_refused():
    with pytest.raises(ValueError, match="protects nobody"):
        PrivacyPlan(noise_multiplier=1.0, sample_rate=0.1, delta=0.05)
