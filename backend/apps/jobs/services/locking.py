"""The order in which rows are held: a job's row before anything else of that job, the audit chain's head last."""

from uuid import UUID

from backend.apps.federations.models import Federation
from backend.apps.jobs.models import Attempt, Job
from backend.common.errors import NotFound


def hold_job(job_id: UUID) -> Job:
    """Lock and return a job; call it inside a transaction, before any other row of the job is locked."""
    job = Job.objects.select_for_update(no_key=True).filter(pk=job_id).first()
    if job is None:
        raise NotFound("there is no such job")
    return job


def hold_federation(federation_id: UUID) -> None:
    """Lock a federation; call it before anything is appended to the audit chain, as everybody else does."""
    Federation.objects.select_for_update(no_key=True).get(pk=federation_id)


def hold_attempt(attempt_id: UUID) -> tuple[Job, Attempt]:
    """Lock an attempt's job, and return both as they are now."""
    found = Attempt.objects.filter(pk=attempt_id).values_list("round__job_id", flat=True).first()
    if found is None:
        raise NotFound("there is no such attempt")
    job = hold_job(found)
    attempt = Attempt.objects.select_related("round").get(pk=attempt_id)
    attempt.round.job = job
    return job, attempt
