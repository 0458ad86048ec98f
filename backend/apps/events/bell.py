"""The bell of a job: who listens to its group looks for new events."""

from uuid import UUID

from backend.common import bell


def group(job_id: UUID | str) -> str:
    """Return the name of the group that hears of the job."""
    return f"job.{job_id}"


def ring_on_commit(job_id: UUID) -> None:
    """Ring once the present transaction is committed."""
    bell.ring_on_commit(group(job_id))
