"""Show the truth or the comparison to whom they are not hidden from, and remember who saw them before the end."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from backend.apps.accounts.models import User
from backend.apps.readings import policies
from backend.apps.readings.models import Look, ReaderStudy, Reading
from backend.apps.readings.services.locking import hold_study
from backend.apps.readings.services.notes import note


@transaction.atomic
def study_look(*, study_id: UUID, what: str, by: User, now: datetime) -> ReaderStudy:
    """Pass whom the truth is not hidden from. Before the study is closed, a look is kept and told with the results.

    Raises:
        Blinded: the user reads, or may not know before the end.
    """
    study = hold_study(study_id)
    policies.require_unblinded(user=by, study=study)
    if study.state == ReaderStudy.State.CLOSED:
        return study
    readings = Reading.objects.filter(rater__study=study).count()
    _, first = Look.objects.get_or_create(study=study, user=by, what=what, readings=readings, defaults={"at": now})
    if first:
        note(study, by, f"study.{what}_seen", {"title": study.title, "readings": readings}, now)
    return study
