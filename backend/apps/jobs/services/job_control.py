"""What a coordinator may do with a job: submit, pause, resume, cancel.

Asking for what is already so changes nothing.
"""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from backend.apps.accounts.models import User
from backend.apps.audit.services import audit_append
from backend.apps.events.services import event_append
from backend.apps.federations.policies import MANAGE, require_role
from backend.apps.jobs.models import Job, Round
from backend.apps.jobs.selectors.jobs import job_get
from backend.apps.jobs.services.job_end import start_next, stop_work
from backend.apps.jobs.services.locking import hold_job
from backend.apps.jobs.transitions import move
from backend.common.enqueue import enqueue
from backend.common.errors import IllegalTransition
from backend.common.tasks import Task

State = Job.State


@transaction.atomic
def job_submit(*, job_id: UUID, by: User, now: datetime) -> Job:
    """Have the plan made and sent to every site."""
    job = _hold(job_id, by)
    if job.state == State.AWAITING_APPROVAL:
        return job
    move(job, State.AWAITING_APPROVAL)
    job.submitted_at = now
    job.save(update_fields=["state", "submitted_at"])
    _tell(job, "job.submitted", by, now)
    enqueue(Task.JOB_PREPARE, job_id=job.id)
    return job


@transaction.atomic
def job_pause(*, job_id: UUID, by: User, now: datetime) -> Job:
    """Open nothing more. What is open goes on to its end: half a round cannot be kept."""
    job = _hold(job_id, by)
    if job.state == State.PAUSED:
        return job
    move(job, State.PAUSED)
    job.save(update_fields=["state"])
    _tell(job, "job.paused", by, now)
    start_next(job.federation_id)
    return job


@transaction.atomic
def job_resume(*, job_id: UUID, by: User, now: datetime) -> Job:
    """Go on where the job was paused, as soon as the federation is free."""
    job = _hold(job_id, by)
    if job.state in (State.QUEUED, State.RUNNING):
        return job
    if job.state != State.PAUSED:
        raise IllegalTransition(current=job.state, wanted=State.RUNNING)
    move(job, State.QUEUED)
    job.save(update_fields=["state"])
    _tell(job, "job.resumed", by, now)
    enqueue(Task.JOB_ADVANCE, job_id=job.id)
    return job


@transaction.atomic
def job_cancel(*, job_id: UUID, by: User, now: datetime) -> Job:
    """End the job for good; agents hear of it when they next renew."""
    job = _hold(job_id, by)
    if job.state == State.CANCELLED:
        return job
    move(job, State.CANCELLED)
    job.finished_at = now
    job.save(update_fields=["state", "finished_at"])
    stop_work(job=job, state=Round.State.CANCELLED, now=now)
    _tell(job, "job.cancelled", by, now)
    start_next(job.federation_id)
    return job


def _hold(job_id: UUID, by: User) -> Job:
    found = job_get(user=by, job_id=job_id)
    require_role(user=by, federation_id=found.federation_id, roles=MANAGE)
    return hold_job(job_id)


def _tell(job: Job, what: str, by: User, now: datetime) -> None:
    event_append(job_id=job.id, kind=what, payload={}, now=now)
    audit_append(
        actor=by.username, action=what, subject=str(job.id), detail={}, now=now, federation_id=job.federation_id
    )
