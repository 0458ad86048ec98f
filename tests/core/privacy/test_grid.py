"""Integers fit the ring with their noise, and the noise is sized for the honest sites."""

from math import sqrt

import pytest

from primia_core.privacy import ParameterError, PrivacyPlan
from primia_core.privacy.grid import Grid
from primia_core.secagg.session import Q


def promise(noise: float) -> PrivacyPlan:
    return PrivacyPlan(noise_multiplier=noise, sample_rate=0.1, delta=1e-5)


@pytest.mark.parametrize("noise", [0.5, 1.0, 30.0])
@pytest.mark.parametrize("honest", [1, 4, 85])
def test_a_sites_sum_with_eight_spreads_of_noise_fits_a_word(noise, honest):
    grid = Grid.of(promise(noise), dimension=11_171_779, honest=honest, word=Q)
    assert grid.limit is not None
    assert Q / 2 <= grid.limit <= Q - 8 * grid.sigma
    assert honest * grid.sigma**2 == pytest.approx((noise * grid.sensitivity) ** 2)
    assert grid.sensitivity == grid.clip_steps + sqrt(11_171_779) / 2


def test_rounding_costs_little_on_a_resnet():
    assert Grid.of(promise(1.0), dimension=11_171_779).sensitivity < 1.002 * 2**20
    shared = Grid.of(promise(1.0), dimension=11_171_779, honest=1, word=Q)
    assert shared.sensitivity / shared.clip_steps < 1.01


def test_what_does_not_fit_is_refused():
    with pytest.raises(ParameterError, match="less noise"):
        Grid.of(promise(1000.0), dimension=11_171_779, word=Q)
    with pytest.raises(ParameterError, match="honest"):
        Grid.of(promise(1.0), dimension=10, honest=0)
