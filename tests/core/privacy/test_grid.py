"""Integers fit the ring with their noise, and the noise is sized for the honest sites."""

from math import sqrt

import pytest

from primia_core.privacy import ParameterError, PrivacyPlan
from primia_core.privacy.grid import Grid


def promise(noise: float) -> PrivacyPlan:
    return PrivacyPlan(noise_multiplier=noise, sample_rate=0.1, delta=1e-5)


@pytest.mark.parametrize("noise", [0.5, 1.0, 30.0, 1000.0])
@pytest.mark.parametrize(("sites", "honest"), [(1, 1), (3, 1), (10, 4), (255, 85)])
def test_sums_with_eight_spreads_of_noise_fit_the_ring(noise, sites, honest):
    grid = Grid.of(promise(noise), dimension=11_171_779, sites=sites, honest=honest)
    assert sites * grid.limit + 8 * grid.sigma * sqrt(sites) < 2**31
    assert grid.limit > 0
    assert honest * grid.sigma**2 == pytest.approx((noise * grid.sensitivity) ** 2)
    assert grid.sensitivity == grid.clip_steps + sqrt(11_171_779) / 2


def test_rounding_costs_little_on_a_resnet():
    grid = Grid.of(promise(1.0), dimension=11_171_779, sites=3, honest=1)
    assert grid.sensitivity / grid.clip_steps < 1.002


def test_what_does_not_fit_is_refused():
    with pytest.raises(ParameterError, match="less noise"):
        Grid.of(promise(1000.0), dimension=10**12, sites=255, honest=1)
    with pytest.raises(ParameterError, match="honest"):
        Grid.of(promise(1.0), dimension=10, sites=2, honest=3)
