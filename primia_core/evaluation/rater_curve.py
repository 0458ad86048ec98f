"""The ROC curves of one rater who gives probabilities, class by class, short enough to draw. Knows no pictures."""

from collections.abc import Sequence

import numpy as np
from pydantic import BaseModel, ConfigDict
from sklearn.metrics import roc_curve

from primia_core.evaluation.delong import delong
from primia_core.evaluation.report import Figure
from primia_core.evaluation.scores import Scored

POINTS = 200
LEAST = 2


class RaterCurve(BaseModel):
    """One class against the others.

    Attributes:
        fpr, tpr: from (0, 0) to (1, 1), at most 200 points.
        auc: of all points, with DeLong's interval.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    fpr: tuple[float, ...]
    tpr: tuple[float, ...]
    auc: Figure


def rater_curves(scored: Scored, classes: Sequence[str]) -> tuple[RaterCurve, ...]:
    """Return the curve of every class that has two cases and lacks two: DeLong's variance needs as many."""
    curves = []
    for k, name in enumerate(classes):
        positive, score = scored.truth == k, scored.probabilities[:, k]
        if min(positive.sum(), (~positive).sum()) < LEAST:
            continue
        area = delong(positive, score)
        low, high = area.interval()
        fpr, tpr, _ = roc_curve(positive, score)
        shown = np.unique(np.linspace(0, len(fpr) - 1, POINTS).round().astype(int))
        curves.append(
            RaterCurve(
                name=name,
                fpr=tuple(fpr[shown].tolist()),
                tpr=tuple(tpr[shown].tolist()),
                auc=Figure(value=area.auc, low=low, high=high),
            )
        )
    return tuple(curves)
