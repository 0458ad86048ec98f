"""Announce a batch of requests. Its requests come one by one, like any others."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from backend.apps.accounts.models import User
from backend.apps.diagnosis.errors import IdTaken, ServiceClosed
from backend.apps.diagnosis.models import DiagnosisBatch, DiagnosisService
from backend.apps.diagnosis.selectors.services import service_get
from backend.apps.diagnosis.services.locking import hold_service


@transaction.atomic
def batch_create(
    *, batch_id: UUID, service_id: UUID, name: str, count: int, by: User, now: datetime
) -> tuple[DiagnosisBatch, bool]:
    """Make a batch under the requester's own id; the same again finds the row that it made.

    Returns:
        The batch, and whether this call made it.
    Raises:
        NotFound: there is no such service for this user.
        IdTaken: the id came before with something else.
        ServiceClosed: the service takes no requests.
    """
    service_get(user=by, service_id=service_id)
    service = hold_service(service_id)
    known = DiagnosisBatch.objects.filter(pk=batch_id).first()
    if known is not None:
        if (known.requester_id, known.service_id, known.name, known.count) != (by.pk, service_id, name, count):
            raise IdTaken(f"The id {batch_id} came before with another batch; draw a new id for every batch.")
        return known, False
    if service.state != DiagnosisService.State.OPEN:
        raise ServiceClosed(f"The service is {service.state} and takes no requests; choose an open one.")
    batch = DiagnosisBatch.objects.create(
        id=batch_id, service=service, requester=by, name=name, count=count, created_at=now
    )
    return batch, True
