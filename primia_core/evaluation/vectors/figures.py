"""The figures that files of expected values name, and how each is computed."""

from collections.abc import Callable, Mapping
from typing import Any, Final

import numpy as np

from primia_core.evaluation import delong, intervals, metrics, pictures, scores
from primia_core.evaluation.mcnemar import McNemar
from primia_core.evaluation.scores import Scored
from primia_core.evaluation.vectors.areas import areas
from primia_core.evaluation.vectors.cases import Rated

Json = Any


def _auc(of: Callable[[Rated], Scored], strategy: scores.Strategy, average: scores.Average) -> Callable[[Rated], Json]:
    return lambda r: scores.auc(of(r), strategy=strategy, average=average)


def _accuracy(interval: Callable[[int, int], tuple[float, float]]) -> Callable[[Rated], Json]:
    return lambda r: interval(int(r.confusion.trace()), int(r.confusion.sum()))


def _soft(r: Rated) -> Scored:
    return r.soft


def _hard(r: Rated) -> Scored:
    return r.hard


def _areas(r: Rated) -> list[delong.Area]:
    return areas(r.soft)


FIGURES: Final[Mapping[str, Callable[[Rated], Json]]] = {
    "n": lambda r: int(r.truth.size),
    "confusion": lambda r: r.confusion,
    "accuracy": lambda r: metrics.accuracy(r.confusion),
    "balanced_accuracy": lambda r: metrics.balanced_accuracy(r.confusion),
    "accuracy_wilson95": _accuracy(intervals.wilson),
    "accuracy_clopper_pearson95": _accuracy(intervals.clopper_pearson),
    "sensitivity": lambda r: metrics.sensitivity(r.confusion),
    "recall": lambda r: metrics.sensitivity(r.confusion),
    "specificity": lambda r: metrics.specificity(r.confusion),
    "ppv": lambda r: metrics.precision(r.confusion),
    "precision": lambda r: metrics.precision(r.confusion),
    "npv": lambda r: metrics.negative_predictive_value(r.confusion),
    "f1": lambda r: metrics.f1(r.confusion),
    "f1_per_class": lambda r: metrics.f1(r.confusion),
    "f1_macro": lambda r: metrics.f1_macro(r.confusion),
    "f1_weighted": lambda r: metrics.f1_weighted(r.confusion),
    "mcc": lambda r: metrics.mcc(r.confusion),
    "kappa": lambda r: metrics.kappa(r.confusion),
    "kappa_vs_truth": lambda r: metrics.kappa(r.confusion),
    "kappa_linear": lambda r: metrics.kappa(r.confusion, weights="linear"),
    "kappa_quadratic": lambda r: metrics.kappa(r.confusion, weights="quadratic"),
    **{
        f"auc_{prefix}{strategy}_{average}": _auc(of, strategy, average)
        for prefix, of in (("", _soft), ("hardlabel_", _hard))
        for strategy in ("ovr", "ovo")
        for average in ("macro", "weighted")
    },
    "auc": lambda r: scores.auc(r.soft, strategy="ovr", average="macro"),
    "roc_auc": lambda r: scores.auc(r.soft, strategy="ovr", average="macro"),
    "auc_hardlabel": lambda r: scores.auc(r.hard, strategy="ovr", average="macro"),
    "auc_per_class_ovr": lambda r: scores.auc_per_class(r.soft),
    "auc_hardlabel_per_class_ovr": lambda r: scores.auc_per_class(r.hard),
    "log_loss": lambda r: scores.log_loss(r.soft),
    "brier_multiclass_sum": lambda r: scores.brier(r.soft),
    "brier": lambda r: scores.brier(r.soft) / 2,
    "ece_15_equalwidth_l1": lambda r: scores.expected_calibration_error(r.soft),
    "delong_auc": lambda r: [area.auc for area in _areas(r)],
    "delong_var": lambda r: [area.variance for area in _areas(r)],
    "delong_variance": lambda r: [area.variance for area in _areas(r)],
    "delong_se": lambda r: [area.variance**0.5 for area in _areas(r)],
    "delong_ci95": lambda r: [area.interval() for area in _areas(r)],
}
"""What one rater's answers say, by the names that files use. Of two classes, figures a class stand for class 1 alone
where a file expects one number."""

MCNEMAR: Final[Mapping[str, Callable[[McNemar], Json]]] = {
    "table": lambda m: m.table,
    "b": lambda m: m.first,
    "c": lambda m: m.second,
    "exact_p": lambda m: m.exact_p,
    "midp": lambda m: m.mid_p,
    "chi2_cc_stat": lambda m: m.chi_squared(corrected=True)[0],
    "chi2_cc_p": lambda m: m.chi_squared(corrected=True)[1],
    "chi2_stat": lambda m: m.chi_squared(corrected=False)[0],
    "chi2_p": lambda m: m.chi_squared(corrected=False)[1],
}

PICTURES: Final[Mapping[str, Callable[[Mapping[str, Json]], Json]]] = {
    "mse": lambda s: pictures.mse(s["image_a"], s["image_b"]),
    "psnr_db": lambda s: pictures.psnr(s["image_a"], s["image_b"]),
    "ssim_skimage_default": lambda s: pictures.ssim(s["image_a"], s["image_b"], gaussian=False),
    "ssim_gaussian": lambda s: pictures.ssim(s["image_a"], s["image_b"]),
    "fid_ddof1": lambda s: pictures.frechet_distance(s["features_a"], s["features_b"]),
    "fid_ddof0": lambda s: pictures.frechet_distance(s["features_a"], s["features_b"], ddof=0),
    "fid_self": lambda s: pictures.frechet_distance(s["features_a"], s["features_a"]),
    "mean_distance_sq": lambda s: float(
        ((np.mean(s["features_a"], axis=0) - np.mean(s["features_b"], axis=0)) ** 2).sum()
    ),
}
Z_UNITS: Final = "mse_in_z_units_mu"
"""Followed by a mean and a standard deviation: ``mse_in_z_units_mu.5_sd.25``."""


def picture_figure(name: str) -> Callable[[Mapping[str, Json]], Json] | None:
    """Return how a figure of two pictures or two sets of features is computed, if it is known."""
    if not name.startswith(Z_UNITS):
        return PICTURES.get(name)
    try:
        scale = float(name.partition("_sd")[2])
    except ValueError:
        return None
    return lambda content: pictures.mse(content["image_a"], content["image_b"], scale=scale)
