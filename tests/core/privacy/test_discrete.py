"""Discrete Gaussian noise: its exact law on small spreads, its moments on large ones, and the slow twin beside it."""

import math
from fractions import Fraction

import numpy as np
import pytest
from scipy.stats import chi2, chisquare, ks_2samp

from primia_core.privacy import ParameterError
from primia_core.privacy.discrete import BLOCKS, Bits, DiscreteGaussian, _alias, _exp, _Table
from primia_core.privacy.discrete_reference import bernoulli_exp, discrete_gaussian

LEAST_P = 1e-6


def seeded(seed: int):
    """Return a deterministic source of bytes and of whole numbers, for tests that must not fail by chance."""
    generator = np.random.default_rng(seed)
    return generator.bytes, lambda n: int(generator.integers(n))


def pmf(sigma: float, reach: int) -> np.ndarray:
    weights = np.array([math.exp(-(z**2) / (2 * sigma**2)) for z in range(-reach, reach + 1)])
    return weights / weights.sum()


def p_value(drawn: np.ndarray, sigma: float) -> float:
    reach = max(1, int(3.5 * sigma))
    inside = pmf(sigma, 12 * max(1, math.ceil(sigma)))
    middle = len(inside) // 2
    wanted = inside[middle - reach : middle + reach + 1]
    counts = np.array([(drawn == z).sum() for z in range(-reach, reach + 1)])
    observed = np.append(counts, len(drawn) - counts.sum())
    expected = len(drawn) * np.append(wanted, 1 - wanted.sum())
    observed, expected = observed[expected > 5], expected[expected > 5]
    return float(chi2.sf(((observed - expected) ** 2 / expected).sum(), len(expected) - 1))


@pytest.mark.parametrize("sigma", [0.4, 1.0, 2.5, 7.3])
def test_small_spreads_have_their_exact_law(sigma):
    drawn = DiscreteGaussian(sigma).sample(200_000, rng=seeded(1)[0])
    assert p_value(drawn, sigma) > LEAST_P
    assert p_value(drawn, sigma * 1.03) < LEAST_P, "the test must be able to fail"


def test_a_spread_that_needs_blocks_has_its_exact_law():
    sigma = 90.0  # blocks of two: offsets and rejection are at work
    table = _Table.of(sigma)
    assert table.shift == 1
    drawn = DiscreteGaussian(sigma).sample(400_000, rng=seeded(2)[0])
    assert p_value(drawn, sigma) > LEAST_P
    even = chisquare([int((drawn % 2 == 0).sum()), int((drawn % 2 != 0).sum())])
    assert even.pvalue > LEAST_P
    whole_blocks_only = np.where(drawn % 2, drawn - 1, drawn)
    assert p_value(whole_blocks_only, sigma) < LEAST_P


@pytest.mark.parametrize("sigma", [64.0, 1000.5, 1.23e6, 2.0**34])
def test_large_spreads_have_their_moments(sigma):
    count = 400_000
    scaled = DiscreteGaussian(sigma).sample(count, rng=seeded(3)[0]) / sigma
    off = 5 / math.sqrt(count)
    assert abs(scaled.mean()) < off
    assert abs(scaled.var() - 1) < off * math.sqrt(2)
    assert abs((scaled**3).mean()) < off * math.sqrt(15)
    assert abs((scaled**4).mean() - 3) < off * math.sqrt(96)
    assert abs(np.corrcoef(scaled[:-1], scaled[1:])[0, 1]) < off


@pytest.mark.parametrize("sigma", [Fraction(3, 2), Fraction(37, 2), Fraction(150)])
def test_twins_agree_in_distribution(sigma):
    below = seeded(4)[1]
    slow = [discrete_gaussian(sigma**2, below) for _ in range(4000)]
    fast = DiscreteGaussian(float(sigma)).sample(200_000, rng=seeded(5)[0])
    assert ks_2samp(slow, fast).pvalue > LEAST_P
    assert ks_2samp(slow, np.round(fast * 1.4)).pvalue < LEAST_P


def test_reference_has_its_exact_law():
    below = seeded(6)[1]
    drawn = np.array([discrete_gaussian(Fraction(9, 4), below) for _ in range(10_000)])
    assert p_value(drawn, 1.5) > LEAST_P


@pytest.mark.parametrize("exponent", [Fraction(0), Fraction(1, 3), Fraction(1), Fraction(5, 2)])
def test_a_coin_of_chance_exp_is_one(exponent):
    below = seeded(7)[1]
    heads = sum(bernoulli_exp(exponent, below) for _ in range(20_000))
    chance = math.exp(-exponent)
    assert abs(heads - 20_000 * chance) <= 5 * math.sqrt(20_000 * chance * (1 - chance))


def test_alias_table_gives_every_block_its_weight_exactly():
    sigma = 40.0
    weights = [_exp(Fraction(-(x**2), 1) / (2 * Fraction(sigma) ** 2)) for x in range(BLOCKS)]
    keep, other = _alias(weights)
    given = [Fraction(0)] * BLOCKS
    for column, (chance, instead) in enumerate(zip(keep, other, strict=True)):
        given[column] += chance / BLOCKS
        given[instead] += (1 - chance) / BLOCKS
    total = sum(weights)
    assert given == [weight / total for weight in weights]


def test_close_comparisons_are_decided_with_more_digits():
    """A uniform number one float64 step below the chance is kept, one step above it is not, whatever follows."""
    table, bits = _Table.of(1000.0), Bits(seeded(8)[0])
    block, offset = 40, 13
    exponent = Fraction(offset * (offset + (block << (table.shift + 1)))) / table.doubled_variance
    chance = float(_exp(-exponent))
    assert table._decide(block, offset, chance - 2.0**-50, bits)
    assert not table._decide(block, offset, chance + 2.0**-50, bits)


def test_exp_is_right_to_fifty_digits():
    one = _exp(Fraction(-1))
    digits = "36787944117144232159552377016146086744581113103176"
    assert str(int(one * 10**50)) == digits


def test_the_same_stream_gives_the_same_numbers_and_another_gives_others():
    one = DiscreteGaussian(1e4).sample(1000, rng=lambda n: bytes(n))
    assert np.array_equal(one, DiscreteGaussian(1e4).sample(1000, rng=lambda n: bytes(n)))
    assert not np.array_equal(DiscreteGaussian(1e4).sample(1000), DiscreteGaussian(1e4).sample(1000))


def test_none_are_drawn_when_none_are_asked_for():
    assert DiscreteGaussian(1.0).sample(0).shape == (0,)


@pytest.mark.parametrize("sigma", [0.0, -1.0, float("nan"), float("inf"), 2.0**41])
def test_a_spread_outside_its_range_is_refused(sigma):
    with pytest.raises(ParameterError, match="sigma is"):
        DiscreteGaussian(sigma)
