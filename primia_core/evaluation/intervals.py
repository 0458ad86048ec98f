"""How sure a figure is: intervals from counts alone. Knows no images and no models."""

from math import sqrt
from statistics import NormalDist

import numpy as np
from numpy.typing import ArrayLike, NDArray

from primia_core.evaluation.errors import EvaluationError
from primia_core.evaluation.metrics import checked

DRAWS = 2000


def wilson(successes: int, trials: int, *, level: float = 0.95) -> tuple[float, float]:
    """Return Wilson's score interval of a proportion.

    Args:
        successes: 0 to ``trials``.
        trials: >= 1.
        level: coverage, between 0 and 1.
    Returns:
        (low, high) within [0, 1].
    Raises:
        EvaluationError: counts or a level out of range.
    Source: Wilson, "Probable inference, the law of succession, and statistical inference", 1927; no continuity term.
    """
    _check(successes, trials, level)
    z = NormalDist().inv_cdf((1 + level) / 2)
    share = successes / trials
    centre = share + z * z / (2 * trials)
    spread = z * sqrt(share * (1 - share) / trials + z * z / (4 * trials * trials))
    scale = 1 + z * z / trials
    low, high = (centre - spread) / scale, (centre + spread) / scale
    return (0.0 if successes == 0 else max(0.0, low)), (1.0 if successes == trials else min(1.0, high))


def clopper_pearson(successes: int, trials: int, *, level: float = 0.95) -> tuple[float, float]:
    """Return the exact interval of a proportion, which is never too short and often too long.

    Args, Returns, Raises: as ``wilson``.
    Source: Clopper and Pearson, "The use of confidence or fiducial limits", 1934, by quantiles of beta distributions.
    """
    from scipy.special import betaincinv  # here, so that whoever counts does not wait for it

    _check(successes, trials, level)
    tail = (1 - level) / 2
    low = float(betaincinv(successes, trials - successes + 1, tail)) if successes else 0.0
    high = float(betaincinv(successes + 1, trials - successes, 1 - tail)) if successes < trials else 1.0
    return low, high


def accuracy_interval(confusion: ArrayLike, *, level: float = 0.95) -> tuple[float, float]:
    """Return Wilson's interval of the accuracy."""
    matrix = checked(confusion)
    return wilson(int(matrix.trace()), int(matrix.sum()), level=level)


def mcc_interval(confusion: ArrayLike, *, seed: int, draws: int = DRAWS, level: float = 0.95) -> tuple[float, float]:
    """Return a bootstrap interval of Matthews' correlation coefficient.

    Args:
        confusion: counts (C, C).
        seed: of the draws, so that hub and sites report the same interval.
        draws: resamples, >= 100.
        level: coverage, between 0 and 1.
    Returns:
        The percentile interval over ``draws`` multinomial resamples of the matrix, the same as drawing the images with
        replacement.
    Edge cases: a perfect matrix gives (1, 1); a resample with one class only counts as 0, like ``mcc``.
    Source: Efron and Tibshirani, "An Introduction to the Bootstrap", 1993, chapter 13.
    """
    check_bootstrap(draws, level)
    matrix = checked(confusion)
    n, size = int(matrix.sum()), len(matrix)
    resampled = np.random.default_rng(seed).multinomial(n, matrix.ravel() / n, size=draws)
    return percentiles(mcc_of_each(resampled.reshape(draws, size, size)), level)


def check_bootstrap(draws: int, level: float) -> None:
    """Raise ``EvaluationError`` where so many draws give no interval of this level."""
    _check_level(level)
    if draws < 100:
        raise EvaluationError(f"{draws} draws make no interval; take 100 or more")


def mcc_of_each(confusions: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return Matthews' correlation coefficient of each matrix in a stack (draw, truth, predicted), as ``mcc`` does."""
    cells = confusions.astype(np.float64)  # (draw, truth, predicted)
    # Sums of counts are exact below 2**53 whatever their order, so every machine gets the same interval.
    t, p, c = cells.sum(2), cells.sum(1), np.einsum("dkk->d", cells)
    n = t.sum(1)
    spread = (n * n - (p * p).sum(1)) * (n * n - (t * t).sum(1))
    return np.where(spread > 0, (c * n - (t * p).sum(1)) / np.sqrt(np.where(spread > 0, spread, 1.0)), 0.0)


def percentiles(scores: NDArray[np.float64], level: float) -> tuple[float, float]:
    """Return the bounds that leave out the same share of the scores below and above."""
    low, high = np.quantile(scores, [(1 - level) / 2, (1 + level) / 2])
    return float(low), float(high)


def _check(successes: int, trials: int, level: float) -> None:
    _check_level(level)
    if not 0 <= successes <= trials or trials < 1:
        raise EvaluationError(f"{successes} of {trials} is no proportion; need 0 <= successes <= trials, trials >= 1")


def _check_level(level: float) -> None:
    if not 0 < level < 1:
        raise EvaluationError(f"a level of {level} is no coverage; give one between 0 and 1, e.g. 0.95")
