"""Bring readers into a study, each with an order of their own, and let them go."""

import secrets
from datetime import datetime
from uuid import UUID

from django.db import transaction

from backend.apps.accounts.models import User
from backend.apps.federations.errors import RoleMissing
from backend.apps.federations.policies import has_role
from backend.apps.readings import policies
from backend.apps.readings.errors import ReaderKnows, StudyNotOpen
from backend.apps.readings.models import Look, Rater, ReaderStudy, StudyCase
from backend.apps.readings.roles import READ
from backend.apps.readings.services.locking import hold_study
from backend.apps.readings.services.notes import note
from backend.common.errors import NotFound

State = ReaderStudy.State


@transaction.atomic
def reader_assign(*, study_id: UUID, user_id: UUID, by: User, now: datetime) -> Rater:
    """Bring in a reader and draw their order. Bringing them in again changes nothing.

    Raises:
        RoleMissing: ``by`` leads no such federation, or the person's role is none that reads.
        ReaderKnows: the person has seen the truth or the comparison.
        StudyNotOpen: the study is closed.
    """
    study = hold_study(study_id)
    policies.require_lead(user=by, study=study)
    user = User.objects.filter(pk=user_id, is_active=True).first()
    if user is None or not has_role(user=user, federation_id=study.federation_id, roles=READ):
        raise RoleMissing("A reader is a clinician, site administrator or coordinator of this federation.")
    known = Rater.objects.filter(study=study, user=user).first()
    if known is not None:
        return known
    if study.state == State.CLOSED:
        raise StudyNotOpen("This study is closed and takes no more readers; make another one.")
    if Look.objects.filter(study=study, user=user).exists():
        raise ReaderKnows(f"{user.username} has seen the truth or the comparison of this study, so they cannot read.")
    number = Rater.objects.filter(study=study, kind=Rater.Kind.READER).count() + 1
    rater = Rater.objects.create(
        study=study, kind=Rater.Kind.READER, name=f"Reader {number}", user=user, order=_own_order(study),
        created_by=by, created_at=now,
    )  # fmt: skip
    note(study, by, "reader.assigned", {"reader": user.username, "name": rater.name}, now)
    return rater


@transaction.atomic
def rater_withdraw(*, study_id: UUID, rater_id: UUID, by: User, now: datetime) -> Rater:
    """Take a rater out of the comparison. What they said is kept, and a reader stays blinded.

    Raises:
        RoleMissing: the user leads no such federation.
        NotFound: the study has no such rater.
    """
    study = hold_study(study_id)
    policies.require_lead(user=by, study=study)
    rater = Rater.objects.filter(pk=rater_id, study=study).first()
    if rater is None:
        raise NotFound("This study has no such rater.")
    if rater.withdrawn_at is None:
        rater.withdrawn_at = now
        rater.save(update_fields=["withdrawn_at"])
        detail = {"name": rater.name, "state": study.state, "readings": rater.readings.count()}
        note(study, by, "rater.withdrawn", detail, now)
    return rater


def _own_order(study: ReaderStudy) -> list[str]:
    cases = [str(pk) for pk in StudyCase.objects.filter(study=study).order_by("pk").values_list("pk", flat=True)]
    secrets.SystemRandom().shuffle(cases)
    return cases
