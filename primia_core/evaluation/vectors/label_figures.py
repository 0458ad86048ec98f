"""The figures of one rater's labels, by the words of their names: counts, shares, ratios, agreement."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, Final

import numpy as np
from statsmodels.stats.proportion import proportion_confint

from primia_core.evaluation import metrics
from primia_core.evaluation.intervals import clopper_pearson, wilson
from primia_core.evaluation.vectors.cases import Rated
from primia_core.evaluation.vectors.shape import Interval, Open, PerClass
from primia_core.evaluation.vectors.table import Asked, Compute

Json = Any
Share = tuple[int, int]
"""So many of so many."""


def _cells(r: Rated) -> list[tuple[int, int, int, int]]:
    """Return true and false positives, false and true negatives of each class."""
    counts, total = r.confusion, int(r.confusion.sum())
    cells = []
    for k in range(len(counts)):
        tp, called, there = int(counts[k, k]), int(counts[:, k].sum()), int(counts[k].sum())
        cells.append((tp, called - tp, there - tp, total - called - there + tp))
    return cells


SHARES: Final[Mapping[str, Callable[[int, int, int, int], Share]]] = {
    "sensitivity": lambda tp, fp, fn, tn: (tp, tp + fn),
    "specificity": lambda tp, fp, fn, tn: (tn, tn + fp),
    "ppv": lambda tp, fp, fn, tn: (tp, tp + fp),
    "npv": lambda tp, fp, fn, tn: (tn, tn + fn),
    "fpr": lambda tp, fp, fn, tn: (fp, tn + fp),
    "fnr": lambda tp, fp, fn, tn: (fn, tp + fn),
    "fdr": lambda tp, fp, fn, tn: (fp, tp + fp),
    "falseomission": lambda tp, fp, fn, tn: (fn, tn + fn),
    "jaccard": lambda tp, fp, fn, tn: (tp, tp + fp + fn),
    "prevalence": lambda tp, fp, fn, tn: (tp + fn, tp + fp + fn + tn),
}
"""Shares of a class against all others."""

RATIOS: Final[Mapping[str, Callable[[int, int, int, int], float | None]]] = {
    "tp": lambda tp, fp, fn, tn: tp,
    "fp": lambda tp, fp, fn, tn: fp,
    "fn": lambda tp, fp, fn, tn: fn,
    "tn": lambda tp, fp, fn, tn: tn,
    "support": lambda tp, fp, fn, tn: tp + fn,
    "youden": lambda tp, fp, fn, tn: _less(_share(tp, tp + fn), _share(fp, fp + tn)),
    "markedness": lambda tp, fp, fn, tn: _less(_share(tp, tp + fp), _share(fn, fn + tn)),
    "lrpositive": lambda tp, fp, fn, tn: _share(tp * (tn + fp), fp * (tp + fn)),
    "lrnegative": lambda tp, fp, fn, tn: _share(fn * (tn + fp), tn * (tp + fn)),
    "dor": lambda tp, fp, fn, tn: _share(tp * tn, fp * fn),
    "mcc each": lambda tp, fp, fn, tn: metrics.mcc(np.array([[tn, fp], [fn, tp]])),
    "balanced each": lambda tp, fp, fn, tn: _half_sum(_share(tp, tp + fn), _share(tn, tn + fp)),
    "accuracy each": lambda tp, fp, fn, tn: _share(tp + tn, tp + fp + fn + tn),
}
"""Other figures of a class against all others."""

INTERVALS: Final[Mapping[str, Callable[[int, int, float], tuple[float, float]]]] = {
    "[ci] wilson": lambda hits, of, level: wilson(hits, of, level=level),
    "[ci] clopperpearson [exact]": lambda hits, of, level: clopper_pearson(hits, of, level=level),
    "[ci] exact": lambda hits, of, level: clopper_pearson(hits, of, level=level),
    "[ci] agresticoull": lambda hits, of, level: proportion_confint(hits, of, 1 - level, "agresti_coull"),
    "[ci] jeffreys": lambda hits, of, level: proportion_confint(hits, of, 1 - level, "jeffreys"),
    "[ci] wald": lambda hits, of, level: proportion_confint(hits, of, 1 - level, "normal"),
}
"""Of a share."""


def _share(part: float, whole: float) -> float | None:
    return part / whole if whole else None


def _less(first: float | None, second: float | None) -> float | None:
    return None if first is None or second is None else first - second


def _half_sum(first: float | None, second: float | None) -> float | None:
    return None if first is None or second is None else (first + second) / 2


def _of_classes(read: Callable[[int, int, int, int], Json]) -> Compute[Rated]:
    return lambda r, _: PerClass(read(*cells) for cells in _cells(r))


def _share_of(read: Callable[[int, int, int, int], Share]) -> Compute[Rated]:
    return lambda r, _: PerClass(_share(*read(*cells)) for cells in _cells(r))


def _averaged(read: Callable[[int, int, int, int], Share], average: str) -> Compute[Rated]:
    """Return an average as scikit-learn takes it: over classes that are seen or predicted, 0 where undefined."""

    def compute(r: Rated, _: Asked) -> float:
        cells = [(tp, fp, fn, tn) for tp, fp, fn, tn in _cells(r) if tp + fp + fn]
        if average == "micro":
            hits, of = np.sum([read(*each) for each in cells], axis=0)
            return float(hits / of)
        shares = [_share(*read(*each)) or 0.0 for each in cells]
        weights = [1 if average == "macro" else tp + fn for tp, _, fn, _ in cells]
        return float(np.average(shares, weights=weights))

    return compute


def _f_beta(average: str | None) -> Compute[Rated]:
    def share(r: Rated, asked: Asked) -> Json:
        squared = asked.number("beta", 1.0) ** 2

        def read(tp: int, fp: int, fn: int, tn: int) -> Any:
            return (1 + squared) * tp, (1 + squared) * tp + squared * fn + fp

        if average is not None:
            return _averaged(read, average)(r, asked)
        return PerClass(_share(*read(*cells)) or 0.0 for cells in _cells(r))

    return share


def _interval(limits: Callable[[int, int, float], tuple[float, float]], hits: int, of: int, level: float) -> Json:
    return Interval(*map(float, limits(hits, of, level))) if of else None


def _accuracy_within(limits: Callable[[int, int, float], tuple[float, float]]) -> Compute[Rated]:
    return lambda r, asked: _interval(limits, int(r.confusion.trace()), int(r.confusion.sum()), asked.level)


def _share_within(
    read: Callable[[int, int, int, int], Share], limits: Callable[[int, int, float], tuple[float, float]]
) -> Compute[Rated]:  # fmt: skip
    return lambda r, asked: PerClass(_interval(limits, *read(*cells), asked.level) for cells in _cells(r))


def _either_interval(within: Callable[[Any], Compute[Rated]]) -> Compute[Rated]:
    """Return Wilson's interval or the exact one, where a name does not say which."""
    return lambda r, asked: Open.between(
        "intervals of shares",
        {
            "Wilson": within(INTERVALS["[ci] wilson"])(r, asked),
            "Clopper-Pearson": within(INTERVALS["[ci] clopperpearson [exact]"])(r, asked),
        },
    )


LABELS: Final[Mapping[str, Compute[Rated]]] = {
    "n": lambda r, _: int(r.truth.size),
    "confusion": lambda r, _: r.confusion.tolist(),
    "correct": lambda r, _: int(r.confusion.trace()),
    "errors": lambda r, _: int(r.confusion.sum() - r.confusion.trace()),
    "accuracy": lambda r, _: metrics.accuracy(r.confusion),
    "error": lambda r, _: 1 - metrics.accuracy(r.confusion),
    "balanced": lambda r, _: metrics.balanced_accuracy(r.confusion),
    **{f"accuracy {how} <level>": _accuracy_within(limits) for how, limits in INTERVALS.items()},
    "accuracy ci <level>": _either_interval(_accuracy_within),
    **{f"{name} ci [each] <level>": _either_interval(partial(_share_within, read)) for name, read in SHARES.items()},
    **{f"{name} [each]": _share_of(read) for name, read in SHARES.items()},
    **{f"{name} [each]": _of_classes(read) for name, read in RATIOS.items()},
    **{f"confusion {cell}": _of_classes(RATIOS[cell]) for cell in ("tp", "fp", "fn", "tn")},
    **{
        f"{name} {how} [each] <level>": _share_within(read, limits)
        for name, read in SHARES.items()
        for how, limits in INTERVALS.items()
    },
    **{
        f"{name} {average}": _averaged(read, average)
        for name, read in SHARES.items()
        for average in ("macro", "weighted", "micro")
    },
    "f1 [each]": _f_beta(None),
    "fbeta [each] <beta>": _f_beta(None),
    **{f"f1 {average}": _f_beta(average) for average in ("macro", "weighted", "micro")},
    **{f"fbeta {average} <beta>": _f_beta(average) for average in ("macro", "weighted", "micro")},
    "mcc": lambda r, _: metrics.mcc(r.confusion),
    "kappa [none]": lambda r, _: metrics.kappa(r.confusion),
    "kappa linear": lambda r, _: metrics.kappa(r.confusion, weights="linear"),
    "kappa quadratic": lambda r, _: metrics.kappa(r.confusion, weights="quadratic"),
}
