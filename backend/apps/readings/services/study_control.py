"""Open a study for reading, and close it for good."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from backend.apps.accounts.models import User
from backend.apps.readings import policies
from backend.apps.readings.models import Rater, ReaderStudy, Reading
from backend.apps.readings.services.locking import hold_study
from backend.apps.readings.services.notes import note
from backend.apps.readings.transitions import move

State = ReaderStudy.State


@transaction.atomic
def study_open(*, study_id: UUID, by: User, now: datetime) -> ReaderStudy:
    """Let readers begin. Opening an open study changes nothing.

    Raises:
        RoleMissing: the user leads no such federation.
        IllegalTransition: the study is closed.
    """
    study = hold_study(study_id)
    policies.require_lead(user=by, study=study)
    if study.state == State.OPEN:
        return study
    move(study, State.OPEN)
    study.opened_at = now
    study.save(update_fields=["state", "opened_at"])
    note(study, by, "study.opened", {"title": study.title, "protocol_sha256": study.protocol_sha256}, now)
    return study


@transaction.atomic
def study_close(*, study_id: UUID, by: User, now: datetime) -> ReaderStudy:
    """End reading for good, and with it the blinding. Closing a closed study changes nothing.

    Raises:
        RoleMissing: the user leads no such federation.
        IllegalTransition: the study was never opened.
    """
    study = hold_study(study_id)
    policies.require_lead(user=by, study=study)
    if study.state == State.CLOSED:
        return study
    move(study, State.CLOSED)
    study.closed_at = now
    study.save(update_fields=["state", "closed_at"])
    raters = Rater.objects.filter(study=study)
    detail = {
        "title": study.title,
        "raters": raters.filter(withdrawn_at=None).count(),
        "readings": Reading.objects.filter(rater__in=raters).count(),
    }
    note(study, by, "study.closed", detail, now)
    return study
