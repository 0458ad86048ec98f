"""How sure an area under the ROC curve is, and whether two of the same cases differ: DeLong's method.

No library that this project may ship has it. Knows no images and no models.
"""

from dataclasses import dataclass
from math import sqrt
from statistics import NormalDist

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.stats import rankdata

from primia_core.evaluation.errors import ScoreError

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Area:
    """An area with its variance.

    Attributes:
        placements: of positives and of negatives: for each case the share of the other side that it is ranked well of.
    """

    auc: float
    variance: float
    placements: tuple[Floats, Floats]

    def interval(self, *, level: float = 0.95) -> tuple[float, float]:
        """Return auc +- z * sqrt(variance), within [0, 1]."""
        if not 0 < level < 1:
            raise ScoreError(f"a level of {level} is no coverage; give one between 0 and 1, e.g. 0.95")
        reach = NormalDist().inv_cdf((1 + level) / 2) * sqrt(self.variance)
        return max(0.0, self.auc - reach), min(1.0, self.auc + reach)


@dataclass(frozen=True)
class Comparison:
    """Two areas on the same cases; z and p are ``None`` where nothing varies."""

    difference: float
    variance: float
    z: float | None
    p: float | None


def delong(positive: ArrayLike, score: ArrayLike) -> Area:
    """Return the area under the ROC curve with DeLong's variance.

    Args:
        positive: truth of n cases, as booleans; both kinds occur, two cases of each at least.
        score: n numbers, larger for what is thought positive; ties count half.
    Raises:
        ScoreError: other lengths, not finite, or too few cases of a kind.
    Cost: O(n log n), by mid-ranks.
    Source: DeLong, DeLong, Clarke-Pearson, Biometrics 1988; ranks as in Sun and Xu, IEEE Signal Proc. Letters 2014.
    """
    truth, values = np.asarray(positive, bool).ravel(), np.asarray(score, np.float64).ravel()
    if truth.size != values.size or not np.isfinite(values).all():
        raise ScoreError(f"{truth.size} cases and {values.size} finite scores; give one score a case")
    sick, well = values[truth], values[~truth]
    m, n = sick.size, well.size
    if min(m, n) < 2:
        raise ScoreError(f"{m} positive and {n} negative cases; DeLong's variance needs 2 of each")
    ranks = rankdata(np.concatenate([sick, well]))
    of_sick = (ranks[:m] - rankdata(sick)) / n
    of_well = 1 - (ranks[m:] - rankdata(well)) / m
    variance = of_sick.var(ddof=1) / m + of_well.var(ddof=1) / n
    return Area(float(of_sick.mean()), float(variance), (of_sick, of_well))


def delong_test(first: Area, second: Area) -> Comparison:
    """Compare two areas of the same cases, in the same order.

    Raises:
        ScoreError: they are of other cases.
    """
    pairs = list(zip(first.placements, second.placements, strict=True))
    if any(a.size != b.size for a, b in pairs):
        raise ScoreError("the two areas are of different cases; score both on the same ones, in the same order")
    shared = sum(float(np.cov(a, b, ddof=1)[0, 1]) / a.size for a, b in pairs)
    variance = first.variance + second.variance - 2 * shared
    difference = first.auc - second.auc
    if variance <= np.finfo(float).eps:
        return Comparison(difference, max(variance, 0.0), None, None)
    z = difference / sqrt(variance)
    return Comparison(difference, variance, z, 2 * NormalDist().cdf(-abs(z)))
