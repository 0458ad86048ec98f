"""The tasks of the queue ``coordinator``: parse ids, call one service. All state is in rows, so twice is harmless."""

from uuid import UUID

from celery import shared_task
from django.utils import timezone

from backend.apps.diagnosis.services.reconcile import reconcile_diagnoses
from backend.apps.diagnosis.services.service_steps import service_advance
from backend.apps.jobs.services.attempt_advance import attempt_advance
from backend.apps.jobs.services.job_advance import job_advance
from backend.apps.jobs.services.job_prepare import job_prepare
from backend.apps.jobs.services.reconcile import reconcile
from backend.common.tasks import Task
from workers.hub.retries import DATABASE_AWAY


@shared_task(name=Task.JOB_PREPARE.value, **DATABASE_AWAY)
def prepare_job(*, job_id: str) -> None:
    """Make a job's plan and send it to its sites."""
    job_prepare(job_id=UUID(job_id), now=timezone.now())


@shared_task(name=Task.JOB_ADVANCE.value, **DATABASE_AWAY)
def advance_job(*, job_id: str) -> None:
    """Do whatever a job is ready for."""
    job_advance(job_id=UUID(job_id), now=timezone.now())


@shared_task(name=Task.ATTEMPT_ADVANCE.value, **DATABASE_AWAY)
def advance_attempt(*, attempt_id: str) -> None:
    """Do whatever an attempt is ready for."""
    attempt_advance(attempt_id=UUID(attempt_id), now=timezone.now())


@shared_task(name=Task.SERVICE_ADVANCE.value, **DATABASE_AWAY)
def advance_service(*, service_id: str) -> None:
    """Do whatever a diagnosis service is ready for."""
    service_advance(service_id=UUID(service_id), now=timezone.now())


@shared_task(name=Task.RECONCILE_DIAGNOSES.value, ignore_result=True)
def reconcile_all_diagnoses() -> None:
    """Find what is overdue among services and diagnoses; the beat asks again in a moment."""
    reconcile_diagnoses(now=timezone.now())


@shared_task(name=Task.RECONCILE.value, ignore_result=True)
def reconcile_all() -> None:
    """Find what is overdue; the beat asks again in a moment."""
    reconcile(now=timezone.now())
