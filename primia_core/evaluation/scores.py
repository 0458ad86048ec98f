"""What probabilities are worth, beside labels: ranking, sharpness, calibration, and the benefit of acting on them.

Knows no images, models or sites. scikit-learn computes what it can; edge cases are decided here and stated.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn import metrics

from primia_core.evaluation.errors import ScoreError

Floats = NDArray[np.float64]
Average = Literal["macro", "weighted"]
Strategy = Literal["ovr", "ovo"]
BINS = 15
SUM_SLACK = 1e-6


@dataclass(frozen=True)
class Scored:
    """The truth of n cases and what was said of them.

    Attributes:
        truth: class indices (n,).
        probabilities: (n, C), rows that sum to 1.
    """

    truth: NDArray[np.int64]
    probabilities: Floats

    @classmethod
    def of(cls, truth: ArrayLike, probabilities: ArrayLike) -> "Scored":
        """Check and keep both. One number a case is the probability of class 1 of two.

        Raises:
            ScoreError: other lengths, a row that is no distribution, or an index outside 0 to C-1.
        """
        t, p = np.asarray(truth, np.int64).ravel(), np.asarray(probabilities, np.float64)
        if p.ndim == 1:
            p = np.stack([1 - p, p], axis=1)
        if p.ndim != 2 or len(p) != t.size or p.shape[1] < 2 or not t.size:
            raise ScoreError(f"{t.size} true classes and probabilities of shape {p.shape}; give (cases, classes)")
        off = np.abs(p.sum(1) - 1).max()
        if not (np.isfinite(p).all() and p.min() >= 0 and off <= SUM_SLACK):
            raise ScoreError(
                f"probabilities run from {p.min():.4g} and a row's sum is off by {off:.3g}; "
                f"each row needs numbers >= 0 whose sum is 1 within {SUM_SLACK:g}"
            )
        if not 0 <= t.min() <= t.max() < p.shape[1]:
            raise ScoreError(f"class indices run from {t.min()} to {t.max()}, outside 0 to {p.shape[1] - 1}")
        return cls(t, p)

    @classmethod
    def hard(cls, truth: ArrayLike, predicted: ArrayLike, *, classes: int) -> "Scored":
        """Keep labels as certainties: what an AUC *on hard labels* is computed from."""
        labels = np.asarray(predicted, np.int64).ravel()
        if labels.size and not 0 <= labels.min() <= labels.max() < classes:
            raise ScoreError(f"predictions run from {labels.min()} to {labels.max()}, outside 0 to {classes - 1}")
        return cls.of(truth, np.eye(classes)[labels])

    @property
    def classes(self) -> int:
        """Return how many classes there are."""
        return int(self.probabilities.shape[1])

    @property
    def one_hot(self) -> Floats:
        """Return the truth as certainties, (n, C)."""
        return np.eye(self.classes)[self.truth]


def auc_per_class(scored: Scored) -> list[float | None]:
    """Return for each class the area under its ROC curve against all others; ``None`` for a class alone or absent."""
    return [
        _auc(scored.truth == k, scored.probabilities[:, k])
        if 0 < (scored.truth == k).sum() < scored.truth.size
        else None
        for k in range(scored.classes)
    ]


def auc(scored: Scored, *, strategy: Strategy, average: Average) -> float | None:
    """Return the area under the ROC curve over all classes.

    Args:
        strategy: each class against the rest, or all pairs of classes (Hand and Till 2001).
        average: of all alike, or by how often they occur.
    Returns:
        ``None`` where a class has no case, so that some area is undefined. For two classes both strategies are the
        area of class 1.
    Source: ``sklearn.metrics.roc_auc_score``.
    """
    if len(np.unique(scored.truth)) < scored.classes:
        return None
    if scored.classes == 2:
        return _auc(scored.truth == 1, scored.probabilities[:, 1])
    area = metrics.roc_auc_score(scored.truth, scored.probabilities, multi_class=strategy, average=average)
    return float(area)


def log_loss(scored: Scored) -> float:
    """Return the mean of -log of the probability given to the truth, in nats; a zero counts as the smallest float."""
    exact = scored.probabilities / scored.probabilities.sum(1, keepdims=True)
    return float(metrics.log_loss(scored.truth, exact, labels=range(scored.classes)))


def brier(scored: Scored) -> float:
    """Return the mean squared distance to the truth, summed over classes: 0 to 2 (Brier 1950)."""
    return float(((scored.probabilities - scored.one_hot) ** 2).sum(1).mean())


@dataclass(frozen=True)
class ReliabilityBin:
    """Cases whose largest probability lies in (low, high].

    Attributes:
        confidence: their mean largest probability.
        accuracy: the share of them that was right.
    """

    low: float
    high: float
    count: int
    confidence: float | None
    accuracy: float | None


def reliability(scored: Scored, *, bins: int = BINS) -> list[ReliabilityBin]:
    """Return the reliability curve of the label that was thought likeliest, in bins of equal width."""
    if bins < 1:
        raise ScoreError(f"{bins} bins hold nothing; take 1 or more")
    confidence = scored.probabilities.max(1)
    right = scored.probabilities.argmax(1) == scored.truth
    edges = np.linspace(0, 1, bins + 1)
    place = np.clip(np.searchsorted(edges, confidence, side="left") - 1, 0, bins - 1)
    found = []
    for k in range(bins):
        here = place == k
        count = int(here.sum())
        means = (float(confidence[here].mean()), float(right[here].mean())) if count else (None, None)
        found.append(ReliabilityBin(float(edges[k]), float(edges[k + 1]), count, *means))
    return found


def expected_calibration_error(scored: Scored, *, bins: int = BINS) -> float:
    """Return the mean distance between confidence and accuracy over the bins, by how many cases are in each."""
    n = scored.truth.size
    return sum(
        b.count / n * abs(b.confidence - b.accuracy)
        for b in reliability(scored, bins=bins)
        if b.confidence is not None and b.accuracy is not None
    )


def decision_curve(scored: Scored, *, positive: int, thresholds: ArrayLike) -> Floats:
    """Return the net benefit of acting whenever a class is likelier than a threshold.

    Args:
        positive: the class that one would act on.
        thresholds: p_t, each in (0, 1).
    Returns:
        (len(thresholds),) TP/n - FP/n * p_t / (1 - p_t); acting on nobody has 0.
    Source: Vickers and Elkin, "Decision curve analysis", 2006.
    """
    cuts = np.asarray(thresholds, np.float64).ravel()
    if not ((cuts > 0) & (cuts < 1)).all():
        raise ScoreError(f"thresholds run from {cuts.min():g} to {cuts.max():g}; each lies between 0 and 1")
    if not 0 <= positive < scored.classes:
        raise ScoreError(f"class {positive} is outside 0 to {scored.classes - 1}")
    acted = scored.probabilities[:, positive, None] >= cuts  # (case, threshold)
    sick = (scored.truth == positive)[:, None]
    n = scored.truth.size
    benefit: Floats = (acted & sick).sum(0) / n - (acted & ~sick).sum(0) / n * cuts / (1 - cuts)
    return benefit


def _auc(positive: NDArray[np.bool_], score: Floats) -> float:
    return float(metrics.roc_auc_score(positive, score))
