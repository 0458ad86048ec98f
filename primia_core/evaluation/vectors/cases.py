"""The cases of a set of expected values, and what raters said of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from primia_core.evaluation import metrics
from primia_core.evaluation.errors import VectorsError
from primia_core.evaluation.scores import Scored

Json = Any
GIVEN: Final = frozenset(
    {
        *("description", "note", "tolerance", "names", "classes", "alpha", "level", "positive"),
        *("y_true", "prob", "prob_b", "y_score", "y_score_b", "pred", "pred_b", "raters", "paper_printed"),
        *("image_a", "image_b", "features_a", "features_b", "groups", "p_values"),
    }
)
"""What a set says of its cases; everything else in it is expected."""


@dataclass(frozen=True)
class Rated:
    """One rater's answers to cases: labels, and probabilities where there are any."""

    truth: NDArray[np.int64]
    labels: NDArray[np.int64]
    classes: int
    scored: Scored | None

    @property
    def confusion(self) -> metrics.Confusion:
        """Return the counts."""
        return metrics.confusion_matrix(self.truth, self.labels, classes=self.classes)

    @property
    def hard(self) -> Scored:
        """Return the labels as certainties."""
        return Scored.hard(self.truth, self.labels, classes=self.classes)

    @property
    def soft(self) -> Scored:
        """Return the probabilities.

        Raises:
            VectorsError: there are none.
        """
        if self.scored is None:
            raise VectorsError("the set gives no probabilities; add `prob`, or leave the figure out")
        return self.scored


def rated(content: Mapping[str, Json], who: str) -> Rated:
    """Return the answers of a named rater, or those that a block of a set without names speaks of."""
    truth = np.asarray(content["y_true"], np.int64)
    scored = None
    if "raters" in content:
        given = content["raters"][who]
        if given and isinstance(given[0], Sequence):
            scored = Scored.of(truth, given)
            labels = scored.probabilities.argmax(1)
        else:
            labels = np.asarray(given, np.int64)
    elif who == "perfect":
        labels = truth
    else:
        ending = who.removeprefix("expected")
        probabilities = content.get(f"prob{ending}", content.get(f"y_score{ending}"))
        scored = None if probabilities is None else Scored.of(truth, probabilities)
        if f"pred{ending}" in content:
            labels = np.asarray(content[f"pred{ending}"], np.int64)
        elif scored is not None:
            labels = scored.probabilities.argmax(1)
        else:
            raise VectorsError(f"the set gives neither pred{ending} nor prob{ending}; add one")
    classes = scored.classes if scored is not None else int(max(truth.max(), labels.max(), 1)) + 1
    return Rated(truth, labels, classes, scored)
