"""Read diagnoses and batches: each is its requester's alone. Nobody else sees one, whatever their role."""

from uuid import UUID

from django.db.models import QuerySet

from backend.apps.accounts.models import User
from backend.apps.diagnosis.models import Diagnosis, DiagnosisBatch
from backend.common.errors import NotFound

WAITING = (Diagnosis.State.QUEUED, Diagnosis.State.COMPUTING)


def diagnoses_visible_to(user: User) -> QuerySet[Diagnosis]:
    """Return the user's own diagnoses, without those that they had forgotten."""
    if not user.is_authenticated:
        return Diagnosis.objects.none()
    return Diagnosis.objects.filter(requester=user, forgotten_at=None).select_related("service")


def batches_visible_to(user: User) -> QuerySet[DiagnosisBatch]:
    """Return the user's own batches."""
    if not user.is_authenticated:
        return DiagnosisBatch.objects.none()
    return DiagnosisBatch.objects.filter(requester=user).select_related("service")


def diagnosis_get(*, user: User, diagnosis_id: UUID) -> Diagnosis:
    """Return one of the user's diagnoses.

    Raises:
        NotFound: there is none, or it is somebody else's.
    """
    diagnosis = diagnoses_visible_to(user).filter(pk=diagnosis_id).first()
    if diagnosis is None:
        raise NotFound("There is no such diagnosis, or it is not yours.")
    return diagnosis


def queue_position(diagnosis: Diagnosis) -> int | None:
    """Return how many requests the same parties answer before this one; none once it no longer waits."""
    if diagnosis.state != Diagnosis.State.QUEUED:
        return None
    before = Diagnosis.objects.filter(state__in=WAITING, order__lt=diagnosis.order)
    return before.filter(service__p0=diagnosis.service.p0_id, service__p1=diagnosis.service.p1_id).count()
