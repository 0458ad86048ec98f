"""What one reader sees: their own cases in their own order, and what they themselves said of them. Never a truth."""

from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID

from backend.apps.accounts.models import User
from backend.apps.readings.errors import NotAReader
from backend.apps.readings.models import Rater, ReaderStudy, Reading, StudyCase


@dataclass(frozen=True)
class WorkItem:
    """One case, as its reader knows it."""

    case: UUID
    position: int
    sha256: str
    reading: Reading | None


def rater_of(*, user: User, study: ReaderStudy) -> Rater:
    """Return the user as a reader of the study.

    Raises:
        NotAReader: they are none, or no longer.
    """
    rater = Rater.objects.filter(study=study, user=user, withdrawn_at=None).first()
    if rater is None:
        raise NotAReader("You do not read in this study; ask its coordinator to bring you in.")
    return rater


def worklist(rater: Rater) -> Iterator[WorkItem]:
    """Yield the reader's cases in their order."""
    hashes = dict(StudyCase.objects.filter(study=rater.study_id).values_list("pk", "sha256"))
    latest = {one.case_id: one for one in Reading.objects.filter(rater=rater).order_by("revision")}
    for position, case in enumerate(map(UUID, rater.order), 1):
        yield WorkItem(case, position, hashes[case], latest.get(case))
