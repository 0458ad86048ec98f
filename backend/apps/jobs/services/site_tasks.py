"""One instruction to one site: queue, lease, renew, answer, give back. What an answer means is in ``answers``.

A site has one agent, and the agent runs one task at a time. What a lease is stands in ``common.leases``.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction

from backend.apps.federations.models import Site
from backend.apps.jobs.errors import AnsweredOtherwise, NotLeased
from backend.apps.jobs.models import Attempt, Job, SiteTask
from backend.apps.jobs.services.answers import answer_take
from backend.apps.jobs.services.lanes import ON_LEASE, lane_append
from backend.apps.jobs.services.locking import hold_job
from backend.apps.jobs.transitions import move
from backend.apps.link.bell import ring_site_on_commit
from backend.common.enqueue import enqueue
from backend.common.errors import NotFound
from backend.common.leases import Leases, Renewal
from backend.common.tasks import Task
from primia_core.canonical import sha256_hex

PROGRESS_EVERY = timedelta(seconds=1)

State = SiteTask.State
LEASES: Leases[SiteTask] = Leases(
    move=move,
    ring=lambda task: ring_site_on_commit(task.site_id),
    most_lapses=8,
    answered_otherwise=AnsweredOtherwise,
    not_leased=NotLeased,
)


def site_task_queue(
    *, job: Job, site: Site, kind: str, payload: dict[str, Any], now: datetime, attempt: Attempt | None = None
) -> SiteTask:
    """Put one task into a site's mailbox and ring. Asking the same thing of the same attempt again changes nothing."""
    task, made = SiteTask.objects.get_or_create(
        job=job, attempt=attempt, site=site, kind=kind, defaults={"payload": payload, "created_at": now}
    )
    if made:
        ring_site_on_commit(site.id)
    return task


def site_task_lease(*, site_id: UUID, now: datetime) -> SiteTask | None:
    """Hand the oldest waiting task to the site's agent."""
    while True:
        found = (
            SiteTask.objects.filter(site_id=site_id, state=State.QUEUED)
            .order_by("created_at")
            .values_list("id", "job_id")
            .first()
        )
        if found is None:
            return None
        if task := _lease(task_id=found[0], job_id=found[1], now=now):
            return task


@transaction.atomic
def _lease(*, task_id: UUID, job_id: UUID, now: datetime) -> SiteTask | None:
    hold_job(job_id)
    task = _get(task_id)
    if not LEASES.hand_out(task, now):
        return None
    phase = ON_LEASE.get(task.kind)
    if phase and task.attempt:
        task.progress = {"phase": phase, "at": now.isoformat()}
        lane_append(attempt=task.attempt, site=task.site, phase=phase, now=now)
    task.save()
    return task


@transaction.atomic
def site_task_renew(*, site_id: UUID, task_id: UUID, progress: Mapping[str, Any] | None, now: datetime) -> Renewal:
    """Keep a task, and say whether its site should go on."""
    task = _hold(site_id, task_id)
    if (said := LEASES.renew(task, now)) != "ok":
        return said
    if progress and task.attempt and _is_news(task.progress or {}, progress, now):
        lane_append(attempt=task.attempt, site=task.site, now=now, **progress)
        task.progress = {**progress, "at": now.isoformat()}
    task.save(update_fields=["state", "lease_until", "progress"])
    return said


@transaction.atomic
def site_task_answer(*, site_id: UUID, task_id: UUID, answer: Mapping[str, Any], now: datetime) -> None:
    """Take a task's answer, once. The same answer again changes nothing; an answer to a cancelled task is dropped.

    Raises:
        AnsweredOtherwise: there is another answer already.
        NotLeased: the task was never handed out.
        NotFound: the site has no such task.
    """
    task = _hold(site_id, task_id)
    digest = sha256_hex(answer)
    if LEASES.is_wanted(task, digest):
        answer_take(task=task, answer=answer, now=now)
        _finish(task, answer, digest, now)


@transaction.atomic
def site_task_acknowledge(*, site_id: UUID, task_id: UUID, now: datetime) -> None:
    """Hear that the agent is done with a task.

    A plan that it has not answered waits for a person at the site, and the answer comes later. Any other task that it
    has not answered has lapsed.
    """
    task = _hold(site_id, task_id)
    if task.state != State.LEASED:
        return
    if task.kind != SiteTask.Kind.PLAN_REVIEW:
        _lapse(task, now)
        return
    move(task, State.HELD)
    task.lease_until = None
    task.save(update_fields=["state", "lease_until"])


@transaction.atomic
def site_task_release(*, site_id: UUID, task_id: UUID, now: datetime) -> None:
    """Take an unfinished task back, for the site's next agent. Releasing what is not leased changes nothing."""
    LEASES.give_back(_hold(site_id, task_id))


@transaction.atomic
def site_task_leases_return(*, site_id: UUID, now: datetime) -> None:
    """Take back all that a site's agent held when it went: a new agent has come."""
    leased = SiteTask.objects.filter(site_id=site_id, state=State.LEASED)
    for task_id, job_id in leased.order_by("job_id").values_list("id", "job_id"):
        hold_job(job_id)
        task = _get(task_id)
        if task.state == State.LEASED:
            _lapse(task, now)


@transaction.atomic
def site_task_expire(*, task_id: UUID, now: datetime) -> bool:
    """Take back a task whose lease has run out; give it up after too many lapses.

    Returns:
        Whether there was something to do.
    """
    job_id = SiteTask.objects.values_list("job_id", flat=True).get(pk=task_id)
    hold_job(job_id)
    task = _get(task_id)
    if not LEASES.is_overdue(task, now):
        return False
    _lapse(task, now)
    return True


def site_tasks_cancel(*, tasks: Any, now: datetime) -> int:
    """Cancel all unfinished tasks of a queryset; the caller holds the job. Agents hear of it when they renew."""
    unfinished = tasks.filter(state__in=[State.QUEUED, State.LEASED, State.HELD])
    return int(unfinished.update(state=State.CANCELLED, lease_until=None, finished_at=now))


def _hold(site_id: UUID, task_id: UUID) -> SiteTask:
    job_id = SiteTask.objects.filter(pk=task_id, site_id=site_id).values_list("job_id", flat=True).first()
    if job_id is None:
        raise NotFound("this site has no such task")
    hold_job(job_id)
    return _get(task_id)


def _get(task_id: UUID) -> SiteTask:
    return SiteTask.objects.select_related("site", "job", "attempt__round").get(pk=task_id)


def _lapse(task: SiteTask, now: datetime) -> None:
    """Queue a task that its agent let lapse, or end it; a plan waits for its person, however often its agent goes."""
    if error := LEASES.lapse(task, for_ever=task.kind == SiteTask.Kind.PLAN_REVIEW):
        _finish(task, {"error": error}, "", now)


def _finish(task: SiteTask, answer: Mapping[str, Any], digest: str, now: datetime) -> None:
    LEASES.finish(task, result=answer.get("result"), error=answer.get("error"), digest=digest, now=now)
    if task.attempt_id:
        enqueue(Task.ATTEMPT_ADVANCE, attempt_id=task.attempt_id)
    else:
        enqueue(Task.JOB_ADVANCE, job_id=task.job_id)


def _is_news(before: Mapping[str, Any], progress: Mapping[str, Any], now: datetime) -> bool:
    if before.get("phase") != progress["phase"]:
        return True
    if {**before, **progress} == dict(before):
        return False
    finished = progress.get("done") is not None and progress.get("done") == progress.get("total")
    return finished or datetime.fromisoformat(before["at"]) + PROGRESS_EVERY <= now
