"""The readings of a study as one table: what `primia compare` reads, and what the comparison is computed from."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal
from uuid import UUID

import numpy as np

from backend.apps.readings.errors import NothingToCompare
from backend.apps.readings.models import Rater, ReaderStudy, Reading, StudyCase
from primia_core.evaluation.readings import Readings

Cases = Literal["all", "common"]
ALL: Cases = "all"
COMMON: Cases = "common"


@dataclass(frozen=True)
class StudyTable:
    """The raters that read every case of the table.

    Attributes:
        of: how many cases the study has.
        latest: what each rater last said, by case.
        left_out: raters that take no part, with the number of cases that they have not read.
    """

    readings: Readings
    cases: tuple[StudyCase, ...]
    of: int
    raters: tuple[Rater, ...]
    latest: Mapping[UUID, Mapping[UUID, Reading]] = field(repr=False)
    left_out: tuple[tuple[Rater, int], ...]


def study_table(study: ReaderStudy, *, cases: Cases = ALL) -> StudyTable:
    """Gather what was said last of every case.

    Args:
        cases: ``all`` leaves out raters that have not read every case; ``common`` leaves out cases that somebody who
            has begun has not read.
    Raises:
        NothingToCompare: nobody is left, or no case.
    """
    every = tuple(StudyCase.objects.filter(study=study).order_by("number"))
    raters = tuple(Rater.objects.filter(study=study, withdrawn_at=None).order_by("kind", "created_at", "name"))
    latest = _latest(raters)
    begun = [rater for rater in raters if latest[rater.pk]]
    if cases == COMMON:
        kept, taking_part = tuple(one for one in every if all(one.pk in latest[r.pk] for r in begun)), begun
    else:
        kept, taking_part = every, [rater for rater in begun if len(latest[rater.pk]) == len(every)]
    if not kept or not taking_part:
        raise NothingToCompare(
            f"No rater has read all {len(every)} cases yet; wait for one, or compare the cases that all have read."
            if cases == ALL
            else "There is no case that every rater has read; wait until they have, or withdraw who will not."
        )
    left_out = [(rater, len(every) - len(latest[rater.pk])) for rater in raters if rater not in taking_part]
    said = {rater.name: np.array([latest[rater.pk][one.pk].label for one in kept], np.int64) for rater in taking_part}
    return StudyTable(
        readings=Readings(
            cases=tuple(one.number for one in kept),
            classes=tuple(study.classes),
            truth=np.array([one.truth for one in kept], np.int64),
            raters=said,
        ),
        cases=kept,
        of=len(every),
        raters=tuple(taking_part),
        latest=latest,
        left_out=tuple(left_out),
    )


def _latest(raters: tuple[Rater, ...]) -> dict[UUID, dict[UUID, Reading]]:
    found: dict[UUID, dict[UUID, Reading]] = defaultdict(dict)
    for rater in raters:
        found[rater.pk] = {}
    for reading in Reading.objects.filter(rater__in=raters).order_by("revision"):
        found[reading.rater_id][reading.case_id] = reading
    return found
