"""The figures of one rater's answers by the words of their names, and how each is computed."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from statistics import NormalDist
from typing import Any, Final

import numpy as np
from scipy.special import expit, logit
from sklearn import metrics as sklearn
from statsmodels.stats.proportion import proportion_confint

from primia_core.evaluation import metrics, scores
from primia_core.evaluation.delong import Area, delong
from primia_core.evaluation.errors import VectorsError
from primia_core.evaluation.intervals import clopper_pearson, wilson
from primia_core.evaluation.scores import BINS, Scored
from primia_core.evaluation.vectors.cases import Rated
from primia_core.evaluation.vectors.shape import Interval, Open, PerClass
from primia_core.evaluation.vectors.table import Asked, Compute, Table, table

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


def _soft(r: Rated) -> Scored:
    return r.soft


def _hard(r: Rated) -> Scored:
    return r.hard


def _auc(of: Callable[[Rated], Scored], strategy: scores.Strategy, average: scores.Average) -> Compute[Rated]:
    return lambda r, _: scores.auc(of(r), strategy=strategy, average=average)


def _area(average: scores.Average) -> Compute[Rated]:
    """Return the area of classes against the rest, of probabilities or of scores that only rank."""

    def compute(r: Rated, asked: Asked) -> float | None:
        if r.scored is not None:
            return scores.auc(r.soft, strategy="ovr", average=average)
        areas, counts = _areas(r), np.bincount(r.truth, minlength=len(r.classes))
        if any(area is None for area in areas):
            return None
        if len(areas) == 2:
            return float(areas[1])
        return float(np.average(areas, weights=counts if average == "weighted" else None))

    return compute


def _areas(r: Rated) -> PerClass:
    ranks = r.ranks
    return PerClass(
        float(sklearn.roc_auc_score(here, ranks[:, k])) if 0 < here.sum() < here.size else None
        for k, here in enumerate(r.truth == k for k in range(ranks.shape[1]))
    )


def _micro(read: Callable[[Any, Any], float]) -> Compute[Rated]:
    return lambda r, _: float(read(np.eye(r.ranks.shape[1])[r.truth].ravel(), r.ranks.ravel()))


def _precision(r: Rated, asked: Asked) -> PerClass:
    return PerClass(
        float(sklearn.average_precision_score(here, r.ranks[:, k])) if here.any() else None
        for k, here in enumerate(r.truth == k for k in range(r.ranks.shape[1]))
    )


def _mean_precision(average: str) -> Compute[Rated]:
    def compute(r: Rated, asked: Asked) -> float:
        weights = np.bincount(r.truth, minlength=len(r.classes)) if average == "weighted" else None
        return float(np.average([value or 0.0 for value in _precision(r, asked)], weights=weights))

    return compute


def _delong(read: Callable[[Area], Json]) -> Compute[Rated]:
    return lambda r, _: PerClass(map(read, _delong_areas(r)))


def _delong_areas(r: Rated) -> list[Area]:
    return [delong(r.truth == k, r.ranks[:, k]) for k in range(r.ranks.shape[1])]


def _delong_intervals(r: Rated, asked: Asked) -> Open:
    reach, areas = NormalDist().inv_cdf((1 + asked.level) / 2), _delong_areas(r)
    beyond = (Interval(a.auc - reach * a.variance**0.5, a.auc + reach * a.variance**0.5) for a in areas)
    within = (Interval(*area.interval(level=asked.level)) for area in areas)
    return Open.between("bounds of areas", {"within 0 to 1": PerClass(within), "also beyond": PerClass(beyond)})


def _delong_intervals_of_logits(r: Rated, asked: Asked) -> PerClass:
    reach, found = NormalDist().inv_cdf((1 + asked.level) / 2), PerClass()
    for area in _delong_areas(r):
        wide = reach * area.variance**0.5 / (area.auc * (1 - area.auc))
        found.append(Interval(*map(float, expit(logit(area.auc) + np.array([-wide, wide])))))
    return found


def _sensitivity_where(least_specificity: Callable[[Asked], float]) -> Compute[Rated]:
    """Return the largest sensitivity of a cut that is specific enough."""

    def compute(r: Rated, asked: Asked) -> PerClass:
        found = PerClass()
        for k in range(r.ranks.shape[1]):
            alarms, hits, _ = sklearn.roc_curve(r.truth == k, r.ranks[:, k], drop_intermediate=False)
            found.append(float(hits[1 - alarms >= least_specificity(asked)].max()))
        return found

    return compute


def _stated(asked: Asked, name: str) -> float:
    if name not in asked.numbers:
        raise VectorsError("the name says no number at which; add one, as in sensitivity_at_specificity_0.9")
    return asked.level if name == "level" else asked.number(name, 0.0)


def _brier(r: Rated, asked: Asked) -> float:
    """Return what scikit-learn does: of two classes the square of one probability's error, of more the sum of all."""
    return scores.brier(r.soft) / (2 if r.soft.classes == 2 else 1)


def _brier_of_classes(r: Rated, asked: Asked) -> PerClass:
    return PerClass(map(float, ((r.soft.probabilities - r.soft.one_hot) ** 2).mean(0)))


def _log_loss(r: Rated, asked: Asked) -> float:
    """Return scikit-learn's figure of the rows as they are, rounded or not, at which it would warn."""
    given = r.soft.probabilities[np.arange(r.truth.size), r.truth]
    smallest = np.finfo(np.float64).eps
    return float(-np.log(np.clip(given, smallest, 1 - smallest)).mean())


def _calibration(norm: str) -> Compute[Rated]:
    def compute(r: Rated, asked: Asked) -> float:
        bins = [b for b in scores.reliability(r.soft, bins=int(asked.number("bins", BINS))) if b.count]
        gaps = np.array([abs((b.confidence or 0.0) - (b.accuracy or 0.0)) for b in bins])
        shares = np.array([b.count for b in bins]) / r.truth.size
        if norm == "max":
            return float(gaps.max())
        return float((shares * gaps).sum() if norm == "l1" else (shares * gaps**2).sum() ** 0.5)

    return compute


def _calibration_of_classes(r: Rated, asked: Asked) -> PerClass:
    """Return for each class how far its probability is from how often it is true, over bins (low, high]."""
    bins = int(asked.number("bins", BINS))
    found = PerClass()
    for k, likely in enumerate(r.soft.probabilities.T):
        places = np.clip(np.searchsorted(np.linspace(0, 1, bins + 1), likely, side="left") - 1, 0, bins - 1)
        off = np.bincount(places, weights=likely - (r.truth == k), minlength=bins)
        found.append(float(np.abs(off).sum() / r.truth.size))
    return found


def _reliability(read: Callable[[scores.ReliabilityBin], Json]) -> Compute[Rated]:
    return lambda r, asked: [read(b) for b in scores.reliability(r.soft, bins=int(asked.number("bins", BINS)))]


def _net_benefit(r: Rated, asked: Asked) -> PerClass:
    return PerClass(
        _one_or_all(scores.decision_curve(r.soft, positive=k, thresholds=_thresholds(asked)), asked)
        for k in range(r.soft.classes)
    )


def _net_benefit_of_all(r: Rated, asked: Asked) -> PerClass:
    cuts = _thresholds(asked)
    shares = [(r.truth == k).mean() for k in range(len(r.classes))]
    return PerClass(_one_or_all(share - (1 - share) * cuts / (1 - cuts), asked) for share in shares)


def _thresholds(asked: Asked) -> Any:
    given = asked.numbers.get("threshold")
    if given is None:
        raise VectorsError("no threshold is given; name one, as in net_benefit_0.2, or add `thresholds`")
    return np.atleast_1d(np.asarray(given, np.float64))


def _one_or_all(values: Any, asked: Asked) -> Json:
    return values.tolist() if isinstance(asked.numbers["threshold"], Sequence) else float(values[0])


def _top_k(r: Rated, asked: Asked) -> float:
    k = int(asked.number("k", 2))
    return float(sklearn.top_k_accuracy_score(r.truth, r.ranks, k=k, labels=list(range(r.ranks.shape[1]))))


FIGURES: Final[Table[Rated]] = table(
    {
        "n": lambda r, _: int(r.truth.size),
        "confusion": lambda r, _: r.confusion.tolist(),
        "correct": lambda r, _: int(r.confusion.trace()),
        "errors": lambda r, _: int(r.confusion.sum() - r.confusion.trace()),
        "accuracy": lambda r, _: metrics.accuracy(r.confusion),
        "error": lambda r, _: 1 - metrics.accuracy(r.confusion),
        "balanced": lambda r, _: metrics.balanced_accuracy(r.confusion),
        **{f"accuracy {how} <level>": _accuracy_within(limits) for how, limits in INTERVALS.items()},
        "accuracy ci <level>": _either_interval(_accuracy_within),
        **{
            f"{name} ci [each] <level>": _either_interval(partial(_share_within, read)) for name, read in SHARES.items()
        },
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
        "auc [softmax] [ovr] [macro]": _area("macro"),
        "auc [softmax] [ovr] weighted": _area("weighted"),
        "auc [softmax] [ovr] micro": _micro(sklearn.roc_auc_score),
        "auc [softmax] ovo [macro]": _auc(_soft, "ovo", "macro"),
        "auc [softmax] ovo weighted": _auc(_soft, "ovo", "weighted"),
        "auc [softmax] [ovr] each": lambda r, _: _areas(r),
        "auc hardlabel [ovr] [macro]": _auc(_hard, "ovr", "macro"),
        "auc hardlabel [ovr] weighted": _auc(_hard, "ovr", "weighted"),
        "auc hardlabel ovo [macro]": _auc(_hard, "ovo", "macro"),
        "auc hardlabel ovo weighted": _auc(_hard, "ovo", "weighted"),
        "auc hardlabel [ovr] each": lambda r, _: PerClass(scores.auc_per_class(r.hard)),
        "ap [ovr] [each]": _precision,
        "ap [ovr] macro": _mean_precision("macro"),
        "ap [ovr] weighted": _mean_precision("weighted"),
        "ap [ovr] micro": _micro(sklearn.average_precision_score),
        "delong [auc] [each] [ovr]": _delong(lambda area: area.auc),
        "delong [auc] [each] [ovr] var": _delong(lambda area: area.variance),
        "delong [auc] [each] [ovr] se": _delong(lambda area: area.variance**0.5),
        "delong [auc] [each] [ovr] ci <level>": _delong_intervals,
        "auc [each] [ovr] ci <level>": _delong_intervals,
        "auc [each] [ovr] var": _delong(lambda area: area.variance),
        "auc [each] [ovr] se": _delong(lambda area: area.variance**0.5),
        "[delong] auc [each] [ovr] ci logit <level>": _delong_intervals_of_logits,
        "sensitivity specificity [each] <level>": _sensitivity_where(lambda asked: _stated(asked, "level")),
        "sensitivity fpr [each] <threshold>": _sensitivity_where(lambda asked: 1 - _stated(asked, "threshold")),
        "logloss [multiclass]": _log_loss,
        "brier": _brier,
        "brier sum|multiclass [multiclass]": lambda r, _: scores.brier(r.soft),
        "brier half [multiclass]": lambda r, _: scores.brier(r.soft) / 2,
        "brier each": _brier_of_classes,
        "ece [equalwidth] [l1] [toplabel] [bins] <bins>": _calibration("l1"),
        "ece [equalwidth] l2 [toplabel] [bins] <bins>": _calibration("l2"),
        "ece [equalwidth] [l1] each [bins] <bins>": _calibration_of_classes,
        "mce [equalwidth] [toplabel] [bins] <bins>": _calibration("max"),
        "reliability count|n [bins] <bins>": _reliability(lambda b: b.count),
        "reliability confidence|mean [bins] <bins>": _reliability(lambda b: b.confidence),
        "reliability accuracy [bins] <bins>": _reliability(lambda b: b.accuracy),
        "netbenefit [each] <threshold>": _net_benefit,
        "netbenefit treatall [each] <threshold>": _net_benefit_of_all,
        "netbenefit treatnone <threshold>": lambda r, asked: _one_or_all(0.0 * _thresholds(asked), asked),
        "topk <k>": _top_k,
        "top accuracy <k>": _top_k,
    }
)
"""What one rater's answers say. A figure of each class stands for the positive class alone where a file of two classes
expects one number."""
