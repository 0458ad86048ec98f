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
from backend.apps.jobs.errors import BudgetTooSmall
from backend.apps.jobs.job_settings import JobSettings
from backend.apps.jobs.models import Job, Round
from backend.apps.jobs.selectors.cohorts import ready_cohorts
from backend.apps.jobs.selectors.jobs import job_get
from backend.apps.jobs.selectors.promised_privacy import budgets_after
from backend.apps.jobs.services.job_end import start_next, stop_work
from backend.apps.jobs.services.locking import hold_federation, hold_job
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
    if job.state == State.DRAFT:
        _check_budgets(job, now)
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


def _check_budgets(job: Job, now: datetime) -> None:
    """Refuse a private job that would take a study over a budget that its site has told.

    What jobs that were submitted before may still spend counts as spent. One submission at a time looks, so that no
    two take the same room.

    Raises:
        BudgetTooSmall: with each site's figures.
    """
    settings = JobSettings.model_validate(job.settings)
    if settings.privacy is None:
        return
    hold_federation(job.federation_id)
    data = settings.data
    cohorts = ready_cohorts(job.federation_id, task=data.task, classes=data.classes, now=now)
    sites = {cohort.site_id: cohort.site for cohort in cohorts}
    passed = [each for each in budgets_after(settings, list(sites.values())) if each.would_pass]
    if passed:
        told = "; ".join(
            f"{each.site} has spent epsilon {each.spent:.3f} on {each.study!r}, {each.reserved:.3f} more are reserved "
            f"for other jobs, and it would have spent {each.after:.3f} of {each.budget:g} (delta {each.delta:g})"
            for each in passed
        )
        raise BudgetTooSmall(
            f"{told}. Take fewer rounds, a lower sample_rate or more noise, or wait for the other jobs to end."
        )


def _hold(job_id: UUID, by: User) -> Job:
    found = job_get(user=by, job_id=job_id)
    require_role(user=by, federation_id=found.federation_id, roles=MANAGE)
    return hold_job(job_id)


def _tell(job: Job, what: str, by: User, now: datetime) -> None:
    event_append(job_id=job.id, kind=what, payload={}, now=now)
    audit_append(
        actor=by.username, action=what, subject=str(job.id), detail={}, now=now, federation_id=job.federation_id
    )
