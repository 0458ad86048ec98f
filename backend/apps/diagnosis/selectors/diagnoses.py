"""Read diagnoses and batches: each is its requester's alone. Nobody else sees one, whatever their role."""

from bisect import bisect_left
from collections.abc import Iterable
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


def queue_positions(diagnoses: Iterable[Diagnosis]) -> dict[UUID, int]:
    """Return how many requests the same parties answer before each of those that still wait."""
    queues: dict[tuple[UUID, UUID], list[int]] = {}
    positions = {}
    for diagnosis in diagnoses:
        if diagnosis.state == Diagnosis.State.QUEUED:
            parties = (diagnosis.service.p0_id, diagnosis.service.p1_id)
            if parties not in queues:
                queues[parties] = _orders_waiting_for(*parties)
            positions[diagnosis.pk] = bisect_left(queues[parties], diagnosis.order)
    return positions


def _orders_waiting_for(p0: UUID, p1: UUID) -> list[int]:
    waiting = Diagnosis.objects.filter(state__in=WAITING, service__p0=p0, service__p1=p1)
    return list(waiting.order_by("order").values_list("order", flat=True))
