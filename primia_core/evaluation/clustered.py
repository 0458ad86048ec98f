"""Intervals when several images are of one patient: whole patients are drawn. Knows no images and no models."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from primia_core.evaluation.intervals import DRAWS, check_bootstrap, mcc_of_each, percentiles
from primia_core.evaluation.metrics import checked, confusion_matrix
from primia_core.evaluation.resampling import resampled, tables


@dataclass(frozen=True)
class ClusteredIntervals:
    """Percentile intervals over resamples of patients.

    Attributes:
        patients: how many there are.
    """

    patients: int
    accuracy: tuple[float, float]
    mcc: tuple[float, float]

    @property
    def spans(self) -> dict[str, tuple[float, float]]:
        """Return the intervals by the names of their figures."""
        return {"accuracy": self.accuracy, "mcc": self.mcc}


def clustered_intervals(
    truth: ArrayLike,
    predicted: ArrayLike,
    patients: ArrayLike,
    *,
    classes: int,
    seed: int,
    draws: int = DRAWS,
    level: float = 0.95,
) -> ClusteredIntervals:
    """Return intervals of accuracy and of Matthews' correlation coefficient.

    Args:
        truth, predicted: class indices of n images.
        patients: whose each image is, any n identifiers.
        classes: number of classes C, >= 2.
        seed: of the draws.
        draws: resamples, >= 100.
        level: coverage, between 0 and 1.
    Raises:
        ConfusionError: different lengths, no image, or an index outside 0 to C-1.
        EvaluationError: fewer than two patients, too few draws, a level out of range.
    Source: Field and Welsh, "Bootstrapping clustered data", 2007.
    """
    check_bootstrap(draws, level)
    checked(confusion_matrix(truth, predicted, classes=classes))
    t, p = (np.asarray(indices, np.int64).ravel() for indices in (truth, predicted))
    units = tables(t * classes + p, size=classes * classes, patients=patients)
    drawn = resampled(units, seed=seed, draws=draws).reshape(draws, classes, classes)  # (draw, truth, predicted)
    right = np.einsum("dkk->d", drawn) / drawn.sum((1, 2))
    return ClusteredIntervals(len(units), percentiles(right, level), percentiles(mcc_of_each(drawn), level))
