"""From what was counted to every figure of an evaluation document. Counts nothing itself."""

from collections.abc import Sequence
from itertools import combinations
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from primia_core.evaluation.document import (
    ClassEvaluation,
    CohortRef,
    EvaluationDocument,
    ModelRef,
    SiteEvaluation,
    Subgroup,
)
from primia_core.evaluation.errors import ConfusionError
from primia_core.evaluation.intervals import DRAWS, clopper_pearson, mcc_interval, mcc_of_each, percentiles
from primia_core.evaluation.metrics import (
    Confusion,
    balanced_accuracy,
    f1,
    kappa,
    mcc,
    sensitivity,
    specificity,
)
from primia_core.evaluation.report import Figure
from primia_core.evaluation.score_report import THRESHOLDS, Bin
from primia_core.evaluation.tally import Calibration, Tally
from primia_core.evaluation.withholding import withhold

LEAST_REPLICATES = 100
"""With fewer resamples an interval is left out."""
LEVEL = 0.95
SEED = 0

INTERVALS = MappingProxyType(
    {
        "wilson": "Wilson's score interval of a share of images",
        "clopper_pearson": "Clopper and Pearson's exact interval of a share of images",
        "bootstrap": f"percentiles of {DRAWS} resamples of images with replacement",
        "delong": "DeLong's interval of an area under the ROC curve",
        "patient_bootstrap": "percentiles of resamples of whole patients",
    }
)


def document_of(
    tally: Tally,
    *,
    classes: Sequence[str],
    split: str,
    model: ModelRef,
    cohort: CohortRef,
    made: str,
    mean_loss: float | None = None,
    smallest_cell: int | None = None,
    notes: Sequence[str] = (),
) -> EvaluationDocument:
    """Compute every figure.

    Args:
        tally: what was counted.
        classes: C names.
        split, model, cohort, made, mean_loss, notes: passed through.
        smallest_cell: groups of fewer images are not shown.
    Raises:
        ConfusionError: no image, or another number of names.
    """
    matrix = tally.confusion
    if len(classes) != len(matrix):
        raise ConfusionError(f"{len(matrix)} classes have {len(classes)} names: {list(classes)}")
    n, right = int(matrix.sum()), int(matrix.trace())
    low, high = clopper_pearson(right, n)
    areas, reliability = _areas(tally), _reliability(tally.calibration)
    return EvaluationDocument(
        model=model,
        cohort=cohort,
        split=split,
        made=made,
        n=n,
        patients=tally.patients,
        classes=tuple(classes),
        confusion=tuple(tuple(int(cell) for cell in row) for row in matrix),
        accuracy=Figure.proportion(right, n),
        accuracy_clopper_pearson=Figure(value=right / n, low=low, high=high, method="clopper_pearson"),
        accuracy_by_patient=_by_patient(right / n, _shares_right(tally.replicates)),
        balanced_accuracy=balanced_accuracy(matrix),
        mcc=_mcc(matrix),
        mcc_by_patient=_by_patient(mcc(matrix), mcc_of_each(tally.replicates)),
        kappa=kappa(matrix),
        kappa_linear=kappa(matrix, weights="linear"),
        kappa_quadratic=kappa(matrix, weights="quadratic"),
        mean_loss=mean_loss,
        per_class=_per_class(tally, classes),
        auc_ovr_macro=areas["auc_ovr_macro"],
        auc_ovr_weighted=areas["auc_ovr_weighted"],
        auc_ovo_macro=areas["auc_ovo_macro"],
        auc_ovo_weighted=areas["auc_ovo_weighted"],
        auc_hardlabel_ovr_macro=areas["auc_hardlabel_ovr_macro"],
        brier=tally.brier,
        log_loss=tally.log_loss,
        expected_calibration_error=_calibration_error(reliability, n),
        reliability=reliability,
        thresholds=THRESHOLDS,
        subgroups=tuple(_subgroups(tally, smallest_cell or 0)),
        sites=tuple(_site(name, tally.sites[name]) for name in sorted(tally.sites) if tally.sites[name].any()),
        quantised_bins=tally.quantised_bins,
        smallest_cell=smallest_cell,
        intervals=_intervals(tally),
        notes=tuple(notes),
    )


def _intervals(tally: Tally) -> dict[str, str]:
    said = dict(INTERVALS)
    if len(tally.replicates) < LEAST_REPLICATES:
        del said["patient_bootstrap"]
    else:
        said["patient_bootstrap"] = f"percentiles of {len(tally.replicates)} resamples of whole patients"
    return said


def _mcc(matrix: Confusion) -> Figure:
    low, high = mcc_interval(matrix, seed=SEED)
    return Figure(value=mcc(matrix), low=low, high=high, method="bootstrap")


def _by_patient(value: float, of_each: NDArray[np.float64]) -> Figure | None:
    if len(of_each) < LEAST_REPLICATES:
        return None
    low, high = percentiles(of_each, LEVEL)
    return Figure(value=value, low=low, high=high, method="patient_bootstrap")


def _shares_right(confusions: NDArray[np.int64]) -> NDArray[np.float64]:
    drawn = confusions.sum((1, 2))  # a resample of few patients may hold no image; it says nothing
    shares: NDArray[np.float64] = np.einsum("dkk->d", confusions)[drawn > 0] / drawn[drawn > 0]
    return shares


def _per_class(tally: Tally, classes: Sequence[str]) -> tuple[ClassEvaluation, ...]:
    matrix, n = tally.confusion, int(tally.confusion.sum())
    of_class, called, hits = matrix.sum(1), matrix.sum(0), matrix.diagonal()
    spared = n - of_class - called + hits
    scores = _f1_figures(matrix)
    return tuple(
        ClassEvaluation(
            name=name,
            n=int(of_class[k]),
            sensitivity=Figure.proportion(int(hits[k]), int(of_class[k])),
            specificity=Figure.proportion(int(spared[k]), n - int(of_class[k])),
            ppv=Figure.proportion(int(hits[k]), int(called[k])),
            npv=Figure.proportion(int(spared[k]), n - int(called[k])),
            f1=scores[k],
            auc=tally.curves[k].area_with_interval(),
            net_benefit=tally.curves[k].net_benefit(THRESHOLDS),
            net_benefit_of_all=_of_all(int(of_class[k]) / n),
            roc=tally.curves[k].roc(),
        )
        for k, name in enumerate(classes)
    )


def _of_all(share: float) -> tuple[float, ...]:
    return tuple(share - (1 - share) * cut / (1 - cut) for cut in THRESHOLDS)


def _f1_figures(matrix: Confusion) -> list[Figure]:
    """Return F1 of each class; undefined for a class neither seen nor called."""
    n, size = int(matrix.sum()), len(matrix)
    drawn = np.random.default_rng(SEED).multinomial(n, matrix.ravel() / n, size=DRAWS).reshape(DRAWS, size, size)
    hits, occurs = np.einsum("dkk->dk", drawn), drawn.sum(1) + drawn.sum(2)
    of_each = 2 * hits / np.maximum(occurs, 1)
    figures = []
    for k, value in enumerate(f1(matrix)):
        if not matrix[k].any() and not matrix[:, k].any():
            figures.append(Figure.undefined())
            continue
        low, high = percentiles(of_each[:, k], LEVEL)
        figures.append(Figure(value=value, low=low, high=high, method="bootstrap"))
    return figures


def _areas(tally: Tally) -> dict[str, float | None]:
    """Return the areas over all classes, as ``scores.auc`` names and averages them."""
    names = [f"auc_{strategy}_{average}" for strategy in ("ovr", "ovo") for average in ("macro", "weighted")]
    of_class = tally.confusion.sum(1)
    if not of_class.all():
        return dict.fromkeys([*names, "auc_hardlabel_ovr_macro"], None)
    hard = _of_hard_labels(tally.confusion)
    if len(of_class) == 2:
        return {**dict.fromkeys(names, tally.curves[1].area()), "auc_hardlabel_ovr_macro": hard}
    rest = [_known(curve.area()) for curve in tally.curves]
    pairs = list(combinations(range(len(of_class)), 2))
    between = [
        (_known(tally.curves[a].area(against=b)) + _known(tally.curves[b].area(against=a))) / 2 for a, b in pairs
    ]
    together = [int(of_class[a] + of_class[b]) for a, b in pairs]
    return {
        "auc_ovr_macro": _mean(rest, [1] * len(rest)),
        "auc_ovr_weighted": _mean(rest, [int(count) for count in of_class]),
        "auc_ovo_macro": _mean(between, [1] * len(pairs)),
        "auc_ovo_weighted": _mean(between, together),
        "auc_hardlabel_ovr_macro": hard,
    }


def _of_hard_labels(matrix: Confusion) -> float:
    """A label taken as a certainty has one threshold, so each area is the mean of sensitivity and specificity."""
    areas = [(_known(a) + _known(b)) / 2 for a, b in zip(sensitivity(matrix), specificity(matrix), strict=True)]
    return areas[1] if len(areas) == 2 else sum(areas) / len(areas)


def _mean(values: Sequence[float], weights: Sequence[int]) -> float:
    return sum(value * weight for value, weight in zip(values, weights, strict=True)) / sum(weights)


def _known(value: float | None) -> float:
    assert value is not None  # every class has images here, and so every other class has too
    return value


def _reliability(calibration: Calibration) -> tuple[Bin, ...]:
    edges = np.linspace(0, 1, len(calibration.count) + 1)
    found = []
    for k, count in enumerate(calibration.count.tolist()):
        confidence = float(calibration.confidence[k]) / count if count else None
        share = int(calibration.right[k]) / count if count else None
        found.append(
            Bin(low=float(edges[k]), high=float(edges[k + 1]), count=count, confidence=confidence, accuracy=share)
        )
    return tuple(found)


def _calibration_error(bins: Sequence[Bin], n: int) -> float:
    return sum(
        one.count / n * abs(one.confidence - one.accuracy)
        for one in bins
        if one.confidence is not None and one.accuracy is not None
    )


def _subgroups(tally: Tally, smallest: int) -> list[Subgroup]:
    """Hide small groups, and with them so many others that none is what is left of the whole."""
    found = []
    for attribute, groups in tally.groups.items():
        hidden = withhold({group: int(matrix.sum()) for group, matrix in groups.items()}, smallest)
        found += [_subgroup(attribute, group, matrix, hide=group in hidden) for group, matrix in groups.items()]
    return found


def _subgroup(attribute: str, group: str, matrix: Confusion, *, hide: bool) -> Subgroup:
    n = int(matrix.sum())
    if hide or not n:
        return Subgroup(attribute=attribute, group=group, n=None, accuracy=None, mcc=None, suppressed=True)
    right = Figure.proportion(int(matrix.trace()), n)
    return Subgroup(attribute=attribute, group=group, n=n, accuracy=right, mcc=_mcc(matrix), suppressed=False)


def _site(name: str, matrix: Confusion) -> SiteEvaluation:
    rows, hits = matrix.sum(1), matrix.diagonal()
    return SiteEvaluation(
        site=name,
        n=int(matrix.sum()),
        accuracy=Figure.proportion(int(hits.sum()), int(matrix.sum())),
        mcc=_mcc(matrix),
        sensitivity=tuple(Figure.proportion(int(h), int(r)) for h, r in zip(hits, rows, strict=True)),
    )
