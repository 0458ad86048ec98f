"""Raters of a study beside each other, as the API tells them. Whether the caller may know was asked before."""

from collections.abc import Mapping
from dataclasses import dataclass
from statistics import median
from typing import TYPE_CHECKING

from backend.apps.readings.models import Rater, ReaderStudy, Reading
from backend.apps.readings.selectors.tables import ALL, Cases, StudyTable, study_table

if TYPE_CHECKING:  # the web process loads the science when somebody first compares, not when it starts
    from primia_core.evaluation.comparison import Comparison
    from primia_core.evaluation.rater_curve import RaterCurve
    from primia_core.evaluation.report import Report


@dataclass(frozen=True)
class RaterResult:
    """One rater's figures.

    Attributes:
        seconds: median over cases, of readers.
        amended: readings that were replaced by a later one.
        after_closing: the rater was brought in when the others' readings were known.
        curves: of a rater that gives probabilities.
    """

    rater: Rater
    report: "Report"
    seconds: float | None
    amended: int
    after_closing: bool
    curves: "tuple[RaterCurve, ...]"


@dataclass(frozen=True)
class StudyComparison:
    """Everything that a comparison says."""

    study: ReaderStudy
    table: StudyTable
    compared: "Comparison"
    raters: tuple[RaterResult, ...]


def study_comparison(study: ReaderStudy, *, cases: Cases = ALL) -> StudyComparison:
    """Compare all raters of the table.

    Raises:
        NothingToCompare: nobody has read enough.
    """
    from primia_core.evaluation.comparison import compare

    table = study_table(study, cases=cases)
    compared = compare(table.readings, margin=float(study.margin) if study.margin is not None else None)
    results = tuple(_result(study, table, rater, compared.raters[rater.name]) for rater in table.raters)
    return StudyComparison(study, table, compared, results)


def _result(study: ReaderStudy, table: StudyTable, rater: Rater, report: "Report") -> RaterResult:
    latest = table.latest[rater.pk]
    seconds = [taken for one in table.cases if (taken := latest[one.pk].seconds) is not None]
    return RaterResult(
        rater=rater,
        report=report,
        seconds=median(seconds) if seconds else None,
        amended=sum(reading.revision - 1 for reading in latest.values()),
        after_closing=study.closed_at is not None and rater.created_at > study.closed_at,
        curves=_curves(table, latest),
    )


def _curves(table: StudyTable, latest: Mapping[object, Reading]) -> "tuple[RaterCurve, ...]":
    from primia_core.evaluation.rater_curve import rater_curves
    from primia_core.evaluation.scores import Scored

    given = [latest[one.pk].probabilities for one in table.cases]
    if any(row is None for row in given):
        return ()
    return rater_curves(Scored.of(table.readings.truth, given), table.readings.classes)
