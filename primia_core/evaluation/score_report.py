"""What probabilities are worth, with intervals, as one object that prints and serialises; beside ``report``."""

from collections.abc import Sequence
from typing import Final

import numpy as np
from pydantic import BaseModel, ConfigDict

from primia_core.evaluation import scores
from primia_core.evaluation.delong import delong
from primia_core.evaluation.errors import ScoreError
from primia_core.evaluation.report import Figure
from primia_core.evaluation.scores import Scored

THRESHOLDS: Final = tuple(k / 20 for k in range(1, 20))
LEAST_OF_A_KIND: Final = 2


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Bin(_Part):
    """Cases whose largest probability lies in (low, high]."""

    low: float
    high: float
    count: int
    confidence: float | None
    accuracy: float | None


class ClassScores(_Part):
    """One class against the others.

    Attributes:
        auc: with DeLong's interval; undefined where a side has fewer than two images.
        net_benefit: of acting on this class, at each of ``thresholds``.
        net_benefit_of_all: of acting on everybody.
    """

    name: str
    auc: Figure
    net_benefit: tuple[float, ...]
    net_benefit_of_all: tuple[float, ...]


class ScoreReport(_Part):
    """What the probabilities of n images say. Areas are of probabilities, except where a name says hard labels."""

    n: int
    auc_ovr_macro: float | None
    auc_ovr_weighted: float | None
    auc_ovo_macro: float | None
    auc_ovo_weighted: float | None
    auc_hardlabel_ovr_macro: float | None
    log_loss: float
    brier: float
    expected_calibration_error: float
    reliability: tuple[Bin, ...]
    thresholds: tuple[float, ...]
    classes: tuple[ClassScores, ...]


def score_report(scored: Scored, names: Sequence[str]) -> ScoreReport:
    """Compute every figure.

    Raises:
        ScoreError: another number of names than of classes.
    """
    if len(names) != scored.classes:
        raise ScoreError(f"{scored.classes} classes have {len(names)} names: {list(names)}")
    labels = scored.probabilities.argmax(1)
    areas = {
        f"auc_{strategy}_{average}": scores.auc(scored, strategy=strategy, average=average)
        for strategy in ("ovr", "ovo")
        for average in ("macro", "weighted")
    }
    hard = scores.auc(Scored.hard(scored.truth, labels, classes=scored.classes), strategy="ovr", average="macro")
    return ScoreReport(
        n=int(scored.truth.size),
        **areas,
        auc_hardlabel_ovr_macro=hard,
        log_loss=scores.log_loss(scored),
        brier=scores.brier(scored),
        expected_calibration_error=scores.expected_calibration_error(scored),
        reliability=tuple(Bin.model_validate(vars(one)) for one in scores.reliability(scored)),
        thresholds=THRESHOLDS,
        classes=tuple(_class(scored, k, name) for k, name in enumerate(names)),
    )


def _class(scored: Scored, k: int, name: str) -> ClassScores:
    of_class = scored.truth == k
    cuts = np.array(THRESHOLDS)
    share = float(of_class.mean())
    everybody = share - (1 - share) * cuts / (1 - cuts)
    return ClassScores(
        name=name,
        auc=_area(scored, k),
        net_benefit=tuple(scores.decision_curve(scored, positive=k, thresholds=cuts).tolist()),
        net_benefit_of_all=tuple(everybody.tolist()),
    )


def _area(scored: Scored, k: int) -> Figure:
    of_class = scored.truth == k
    if min(of_class.sum(), (~of_class).sum()) < LEAST_OF_A_KIND:
        return Figure(value=None, low=None, high=None)
    area = delong(of_class, scored.probabilities[:, k])
    low, high = area.interval()
    return Figure(value=area.auc, low=low, high=high)
