"""What was counted of a model's answers: all that a document is computed from, whether counted here or in a sum.

``of`` counts exact answers on one machine; ``sums`` counts what sites may add up. Knows no intervals and no figures.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import ArrayLike, NDArray

from primia_core.evaluation import scores
from primia_core.evaluation.curves import Curve
from primia_core.evaluation.metrics import Confusion, confusion_matrix
from primia_core.evaluation.resampling import resampled, tables
from primia_core.evaluation.scores import BINS, Scored

REPLICATES = 2000
LEAST_PATIENTS = 2
"""With fewer patients there is nothing to draw."""

Groups = Mapping[str, Mapping[str, Confusion]]


@dataclass(frozen=True)
class Calibration:
    """The likeliest label of each image by its probability, in bins (low, high] of equal width.

    Attributes:
        count, right: images in each bin, and those whose likeliest label is the truth.
        confidence: sum of their largest probabilities.
    """

    count: NDArray[np.int64]
    right: NDArray[np.int64]
    confidence: NDArray[np.float64]


@dataclass(frozen=True)
class Tally:
    """Counts and sums over n images.

    Attributes:
        confusion: (C, C), rows the truth.
        curves: one for each class.
        brier, log_loss: means.
        patients: how many there are; ``None`` where nobody counted them.
        replicates: (B, C, C), confusion matrices of resamples of whole patients; B may be 0.
        groups: confusion matrices by attribute and group; ``sites`` by site.
        quantised_bins: of the scores behind ``curves``; ``None``: exact.
    """

    confusion: Confusion
    curves: tuple[Curve, ...]
    calibration: Calibration
    brier: float
    log_loss: float
    patients: int | None
    replicates: NDArray[np.int64]
    groups: Groups = field(default_factory=dict)
    sites: Mapping[str, Confusion] = field(default_factory=dict)
    quantised_bins: int | None = None

    @classmethod
    def of(
        cls,
        scored: Scored,
        *,
        patients: Sequence[str] | None = None,
        groups: Mapping[str, Sequence[str]] | None = None,
        replicates: int = REPLICATES,
        seed: int = 0,
    ) -> "Tally":
        """Count exact answers.

        Args:
            scored: truth and probabilities of n images.
            patients: whose each image is; without them no resamples are drawn.
            groups: for each attribute, the group of each image.
            replicates: resamples of patients.
            seed: of the resamples.
        """
        size, truth = scored.classes, scored.truth
        labels = scored.probabilities.argmax(1)
        return cls(
            confusion=confusion_matrix(truth, labels, classes=size),
            curves=tuple(Curve.of(truth, scored.probabilities[:, k], positive=k, classes=size) for k in range(size)),
            calibration=_calibration(scored),
            brier=scores.brier(scored),
            log_loss=scores.log_loss(scored),
            patients=len(set(patients)) if patients is not None else None,
            replicates=_drawn(truth * size + labels, patients, size=size, replicates=replicates, seed=seed),
            groups={name: by_group(truth, labels, of, classes=size) for name, of in (groups or {}).items()},
        )


def by_group(
    truth: NDArray[np.int64], labels: NDArray[np.int64], groups: Sequence[str], *, classes: int
) -> dict[str, Confusion]:
    """Return a confusion matrix for each group that occurs, in alphabetical order."""
    of = np.asarray(groups)
    return {
        str(name): confusion_matrix(truth[of == name], labels[of == name], classes=classes) for name in np.unique(of)
    }


def reliability_bins(confidence: ArrayLike, *, bins: int = BINS) -> NDArray[np.int64]:
    """Return the bin (low, high] of each largest probability, as ``scores.reliability`` sorts them."""
    place = np.searchsorted(np.linspace(0, 1, bins + 1), np.asarray(confidence, np.float64), side="left") - 1
    return np.clip(place, 0, bins - 1).astype(np.int64)


def _calibration(scored: Scored) -> Calibration:
    confidence = scored.probabilities.max(1)
    right = scored.probabilities.argmax(1) == scored.truth
    place = reliability_bins(confidence)
    return Calibration(
        count=np.bincount(place, minlength=BINS).astype(np.int64),
        right=np.bincount(place[right], minlength=BINS).astype(np.int64),
        confidence=np.bincount(place, weights=confidence, minlength=BINS).astype(np.float64),
    )


def _drawn(
    cells: NDArray[np.int64], patients: Sequence[str] | None, *, size: int, replicates: int, seed: int
) -> NDArray[np.int64]:
    if patients is None or len(set(patients)) < LEAST_PATIENTS or not replicates:
        return np.zeros((0, size, size), np.int64)
    units = tables(cells, size=size * size, patients=patients)
    return resampled(units, seed=seed, draws=replicates).reshape(replicates, size, size)
