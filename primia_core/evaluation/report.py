"""Every figure of one confusion matrix with its interval, as one object that prints and serialises."""

from collections.abc import Sequence

from numpy.typing import ArrayLike
from pydantic import BaseModel, ConfigDict

from primia_core.evaluation.errors import ConfusionError
from primia_core.evaluation.intervals import mcc_interval, wilson
from primia_core.evaluation.metrics import balanced_accuracy, checked, f1, kappa, mcc


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Figure(_Part):
    """A figure, or none where nothing defines it, with its 95 % interval and, where told, that interval's method."""

    value: float | None
    low: float | None
    high: float | None
    method: str | None = None

    @classmethod
    def proportion(cls, successes: int, trials: int) -> "Figure":
        """Return a proportion with Wilson's interval; nothing of nothing is undefined."""
        if trials == 0:
            return cls.undefined()
        low, high = wilson(successes, trials)
        return cls(value=successes / trials, low=low, high=high, method="wilson")

    @classmethod
    def undefined(cls) -> "Figure":
        """Return what nothing defines."""
        return cls(value=None, low=None, high=None)


class ClassFigures(_Part):
    """One class against the others."""

    name: str
    n: int
    sensitivity: Figure
    specificity: Figure
    precision: Figure
    f1: float


class Report(_Part):
    """What one confusion matrix says."""

    n: int
    classes: tuple[ClassFigures, ...]
    confusion: tuple[tuple[int, ...], ...]
    accuracy: Figure
    balanced_accuracy: float
    mcc: Figure
    kappa: float
    mean_loss: float | None


def report(confusion: ArrayLike, classes: Sequence[str], *, mean_loss: float | None = None, seed: int = 0) -> Report:
    """Compute every figure of a confusion matrix.

    Args:
        confusion: counts (C, C), rows the truth.
        classes: C names.
        mean_loss: passed through.
        seed: of the bootstrap behind the interval of the MCC.
    Raises:
        ConfusionError: no confusion matrix, or another number of names.
    """
    matrix = checked(confusion)
    if len(classes) != len(matrix):
        raise ConfusionError(f"{len(matrix)} classes have {len(classes)} names: {list(classes)}")
    low, high = mcc_interval(matrix, seed=seed)
    n, scores = int(matrix.sum()), f1(matrix)
    rows, columns, hits = matrix.sum(1), matrix.sum(0), matrix.diagonal()
    return Report(
        n=n,
        classes=tuple(
            ClassFigures(
                name=name,
                n=int(rows[k]),
                sensitivity=Figure.proportion(int(hits[k]), int(rows[k])),
                specificity=Figure.proportion(n - int(rows[k]) - int(columns[k]) + int(hits[k]), n - int(rows[k])),
                precision=Figure.proportion(int(hits[k]), int(columns[k])),
                f1=scores[k],
            )
            for k, name in enumerate(classes)
        ),
        confusion=tuple(tuple(int(cell) for cell in row) for row in matrix),
        accuracy=Figure.proportion(int(hits.sum()), n),
        balanced_accuracy=balanced_accuracy(matrix),
        mcc=Figure(value=mcc(matrix), low=low, high=high, method="bootstrap"),
        kappa=kappa(matrix),
        mean_loss=mean_loss,
    )
