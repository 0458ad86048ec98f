"""How a service fails on its way, and how it closes. What was sealed for it is gone afterwards."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from backend.apps.accounts.models import User
from backend.apps.audit.services import audit_append
from backend.apps.diagnosis import policies
from backend.apps.diagnosis.models import Diagnosis, DiagnosisService, NodeTask, SealedBlob
from backend.apps.diagnosis.selectors.diagnoses import WAITING
from backend.apps.diagnosis.selectors.services import service_get
from backend.apps.diagnosis.services.advice import failure
from backend.apps.diagnosis.services.descriptor_log import log_append
from backend.apps.diagnosis.services.diagnosis_end import diagnosis_fail
from backend.apps.diagnosis.services.locking import hold_diagnosis, hold_service, next_order
from backend.apps.diagnosis.services.mailbox import node_task_queue, node_tasks_cancel
from backend.apps.diagnosis.services.sealed_blobs import blobs_delete
from backend.apps.diagnosis.transitions import move
from backend.apps.federations.policies import require_role

State = DiagnosisService.State


def service_fail(*, service: DiagnosisService, node: str, phase: str, code: str, reason: str, now: datetime) -> None:
    """End an attempt at publishing, and say why; the caller holds the service. A person may try again."""
    move(service, State.FAILED)
    service.failure = failure(node=node, phase=phase, code=code, reason=reason, of_service=True)
    service.save(update_fields=["state", "failure"])
    _drop_what_is_asked(service, now)
    audit_append(
        actor="system", action="service.failed", subject=service.slug, detail={"phase": phase, "code": code},
        now=now, federation_id=service.federation_id,
    )  # fmt: skip


@transaction.atomic
def service_close(*, service_id: UUID, by: User, now: datetime) -> DiagnosisService:
    """Take no more requests, and let every node throw away what it keeps. Closing a closed service changes nothing.

    Requests that are not answered fail; answers that wait can still be collected.

    Raises:
        NotFound: there is no such service for this user.
        RoleMissing: ``by`` is no coordinator of its federation.
    """
    service_get(user=by, service_id=service_id)
    service = hold_service(service_id)
    require_role(user=by, federation_id=service.federation_id, roles=policies.PUBLISH)
    _close(service, by=by.username, code="service.closed", reason="the service was closed", now=now)
    return service


@transaction.atomic
def service_expire(*, service_id: UUID, now: datetime) -> bool:
    """Close a service whose descriptor is no longer valid; return whether there was something to do."""
    service = hold_service(service_id)
    if service.state != State.OPEN or service.expires_at > now:
        return False
    _close(service, by="system", code="service.expired", reason="the service expired", now=now)
    return True


def _close(service: DiagnosisService, *, by: str, code: str, reason: str, now: datetime) -> None:
    if service.state == State.CLOSED:
        return
    described = service.descriptor is not None and service.opened_at is not None
    move(service, State.CLOSED)
    service.failure, service.closed_at = None, now
    service.save(update_fields=["state", "failure", "closed_at"])
    waiting = Diagnosis.objects.filter(service=service, state__in=WAITING).order_by("order")
    for diagnosis_id in list(waiting.values_list("pk", flat=True)):
        diagnosis = hold_diagnosis(diagnosis_id)
        diagnosis_fail(diagnosis=diagnosis, node="", phase="", code=code, reason=reason, now=now)
    _drop_what_is_asked(service, now)
    if described:
        log_append(service=service, kind="closed", detail={"by": by}, now=now)
    audit_append(
        actor=by, action="service.closed", subject=service.slug, detail={"reason": code}, now=now,
        federation_id=service.federation_id,
    )  # fmt: skip
    _tell_nodes(service, now)


def _drop_what_is_asked(service: DiagnosisService, now: datetime) -> None:
    node_tasks_cancel(tasks=NodeTask.objects.filter(service=service), now=now)
    blobs_delete(SealedBlob.objects.filter(service=service), now=now)


def _tell_nodes(service: DiagnosisService, now: datetime) -> None:
    for node in (service.p0, service.p1, service.dealer, service.owner):
        node_task_queue(
            service=service,
            node=node,
            kind=NodeTask.Kind.CLOSE,
            payload={"attempt": service.attempt},
            order=next_order(),
            attempt=service.attempt,
            now=now,
        )
