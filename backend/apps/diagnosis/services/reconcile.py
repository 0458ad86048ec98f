"""Find what is overdue among services and diagnoses and move it on, each finding in a transaction of its own."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from backend.apps.diagnosis.models import Diagnosis, DiagnosisService, NodeTask, StockSample
from backend.apps.diagnosis.services.diagnosis_end import diagnoses_purge, diagnosis_expire
from backend.apps.diagnosis.services.locking import hold_diagnosis
from backend.apps.diagnosis.services.node_tasks import node_task_expire
from backend.apps.diagnosis.services.sealed_blobs import blobs_sweep
from backend.apps.diagnosis.services.service_end import service_expire
from backend.apps.diagnosis.services.waiting import waiting_announce
from backend.apps.diagnosis.services.webhook_delivery import webhooks_due
from backend.common.enqueue import enqueue
from backend.common.findings import handle_each
from backend.common.tasks import Task

HISTORY_KEPT_FOR = timedelta(days=7)
"""Stock levels and stock orders of more than a week ago tell nobody anything."""


def reconcile_diagnoses(*, now: datetime) -> None:
    """Look at everything that is unfinished, once."""
    handle_each(_expired_leases(now), lambda task_id: node_task_expire(task_id=task_id, now=now))
    handle_each(_expired_services(now), lambda service_id: service_expire(service_id=service_id, now=now))
    handle_each(_expired_diagnoses(now), lambda diagnosis_id: diagnosis_expire(diagnosis_id=diagnosis_id, now=now))
    handle_each(_queued_diagnoses(), lambda diagnosis_id: _announce(diagnosis_id, now))
    for service_id in _unfinished_services():
        enqueue(Task.SERVICE_ADVANCE, service_id=service_id)
    diagnoses_purge(now=now)
    _purge_history(now)
    blobs_sweep(now=now)
    webhooks_due(now=now)


@transaction.atomic
def _announce(diagnosis_id: UUID, now: datetime) -> None:
    waiting_announce(diagnosis=hold_diagnosis(diagnosis_id), now=now)


def _expired_leases(now: datetime) -> Iterable[UUID]:
    leased = NodeTask.objects.filter(state=NodeTask.State.LEASED, lease_until__lte=now)
    return leased.order_by("lease_until").values_list("id", flat=True)


def _expired_services(now: datetime) -> Iterable[UUID]:
    overdue = DiagnosisService.objects.filter(state=DiagnosisService.State.OPEN, expires_at__lte=now)
    return overdue.values_list("id", flat=True)


def _expired_diagnoses(now: datetime) -> Iterable[UUID]:
    live = [Diagnosis.State.QUEUED, Diagnosis.State.COMPUTING, Diagnosis.State.ANSWERED]
    return Diagnosis.objects.filter(state__in=live, expires_at__lte=now).values_list("id", flat=True)


def _queued_diagnoses() -> Iterable[UUID]:
    return Diagnosis.objects.filter(state=Diagnosis.State.QUEUED).order_by("order").values_list("id", flat=True)[:200]


def _unfinished_services() -> Iterable[UUID]:
    """Services on their way, and open ones whose stock may need an order: looking at one is cheap."""
    ended = [DiagnosisService.State.CLOSED, DiagnosisService.State.FAILED]
    return DiagnosisService.objects.exclude(state__in=ended).values_list("id", flat=True)


def _purge_history(now: datetime) -> None:
    StockSample.objects.filter(at__lte=now - HISTORY_KEPT_FOR).delete()
    old = Q(kind__in=NodeTask.REPEATED, finished_at__lte=now - HISTORY_KEPT_FOR)
    NodeTask.objects.filter(old).delete()
