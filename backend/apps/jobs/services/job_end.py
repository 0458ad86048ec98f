"""The ends of a job: failed with a reason that a person can act on, or succeeded with a model."""

from datetime import datetime
from uuid import UUID

from backend.apps.audit.services import audit_append
from backend.apps.events.services import event_append
from backend.apps.federations.models import Site
from backend.apps.jobs.models import Attempt, Job, Round, SiteTask
from backend.apps.jobs.services.attempt_fail import attempt_end, begin_abort, discard_submissions, needs_abort
from backend.apps.jobs.services.leftovers import last_model, models_discard
from backend.apps.jobs.services.plan_close import plan_close
from backend.apps.jobs.services.site_tasks import site_tasks_cancel
from backend.apps.jobs.transitions import move
from backend.common.enqueue import enqueue
from backend.common.tasks import Task

State = Job.State


def job_fail(*, job: Job, site: str | None, phase: str, reason: str, next_step: str, now: datetime) -> None:
    """End a job that cannot go on; the caller holds it. Failing a job that has ended changes nothing."""
    if job.state in Job.TERMINAL:
        return
    job.failure = {"site": site, "phase": phase, "reason": reason[:500], "next_step": next_step}
    move(job, State.FAILED)
    job.finished_at = now
    job.save(update_fields=["state", "failure", "finished_at"])
    stop_work(job=job, state=Round.State.FAILED, now=now)
    row = Site.objects.filter(federation_id=job.federation_id, slug=site).first() if site else None
    event_append(job_id=job.id, kind="job.failed", payload=job.failure, site=row, now=now)
    audit_append(
        actor="system", action="job.failed", subject=str(job.id), detail=job.failure, now=now,
        federation_id=job.federation_id,
    )  # fmt: skip
    start_next(job.federation_id)


def stop_work(*, job: Job, state: str, now: datetime) -> None:
    """End whatever a job has open. Sites that may have submitted are still asked for their oaths."""
    site_tasks_cancel(tasks=SiteTask.objects.filter(job=job).exclude(kind=SiteTask.Kind.APPLY), now=now)
    for round_ in Round.objects.filter(job=job, state=Round.State.OPEN):
        move(round_, state)
        round_.closed_at = now
        round_.save(update_fields=["state", "closed_at"])
    for attempt in Attempt.objects.filter(round__job=job, state=Attempt.State.OPEN).select_related("round"):
        reason = "the job was cancelled" if state == Round.State.CANCELLED else "the job failed"
        attempt.failure = {"site": None, "phase": attempt.phase, "code": "jobs.ended", "reason": reason}
        discard_submissions(attempt)
        if needs_abort(attempt):
            begin_abort(job=job, attempt=attempt, now=now)
        else:
            attempt_end(job=job, attempt=attempt, state=Attempt.State.CANCELLED, now=now)
    plan_close(job=job, now=now)
    models_discard(job, keep=last_model(job))


def start_next(federation_id: UUID) -> None:
    """Let the federation's next queued job begin."""
    queued = Job.objects.filter(federation_id=federation_id, state=State.QUEUED).order_by("submitted_at")
    for job_id in queued.values_list("id", flat=True)[:1]:
        enqueue(Task.JOB_ADVANCE, job_id=job_id)
