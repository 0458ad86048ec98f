"""Resampling with replacement, of images or of patients with all of their images, by counts. Knows no figures."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from primia_core.evaluation.errors import EvaluationError

Counts = NDArray[np.int64]


def tables(cells: ArrayLike, *, size: int, patients: ArrayLike | None) -> Counts:
    """Return what is drawn, a row each: how many images of a unit fall into each cell.

    Args:
        cells: of n images, each 0 to ``size`` - 1.
        patients: whose each image is, any n identifiers; ``None`` where every image stands for itself.
    Raises:
        EvaluationError: another number of patients, or fewer than two units, which make no interval.
    """
    placed = np.asarray(cells, np.int64).ravel()
    units = np.arange(placed.size) if patients is None else np.unique(np.asarray(patients), return_inverse=True)[1]
    if units.size != placed.size:
        raise EvaluationError(f"{placed.size} images have {units.size} patients; name one for each image")
    counts = np.zeros((int(units.max(initial=-1)) + 1, size), np.int64)
    np.add.at(counts, (units.ravel(), placed), 1)
    if len(counts) < 2:
        raise EvaluationError(f"{len(counts)} image or patient makes no interval; test 2 or more")
    return counts


def resampled(units: Counts, *, seed: int, draws: int) -> Counts:
    """Return the cells of each resample, (draws, size).

    Equal units are interchangeable, so it is enough to draw how many of each kind. Kinds are taken in the order in
    which they appear, since a sorted one would change with the order of classes or raters.
    """
    kinds, seen, counts = np.unique(units, axis=0, return_index=True, return_counts=True)
    order = np.argsort(seen)
    drawn = np.random.default_rng(seed).multinomial(len(units), counts[order] / len(units), size=draws)
    total: Counts = drawn @ kinds[order]
    return total
