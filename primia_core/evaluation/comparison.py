"""Raters of the same cases beside each other, and every pair of them: as one object that prints and serialises."""

from collections.abc import Iterator
from itertools import combinations

from pydantic import BaseModel, ConfigDict

from primia_core.evaluation.difference import accuracy_difference
from primia_core.evaluation.groups import holm
from primia_core.evaluation.mcnemar import McNemar
from primia_core.evaluation.metrics import confusion_matrix, kappa
from primia_core.evaluation.readings import Readings
from primia_core.evaluation.report import Figure, Report, report


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Pair(_Part):
    """Two raters.

    Attributes:
        alone: cases that the first, and that the second, alone had right.
        difference: accuracy of the first less that of the second, with Newcombe's interval.
        exact_p: of McNemar's test; mid_p and corrected_p are its mid-p and Edwards' chi-squared.
        holm_p: exact_p, for as many tests as there are pairs.
        kappa: their agreement with each other; weighted ones take classes in their order.
        non_inferior: whether the first is at most the stated margin worse; ``None`` without one.
    """

    first: str
    second: str
    alone: tuple[int, int]
    difference: Figure
    exact_p: float
    mid_p: float
    corrected_p: float | None
    holm_p: float
    kappa: float
    kappa_linear: float
    kappa_quadratic: float
    non_inferior: bool | None


class Comparison(_Part):
    """All raters and all pairs."""

    n: int
    margin: float | None
    raters: dict[str, Report]
    pairs: tuple[Pair, ...]


def compare(readings: Readings, *, margin: float | None = None, seed: int = 0) -> Comparison:
    """Compare every rater with the truth and with every other rater.

    Args:
        margin: of non-inferiority, in accuracy, stated beforehand.
        seed: of bootstrap intervals.
    Raises:
        EvaluationError: a margin that is none.
    """
    found = list(_pairs(readings, margin))
    adjusted = holm([pair.exact_p for pair in found]) if found else []
    size = len(readings.classes)
    return Comparison(
        n=len(readings.cases),
        margin=margin,
        raters={
            name: report(confusion_matrix(readings.truth, said, classes=size), readings.classes, seed=seed)
            for name, said in readings.raters.items()
        },
        pairs=tuple(pair.model_copy(update={"holm_p": p}) for pair, p in zip(found, adjusted, strict=True)),
    )


def _pairs(readings: Readings, margin: float | None) -> Iterator[Pair]:
    for (first, one), (second, other) in combinations(readings.raters.items(), 2):
        test = McNemar.of(readings.truth, one, other)
        apart = accuracy_difference(test)
        between = confusion_matrix(one, other, classes=len(readings.classes))
        yield Pair(
            first=first,
            second=second,
            alone=(test.first, test.second),
            difference=Figure(value=apart.value, low=apart.low, high=apart.high),
            exact_p=test.exact_p,
            mid_p=test.mid_p,
            corrected_p=test.chi_squared(corrected=True)[1],
            holm_p=test.exact_p,
            kappa=kappa(between),
            kappa_linear=kappa(between, weights="linear"),
            kappa_quadratic=kappa(between, weights="quadratic"),
            non_inferior=None if margin is None else apart.is_within(margin),
        )
