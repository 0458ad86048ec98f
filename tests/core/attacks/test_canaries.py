"""The lower bound on epsilon: never above what holds, and far enough up to catch noise that is missing."""

from math import log

import numpy as np
import pytest
from scipy import stats

from primia_core.attacks.canaries import canary_audit, epsilon_lower_bound
from primia_core.attacks.errors import CanaryError

DELTA = 1e-5


def gaussian_epsilon(sigma: float) -> float:
    """Return the least epsilon of a Gaussian mechanism of sensitivity 1 at DELTA (Balle and Wang 2018)."""
    low, high = 0.0, 60.0
    while high - low > 1e-6:
        e = (low + high) / 2
        delta = stats.norm.cdf(0.5 / sigma - e * sigma) - np.exp(e) * stats.norm.cdf(-0.5 / sigma - e * sigma)
        low, high = (e, high) if delta > DELTA else (low, e)
    return high


def noisy(sigma: float):
    """Release each canary's presence with Gaussian noise: orthogonal canaries of length 1 in one noisy sum."""
    rng = np.random.default_rng(7)
    return lambda tosses: tosses + sigma * rng.standard_normal(tosses.size)


def test_guesses_no_better_than_chance_refute_nothing() -> None:
    assert epsilon_lower_bound(52, 100, canaries=200, delta=0) == 0.0
    assert epsilon_lower_bound(0, 100, canaries=200, delta=DELTA) == 0.0


def test_without_delta_the_bound_is_that_of_a_proportion() -> None:
    bound = epsilon_lower_bound(95, 100, canaries=100, delta=0)
    low = stats.beta.ppf(0.05, 95, 6)
    assert bound == pytest.approx(log(low / (1 - low)), abs=1e-3)


def test_delta_only_lowers_the_bound() -> None:
    bounds = [epsilon_lower_bound(90, 100, canaries=200, delta=delta) for delta in (0, 1e-6, 1e-4, 1e-3)]
    assert bounds == sorted(bounds, reverse=True)
    assert bounds[0] > bounds[-1]


@pytest.mark.parametrize("sigma", [0.5, 1.0, 2.0])
def test_an_honest_mechanism_is_not_refuted(sigma: float) -> None:
    claimed = gaussian_epsilon(sigma)
    found = canary_audit(noisy(sigma), canaries=2000, delta=DELTA, claimed=claimed)
    assert found.epsilon_at_least <= claimed
    assert not found.refuted


def test_noise_that_is_missing_is_caught() -> None:
    """A site that forgot to divide among the honest, or drew a fifth of the noise, breaks its promise."""
    found = canary_audit(noisy(0.2), canaries=2000, delta=DELTA, claimed=gaussian_epsilon(1.0))
    assert found.refuted
    assert found.epsilon_at_least > gaussian_epsilon(1.0)


@pytest.mark.parametrize(("canaries", "guesses"), [(1, None), (10, 3), (10, 12), (10, 0)])
def test_numbers_that_make_no_audit_are_refused(canaries: int, guesses: int | None) -> None:
    with pytest.raises(CanaryError):
        canary_audit(noisy(1.0), canaries=canaries, guesses=guesses, delta=DELTA)


def test_scores_of_another_shape_are_refused() -> None:
    with pytest.raises(CanaryError, match="one finite number"):
        canary_audit(lambda tosses: np.zeros(3), canaries=10, delta=DELTA)
