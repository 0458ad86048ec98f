"""The figures of one rater's scores, by the words of their names: ranking, calibration, decisions."""

from collections.abc import Callable, Mapping, Sequence
from statistics import NormalDist
from typing import Any, Final

import numpy as np
from scipy.special import expit, logit
from sklearn import metrics as sklearn

from primia_core.evaluation import scores
from primia_core.evaluation.delong import Area, delong
from primia_core.evaluation.errors import VectorsError
from primia_core.evaluation.scores import BINS, Scored
from primia_core.evaluation.vectors.cases import Rated
from primia_core.evaluation.vectors.shape import Interval, Open, PerClass
from primia_core.evaluation.vectors.table import Asked, Compute

Json = Any
Share = tuple[int, int]
"""So many of so many."""


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


SCORES: Final[Mapping[str, Compute[Rated]]] = {
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
