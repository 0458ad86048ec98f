"""Take one reading from its reader's device: once, whatever the line does, and for good."""

from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from django.db import transaction

from backend.apps.accounts.models import User
from backend.apps.readings.errors import AlreadyRead, ReadingTaken, StudyNotOpen
from backend.apps.readings.models import Rater, ReaderStudy, Reading, StudyCase
from backend.apps.readings.selectors.worklist import rater_of
from backend.apps.readings.services.locking import hold_study
from backend.apps.readings.services.notes import note
from backend.common.errors import InvalidInput, NotFound
from primia_core.canonical import sha256_hex


@dataclass(frozen=True)
class GivenReading:
    """A reading as the device sends it; times are by its own clock.

    Attributes:
        replaces: the reading of the same case that this one amends.
    """

    id: UUID
    case: UUID
    label: str
    confidence: int | None
    shown_at: datetime
    read_at: datetime
    seconds: float
    replaces: UUID | None


@transaction.atomic
def reading_give(*, study_id: UUID, given: GivenReading, by: User, now: datetime) -> tuple[Reading, bool]:
    """Keep a reading; the same again finds the row that it made, also once the study is closed.

    Returns:
        The reading, and whether this call made it.
    Raises:
        NotAReader: the user does not read in the study.
        ReadingTaken: the id came before with something else.
        StudyNotOpen, NotFound, AlreadyRead, InvalidInput: it cannot be taken, with the reason.
    """
    study = hold_study(study_id)
    rater = rater_of(user=by, study=study)
    known = Reading.objects.filter(pk=given.id).first()
    if known is not None:
        if (known.rater_id, known.case_id, study.classes[known.label]) != (rater.pk, given.case, given.label):
            raise ReadingTaken(f"The id {given.id} came before with another reading; draw a new id for every reading.")
        return known, False
    if study.state != ReaderStudy.State.OPEN:
        raise StudyNotOpen(f"This study is {study.state}, so it takes no readings; tell its coordinator of yours.")
    case = StudyCase.objects.filter(pk=given.case, study=study).first()
    if case is None:
        raise NotFound("This study has no such case.")
    _check(study, given)
    reading = Reading.objects.create(
        id=given.id, rater=rater, case=case, revision=_revision(rater, case, given.replaces),
        label=study.classes.index(given.label), confidence=given.confidence, shown_at=given.shown_at,
        read_at=given.read_at, seconds=given.seconds, received_at=now,
        position=Reading.objects.filter(rater=rater).count() + 1,
    )  # fmt: skip
    detail = {"reader": rater.name, "case": str(case.pk), "revision": reading.revision, "sha256": commitment(given)}
    note(study, by, "reading.given" if reading.revision == 1 else "reading.amended", detail, now)
    return reading, True


def commitment(given: GivenReading) -> str:
    """Return a hash that binds the reading and hides it: its id is random and known to nobody else."""
    return sha256_hex(
        {
            "id": str(given.id),
            "case": str(given.case),
            "label": given.label,
            "confidence": given.confidence,
            "shown_at": given.shown_at.astimezone(UTC).isoformat(timespec="milliseconds"),
            "read_at": given.read_at.astimezone(UTC).isoformat(timespec="milliseconds"),
        }
    )


def _check(study: ReaderStudy, given: GivenReading) -> None:
    if given.label not in study.classes:
        message = f"{given.label!r} is none of {study.classes}."
        raise InvalidInput("The label does not fit.", fields={"label": [message]})
    if given.read_at < given.shown_at:
        message = "A picture is read after it was shown; check the device's clock."
        raise InvalidInput("The times do not fit.", fields={"read_at": [message]})
    if (given.confidence is not None) != study.ask_confidence:
        message = "Give 0 to 100." if study.ask_confidence else "This study asks for none."
        raise InvalidInput("The confidence does not fit.", fields={"confidence": [message]})


def _revision(rater: Rater, case: StudyCase, replaces: UUID | None) -> int:
    latest = Reading.objects.filter(rater=rater, case=case).order_by("-revision").first()
    if (latest.pk if latest else None) != replaces:
        raise AlreadyRead(
            "This case has been read, on another device perhaps; reload, and amend that reading if it was wrong."
            if latest
            else "There is no reading to replace; send this one as the first."
        )
    return latest.revision + 1 if latest else 1
