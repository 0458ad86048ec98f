"""End an attempt that cannot close, say why, and make sure that a retry is possible."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from backend.apps.artifacts.services import artifacts_discard
from backend.apps.events.services import event_append
from backend.apps.jobs.models import Attempt, Job, Message, SiteTask
from backend.apps.jobs.services.rosters import sites_of
from backend.apps.jobs.services.site_tasks import site_task_queue, site_tasks_cancel
from backend.apps.jobs.transitions import move
from backend.common.enqueue import enqueue
from backend.common.tasks import Task
from primia_core.errors import PrimiaError

Phase, State = Attempt.Phase, Attempt.State


@dataclass(frozen=True)
class Reason:
    """Which site, in which phase, why; ``site`` is ``None`` where it is nobody's or the coordinator's."""

    site: str | None
    phase: str
    code: str
    text: str

    @classmethod
    def of(cls, error: PrimiaError, *, phase: str) -> "Reason":
        """Take an error of the coordinator's own session."""
        return cls(None, phase, error.code, error.message[:500])

    def to_json(self) -> dict[str, Any]:
        """Return the reason as rows and events keep it."""
        return {"site": self.site, "phase": self.phase, "code": self.code, "reason": self.text[:500]}


def attempt_fail(*, job: Job, attempt: Attempt, reason: Reason, now: datetime) -> None:
    """Give an attempt up; the caller holds the job.

    Where a site may already have sent its masked vectors, the sites are asked to swear that they will never open them:
    without those oaths no site may submit the same update again, in a retry or in another job.
    """
    sites = sites_of(job)
    site_tasks_cancel(tasks=SiteTask.objects.filter(attempt=attempt), now=now)
    attempt.failure = reason.to_json()
    payload = {"number": attempt.round.number, "attempt": attempt.number, **attempt.failure}
    site = sites.get(reason.site or "")
    event_append(job_id=job.id, kind="attempt.failed", payload=payload, site=site, now=now)
    discard_submissions(attempt)
    if needs_abort(attempt):
        begin_abort(job=job, attempt=attempt, now=now)
        return
    attempt_end(job=job, attempt=attempt, state=State.FAILED, now=now)


def needs_abort(attempt: Attempt) -> bool:
    """Say whether a site may have submitted: from then on its ledger binds the quantity to this attempt."""
    return attempt.secure and SiteTask.objects.filter(attempt=attempt, kind=SiteTask.Kind.SUBMIT).exists()


def begin_abort(*, job: Job, attempt: Attempt, now: datetime) -> None:
    """Ask every site of the attempt for its oath."""
    move(attempt, State.ABORTING)
    attempt.phase_since = now
    attempt.save(update_fields=["state", "failure", "phase_since"])
    for name, site in sites_of(job).items():
        if name in attempt.roster:
            kind, payload = SiteTask.Kind.ABORT, {"session": attempt.session, "spec": attempt.spec}
            site_task_queue(job=job, attempt=attempt, site=site, kind=kind, payload=payload, now=now)


def attempt_end(*, job: Job, attempt: Attempt, state: str, now: datetime) -> None:
    """Put an attempt to its end without a result; its job then decides what follows."""
    move(attempt, state)
    attempt.closed_at = now
    attempt.save(update_fields=["state", "failure", "closed_at", "abort_certificate"])
    enqueue(Task.JOB_ADVANCE, job_id=job.id)


def discard_submissions(attempt: Attempt) -> None:
    """Delete the files of an attempt's vectors: nobody needs them once it has ended."""
    blobs = Message.objects.filter(attempt=attempt, artifact__isnull=False).values_list("artifact_id", flat=True)
    artifacts_discard(ids=blobs)
