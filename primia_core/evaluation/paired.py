"""How surely two classifiers differ that answered for the same images. Knows no images and no models."""

import numpy as np
from numpy.typing import ArrayLike

from primia_core.evaluation.intervals import DRAWS, check_bootstrap, mcc_of_each, percentiles
from primia_core.evaluation.metrics import checked, confusion_matrix
from primia_core.evaluation.resampling import resampled, tables


def mcc_difference_interval(
    truth: ArrayLike,
    first: ArrayLike,
    second: ArrayLike,
    *,
    classes: int,
    seed: int,
    patients: ArrayLike | None = None,
    draws: int = DRAWS,
    level: float = 0.95,
) -> tuple[float, float]:
    """Return a paired bootstrap interval of MCC(first) - MCC(second).

    Args:
        truth, first, second: class indices of the same n images, in the same order.
        classes: number of classes C, >= 2.
        seed: of the draws.
        patients: whose each image is, any n identifiers; ``None`` where every image stands for itself.
        draws: resamples, >= 100.
        level: coverage, between 0 and 1.
    Returns:
        The percentile interval over ``draws`` resamples with replacement, of patients with all of their images where
        ``patients`` are given, else of images. Both classifiers are scored on the same resample, so what is easy or
        hard for both cancels. It speaks of other images or patients, not of another training of the same classifiers.
    Raises:
        ConfusionError: different lengths, no image, or an index outside 0 to C-1.
        EvaluationError: fewer than two images or patients, too few draws, a level out of range.
    Edge cases: equal answers give (0, 0); a resample with one class only scores 0 for both, like ``mcc``; swapping the
        classifiers gives the mirrored interval of the same draws.
    Cost: C**3 counts an image or patient in memory.
    Source: Efron and Tibshirani, "An Introduction to the Bootstrap", 1993, chapters 8 and 13; whole patients as in
        Field and Welsh, "Bootstrapping clustered data", 2007.
    """
    check_bootstrap(draws, level)
    for answers in (first, second):
        checked(confusion_matrix(truth, answers, classes=classes))
    t, a, b = (np.asarray(indices, np.int64).ravel() for indices in (truth, first, second))
    units = tables((t * classes + a) * classes + b, size=classes**3, patients=patients)
    # (draw, truth, first, second)
    joint = resampled(units, seed=seed, draws=draws).reshape(draws, classes, classes, classes)
    return percentiles(mcc_of_each(joint.sum(3)) - mcc_of_each(joint.sum(2)), level)
