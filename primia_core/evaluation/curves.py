"""Ranking figures from counts at levels of a score: ROC, areas, DeLong's variance, decision curves.

Exact scores have as many levels as there are different ones; sums over sites have the bins that the plan fixed. What
is computed is exact for the levels either way. Knows no images, models or sites.
"""

from dataclasses import dataclass
from math import sqrt
from statistics import NormalDist

import numpy as np
from numpy.typing import ArrayLike, NDArray

from primia_core.evaluation.document import ROC_POINTS, Roc
from primia_core.evaluation.errors import ScoreError
from primia_core.evaluation.report import Figure

Floats = NDArray[np.float64]
Counts = NDArray[np.int64]
LEAST_OF_A_KIND = 2


@dataclass(frozen=True)
class Curve:
    """How one class's score falls on the images of each truth.

    Attributes:
        positive: the class whose score it is.
        levels: ascending (L,); a score counts as the level that it was sorted to.
        counts: (C, L): images of truth t at level l.
    """

    positive: int
    levels: Floats
    counts: Counts

    @classmethod
    def of(cls, truth: Counts, score: Floats, *, positive: int, classes: int) -> "Curve":
        """Count exact scores, a level for each different one."""
        levels, place = np.unique(score, return_inverse=True)
        cells = np.bincount(truth * len(levels) + place.ravel(), minlength=classes * len(levels))
        return cls(positive, levels, cells.reshape(classes, len(levels)).astype(np.int64))

    @property
    def sick(self) -> Counts:
        """Return how many images of the class are at each level."""
        found: Counts = self.counts[self.positive]
        return found

    @property
    def well(self) -> Counts:
        """Return how many other images are at each level."""
        found: Counts = self.counts.sum(0) - self.sick
        return found

    def area(self, *, against: int | None = None) -> float | None:
        """Return the area under the ROC curve, ties counted half: against all others, or against one other class.

        Edge cases: ``None`` where a side has no image.
        """
        well = self.well if against is None else self.counts[against]
        m, n = int(self.sick.sum()), int(well.sum())
        if not m or not n:
            return None
        below = np.cumsum(well) - well
        twice = int((self.sick * (2 * below + well)).sum())  # in integers, so that no order of summing matters
        return twice / (2 * m * n)

    def area_with_interval(self, *, level: float = 0.95) -> Figure:
        """Return the area against all others with DeLong's interval, as ``delong`` does for the same scores."""
        sick, well = self.sick, self.well
        m, n = int(sick.sum()), int(well.sum())
        if min(m, n) < LEAST_OF_A_KIND:
            return Figure.undefined()
        area = self.area()
        assert area is not None
        of_sick = (np.cumsum(well) - 0.5 * well) / n  # share of the well that a case at this level is ranked above
        of_well = 1 - (np.cumsum(sick) - 0.5 * sick) / m
        variance = _variance(of_sick, sick) / m + _variance(of_well, well) / n
        reach = NormalDist().inv_cdf((1 + level) / 2) * sqrt(variance)
        return Figure(value=area, low=max(0.0, area - reach), high=min(1.0, area + reach), method="delong")

    def roc(self, *, points: int = ROC_POINTS) -> Roc | None:
        """Return the curve with at most so many points; thinned evenly along its length, its corners first."""
        m, n = int(self.sick.sum()), int(self.well.sum())
        if not m or not n:
            return None
        used = (self.sick + self.well) > 0
        hits, alarms = (np.concatenate([[0], np.cumsum(side[used][::-1])]) for side in (self.sick, self.well))
        kept = np.flatnonzero(_corners(alarms, hits))
        if len(kept) > points:
            kept = kept[_evenly(hits[kept] / m + alarms[kept] / n, points)]
        return Roc(fpr=tuple((alarms[kept] / n).tolist()), tpr=tuple((hits[kept] / m).tolist()))

    def net_benefit(self, thresholds: ArrayLike) -> tuple[float, ...]:
        """Return TP/n - FP/n * p / (1 - p) of acting on every image whose level is p or more, for each p.

        Source: Vickers and Elkin, "Decision curve analysis", 2006.
        """
        cuts = np.asarray(thresholds, np.float64).ravel()
        if not ((cuts > 0) & (cuts < 1)).all():
            raise ScoreError(f"thresholds run from {cuts.min():g} to {cuts.max():g}; each lies between 0 and 1")
        first = np.searchsorted(self.levels, cuts, side="left")
        n = int(self.counts.sum())
        true, false = (np.concatenate([np.cumsum(side[::-1])[::-1], [0]])[first] for side in (self.sick, self.well))
        benefit: Floats = true / n - false / n * cuts / (1 - cuts)
        return tuple(benefit.tolist())


def _variance(values: Floats, weights: Counts) -> float:
    """Return the sample variance of values that occur so many times."""
    n = int(weights.sum())
    mean = float((values * weights).sum()) / n
    return float((weights * (values - mean) ** 2).sum()) / (n - 1)


def _corners(x: Counts, y: Counts) -> NDArray[np.bool_]:
    """Say which points a line through the others would miss: the ends, and where the direction changes."""
    dx, dy = np.diff(x), np.diff(y)
    turns = dx[:-1] * dy[1:] != dx[1:] * dy[:-1]
    return np.concatenate([[True], turns, [True]])


def _evenly(along: Floats, points: int) -> NDArray[np.int64]:
    wanted = np.linspace(along[0], along[-1], points)
    return np.unique(np.searchsorted(along, wanted).clip(0, len(along) - 1))
