"""Intervals: published values, coverage, and the same bootstrap everywhere."""

import numpy as np
import pytest
from scipy.stats import binomtest

from primia_core.evaluation import EvaluationError, accuracy_interval, mcc, mcc_interval, wilson


@pytest.mark.parametrize(
    ("successes", "trials"), [(0, 1), (1, 1), (0, 20), (20, 20), (9, 12), (129, 145), (1, 100_000)]
)
def test_wilson_is_that_of_scipy(successes: int, trials: int) -> None:
    expected = binomtest(successes, trials).proportion_ci(method="wilson")
    assert wilson(successes, trials) == pytest.approx((expected.low, expected.high), abs=1e-12)


@pytest.mark.parametrize(("successes", "trials", "level"), [(2, 1, 0.95), (-1, 4, 0.95), (0, 0, 0.95), (1, 2, 1.0)])
def test_wilson_refuses_what_is_no_proportion(successes: int, trials: int, level: float) -> None:
    with pytest.raises(EvaluationError):
        wilson(successes, trials, level=level)


def test_accuracy_interval_counts_the_diagonal() -> None:
    assert accuracy_interval([[60, 8], [7, 70]]) == wilson(130, 145)


def test_bootstrap_is_fixed_by_its_seed_and_holds_the_figure() -> None:
    confusion = [[60, 5, 3], [4, 38, 1], [2, 1, 31]]
    low, high = mcc_interval(confusion, seed=7)
    assert (low, high) == mcc_interval(confusion, seed=7) != mcc_interval(confusion, seed=8)
    assert low < mcc(confusion) < high


def test_bootstrap_is_that_of_drawing_images() -> None:
    confusion = np.array([[30, 5], [8, 25]])
    truth, predicted = np.repeat([0, 0, 1, 1], confusion.ravel()), np.repeat([0, 1, 0, 1], confusion.ravel())
    rng = np.random.default_rng(1)
    draws = rng.integers(0, len(truth), (2000, len(truth)))
    scores = [np.corrcoef(truth[draw], predicted[draw])[0, 1] for draw in draws]
    expected = np.quantile(scores, [0.025, 0.975])
    assert mcc_interval(confusion, seed=1) == pytest.approx(expected, abs=0.03)


def test_bootstrap_covers_the_truth_about_as_often_as_it_says() -> None:
    rng = np.random.default_rng(3)
    cells = np.array([[0.30, 0.06, 0.04], [0.05, 0.22, 0.03], [0.04, 0.06, 0.20]])
    true = mcc((cells * 10_000).round().astype(np.int64))
    inside = 0
    for seed in range(200):
        low, high = mcc_interval(rng.multinomial(150, cells.ravel()).reshape(3, 3), seed=seed, draws=400)
        inside += low <= true <= high
    assert 0.89 <= inside / 200 <= 0.99


def test_edges_of_the_bootstrap() -> None:
    assert mcc_interval(np.diag([5, 5]), seed=0) == (1.0, 1.0)
    assert mcc_interval([[5, 0], [0, 0]], seed=0) == (0.0, 0.0)
    with pytest.raises(EvaluationError, match="100 or more"):
        mcc_interval([[5, 1], [1, 5]], seed=0, draws=10)
