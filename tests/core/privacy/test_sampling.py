"""Poisson samples are coins, one for each unit; patients are drawn whole."""

import numpy as np
import pytest
from scipy.stats import binomtest

from primia_core.privacy import ParameterError
from primia_core.privacy.sampling import PoissonSampler, units_of


def test_every_unit_is_drawn_at_the_rate_and_independently():
    rng = np.random.default_rng(0).bytes
    sampler = PoissonSampler(400, 0.1, rng=rng)
    drawn = np.zeros((500, 400), bool)
    for row in drawn:
        row[sampler.draw()] = True
    assert binomtest(int(drawn.sum()), drawn.size, 0.1).pvalue > 1e-6
    sizes = drawn.sum(1)
    assert sizes.var() == pytest.approx(400 * 0.1 * 0.9, rel=0.25), "a fixed batch size would have none"


def test_rate_one_draws_everybody_and_nobody_is_drawn_of_nobody():
    assert list(PoissonSampler(3, 1.0).draw()) == [0, 1, 2]
    assert PoissonSampler(0, 0.5).draw().size == 0


def test_a_rate_outside_its_range_is_refused():
    with pytest.raises(ParameterError, match="sample_rate is 0"):
        PoissonSampler(3, 0.0)


def test_units_are_images_or_whole_patients():
    patients = ["b", "a", "b", "c"]
    assert [list(unit) for unit in units_of(patients, "image")] == [[0], [1], [2], [3]]
    assert [list(unit) for unit in units_of(patients, "patient")] == [[0, 2], [1], [3]]
