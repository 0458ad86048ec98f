"""Find what is overdue and move it on: nothing is "running" with nobody running it.

Each finding is handled in a transaction of its own, so that one that fails does not keep the others from happening.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Exists, OuterRef, Q

from backend.apps.artifacts.models import Artifact
from backend.apps.evidence.services.demonstrations_ask import demonstrations_ask
from backend.apps.jobs.models import Attempt, Job, SiteTask
from backend.apps.jobs.services.silence import silence_announce
from backend.apps.jobs.services.site_tasks import site_task_expire
from backend.common.enqueue import enqueue
from backend.common.findings import handle_each
from backend.common.tasks import Task

PREPARE_AFTER = timedelta(seconds=15)
"""A plan takes a few seconds to make; after this the task that should make it was lost."""


def reconcile(*, now: datetime) -> None:
    """Look at everything that is unfinished, once."""
    handle_each(_expired_leases(now), lambda task_id: site_task_expire(task_id=task_id, now=now))
    handle_each(_running_jobs(), lambda job_id: silence_announce(job_id=job_id, now=now))
    for attempt_id in [*_open_attempts(), *_unchecked_attempts()]:
        enqueue(Task.ATTEMPT_ADVANCE, attempt_id=attempt_id)
    for job_id in _idle_jobs():
        enqueue(Task.JOB_ADVANCE, job_id=job_id)
    for job_id in _unplanned_jobs(now):
        enqueue(Task.JOB_PREPARE, job_id=job_id)
    demonstrations_ask(now=now)


def _expired_leases(now: datetime) -> Iterable[UUID]:
    leased = SiteTask.objects.filter(state=SiteTask.State.LEASED, lease_until__lte=now)
    return leased.order_by("lease_until").values_list("id", flat=True)


def _running_jobs() -> Iterable[UUID]:
    return Job.objects.filter(state__in=[Job.State.RUNNING, Job.State.PAUSED]).values_list("id", flat=True)


def _open_attempts() -> Iterable[UUID]:
    """Attempts that wait for something: looking at one that still has to wait is cheap and changes nothing."""
    unfinished = Q(state__in=[Attempt.State.OPEN, Attempt.State.ABORTING])
    return Attempt.objects.filter(unfinished).values_list("id", flat=True)


def _unchecked_attempts() -> Iterable[UUID]:
    """Closed attempts that all their sites have answered, while nobody has yet compared what the sites came to.

    Whoever compares discards the sums that the sites needed; so those that are still kept tell what was lost.
    """
    applying = SiteTask.objects.filter(attempt=OuterRef("pk"), kind=SiteTask.Kind.APPLY, finished_at=None)
    closed = Attempt.objects.filter(state=Attempt.State.CLOSED, round__sums__state=Artifact.State.COMPLETE)
    return closed.filter(~Exists(applying)).values_list("id", flat=True)


def _idle_jobs() -> Iterable[UUID]:
    """Jobs that nothing is open for, although they wait for nobody but us."""
    waiting = Q(state=Job.State.AWAITING_APPROVAL, plan__isnull=False) | Q(state=Job.State.QUEUED)
    live = Attempt.objects.filter(state__in=[Attempt.State.OPEN, Attempt.State.ABORTING]).values("round__job")
    idle = Q(state=Job.State.RUNNING) & ~Q(pk__in=live)
    return Job.objects.filter(waiting | idle).order_by("submitted_at").values_list("id", flat=True)


def _unplanned_jobs(now: datetime) -> Iterable[UUID]:
    lost = Job.objects.filter(
        state=Job.State.AWAITING_APPROVAL, plan__isnull=True, submitted_at__lte=now - PREPARE_AFTER
    )
    return lost.values_list("id", flat=True)
