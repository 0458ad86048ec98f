"""Figures of a classifier from its confusion matrix, whose rows are the truth and whose columns are the predictions.

Everything here follows from counts alone, because counts are all that a secure sum over sites reveals. Knows no images,
models or sites. Counts enter as integers and every figure is computed in the same order everywhere, so that hub and
sites come to the same floats.
"""

from math import sqrt
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from primia_core.evaluation.errors import ConfusionError

Confusion = NDArray[np.int64]
Weights = Literal["none", "linear", "quadratic"]


def confusion_matrix(truth: ArrayLike, predicted: ArrayLike, *, classes: int) -> Confusion:
    """Count the pairs of true and predicted class.

    Args:
        truth: class indices, any shape.
        predicted: class indices, of the same shape.
        classes: number of classes C, >= 2.
    Returns:
        int64 (C, C); entry (i, j) counts the images of class i that were called j.
    Raises:
        ConfusionError: different lengths, or an index outside 0 to C-1.
    """
    t, p = np.asarray(truth, np.int64).ravel(), np.asarray(predicted, np.int64).ravel()
    if t.size != p.size:
        raise ConfusionError(f"{t.size} true classes and {p.size} predictions; they belong in pairs")
    both = np.concatenate([t, p])
    if both.size and not 0 <= both.min() <= both.max() < classes:
        raise ConfusionError(f"class indices run from {both.min()} to {both.max()}, outside 0 to {classes - 1}")
    return np.bincount(t * classes + p, minlength=classes * classes).reshape(classes, classes).astype(np.int64)


def checked(confusion: ArrayLike) -> Confusion:
    """Return a confusion matrix as int64, or raise ``ConfusionError`` where it is none or counts nothing."""
    matrix = np.asarray(confusion)
    if matrix.ndim != 2 or matrix.shape[0] != matrix.shape[1] or len(matrix) < 2:
        raise ConfusionError(f"a confusion matrix is square with 2 classes or more, this has the shape {matrix.shape}")
    if not np.issubdtype(matrix.dtype, np.integer) or matrix.min() < 0:
        raise ConfusionError(f"a confusion matrix holds counts, this holds {matrix.dtype} from {matrix.min()}")
    if not matrix.any():
        raise ConfusionError("the confusion matrix counts 0 images; evaluate at least 1")
    return matrix.astype(np.int64)


def accuracy(confusion: ArrayLike) -> float:
    """Return the share of images whose class was found."""
    matrix = checked(confusion)
    return int(matrix.trace()) / int(matrix.sum())


def sensitivity(confusion: ArrayLike) -> list[float | None]:
    """Return for each class the share of its images that were found; ``None`` for a class without images."""
    matrix = checked(confusion)
    return [_share(hit, seen) for hit, seen in zip(matrix.diagonal(), matrix.sum(1), strict=True)]


def specificity(confusion: ArrayLike) -> list[float | None]:
    """Return for each class the share of other images not called it; ``None`` where there are no others."""
    matrix = checked(confusion)
    others = matrix.sum() - matrix.sum(1)
    called = matrix.sum(0) - matrix.diagonal()
    return [_share(other - wrong, other) for other, wrong in zip(others, called, strict=True)]


def precision(confusion: ArrayLike) -> list[float | None]:
    """Return for each class the share of its predictions that were right; ``None`` where it was never predicted."""
    matrix = checked(confusion)
    return [_share(hit, called) for hit, called in zip(matrix.diagonal(), matrix.sum(0), strict=True)]


def balanced_accuracy(confusion: ArrayLike) -> float:
    """Return the mean sensitivity over the classes that have images."""
    found = [value for value in sensitivity(confusion) if value is not None]
    return sum(found) / len(found)


def negative_predictive_value(confusion: ArrayLike) -> list[float | None]:
    """Return for each class the share of images not called it that are not of it; ``None`` where all were called it."""
    matrix = checked(confusion)
    spared = matrix.sum() - matrix.sum(0)
    missed = matrix.sum(1) - matrix.diagonal()
    return [_share(rest - lost, rest) for rest, lost in zip(spared, missed, strict=True)]


def f1(confusion: ArrayLike) -> list[float]:
    """Return for each class 2 TP / (2 TP + FP + FN), and 0 for a class neither seen nor predicted."""
    matrix = checked(confusion)
    return [
        _share(2 * hit, seen + called) or 0.0
        for hit, seen, called in zip(matrix.diagonal(), matrix.sum(1), matrix.sum(0), strict=True)
    ]


def f1_macro(confusion: ArrayLike) -> float:
    """Return the mean F1 over the classes that are seen or predicted."""
    matrix = checked(confusion)
    occurs = matrix.sum(0) + matrix.sum(1) > 0
    scores = [score for score, there in zip(f1(matrix), occurs, strict=True) if there]
    return sum(scores) / len(scores)


def f1_weighted(confusion: ArrayLike) -> float:
    """Return the mean F1 over the images: each class by how many it has."""
    matrix = checked(confusion)
    return sum(int(n) * score for n, score in zip(matrix.sum(1), f1(matrix), strict=True)) / int(matrix.sum())


def mcc(confusion: ArrayLike) -> float:
    """Return Matthews' correlation coefficient for any number of classes.

    Args:
        confusion: counts (C, C).
    Returns:
        R_K in [-1, 1]: 1 for perfect, 0 for guessing.
    Edge cases: 0, not NaN, where the truth or the predictions are all of one class.
    Source: Gorodkin, "Comparing two K-category assignments by a K-category correlation coefficient", 2004, eq. 8.
    """
    matrix = checked(confusion)
    s, c = int(matrix.sum()), int(matrix.trace())
    t, p = [int(n) for n in matrix.sum(1)], [int(n) for n in matrix.sum(0)]
    spread = (s * s - sum(n * n for n in p)) * (s * s - sum(n * n for n in t))
    return (c * s - sum(a * b for a, b in zip(t, p, strict=True))) / sqrt(spread) if spread else 0.0


def kappa(confusion: ArrayLike, *, weights: Weights = "none") -> float:
    """Return Cohen's kappa, agreement beyond chance: also of two raters, with one on each side.

    Args:
        confusion: counts (C, C); with weights, classes in the order of their severity.
        weights: of a disagreement: all alike, by its distance, or by the square of it.
    Edge cases: where chance alone would agree always (both sides are one and the same class), 1.
    Source: Cohen, "A coefficient of agreement for nominal scales", 1960; "Weighted kappa", 1968.
    """
    matrix = checked(confusion)
    rows, columns = (side.astype(object) for side in (matrix.sum(1), matrix.sum(0)))
    apart = np.abs(np.subtract.outer(np.arange(len(matrix)), np.arange(len(matrix))))
    cost = {"none": (apart > 0).astype(int), "linear": apart, "quadratic": apart * apart}[weights].astype(object)
    by_chance = int((cost * np.outer(rows, columns)).sum())
    seen = int((cost * matrix.astype(object)).sum()) * int(matrix.sum())
    return 1 - seen / by_chance if by_chance else 1.0


def _share(part: int, whole: int) -> float | None:
    return int(part) / int(whole) if whole else None
