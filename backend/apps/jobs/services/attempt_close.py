"""Close an attempt: add up, decode, make the next model, and tell everybody.

The work is done outside any transaction, by one worker at a time; a worker that dies in the middle leaves nothing
behind but files that the next one finds or replaces.
"""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from time import monotonic
from uuid import UUID

from django.db import transaction

from backend.apps.artifacts import store
from backend.apps.artifacts.models import Artifact
from backend.apps.artifacts.services import artifact_publish
from backend.apps.jobs.models import Attempt, Job, Round, SiteTask
from backend.apps.jobs.services.attempt_fail import Reason, attempt_fail, discard_submissions
from backend.apps.jobs.services.lanes import lane_append
from backend.apps.jobs.services.locking import hold_attempt
from backend.apps.jobs.services.result_events import metrics_of, result_append
from backend.apps.jobs.services.rosters import sites_of
from backend.apps.jobs.services.site_tasks import site_task_queue, site_tasks_cancel
from backend.apps.jobs.services.sums import Opened, sums_open, sums_store
from backend.apps.jobs.services.weights import (
    model_reference,
    weights_load,
    weights_of,
    weights_publish,
    weights_store,
)
from backend.apps.jobs.transitions import move
from backend.common.alone import alone_with
from backend.common.enqueue import enqueue
from backend.common.tasks import Task
from primia_core.errors import PrimiaError
from primia_core.federation.closing import close
from primia_core.federation.plan import Plan
from primia_core.federation.state import RunState, StepResult
from primia_core.federation.steps import Step


@dataclass(frozen=True)
class _Closing:
    """What came out, before any row says so."""

    opened: Opened
    result: StepResult
    sums: store.Blob
    weights: store.Blob | None


def attempt_close(*, attempt_id: UUID, now: datetime) -> None:
    """Close an attempt that has everything; do nothing where another worker is closing it."""
    began = monotonic()
    with alone_with(attempt_id) as alone:
        attempt = Attempt.objects.select_related("round__job").get(pk=attempt_id)
        if not alone or not _is_due(attempt):
            return
        try:
            closing = _work(attempt)
        except PrimiaError as error:
            _fail(attempt_id, Reason.of(error, phase=attempt.phase), now)
            return
        _record(attempt_id, closing, now + timedelta(seconds=monotonic() - began))


def _is_due(attempt: Attempt) -> bool:
    return attempt.state == Attempt.State.OPEN and attempt.phase == Attempt.Phase.CLOSE


def _work(attempt: Attempt) -> _Closing:
    job = attempt.round.job
    plan, step = Plan.model_validate(job.plan), Step.model_validate(attempt.round.step)
    before = RunState.model_validate(job.run_state)
    model = weights_of(job, step.model_hash) if step.kind == "train" else None
    with ThreadPoolExecutor(1, thread_name_prefix="files") as files:  # reading, hashing and writing release the GIL
        loaded = files.submit(weights_load, model) if model else None
        opened = sums_open(attempt, step)
        sums = files.submit(sums_store, opened.sums, step.vectors)
        result, after = close(plan, step, before, opened.sums, opened.survivors, loaded.result() if loaded else None)
        weights = weights_store(plan=plan, run_state=before, state=after) if after is not None else None
        return _Closing(opened, result, sums.result(), weights)


@transaction.atomic
def _fail(attempt_id: UUID, reason: Reason, now: datetime) -> None:
    job, attempt = hold_attempt(attempt_id)
    if _is_due(attempt):
        attempt_fail(job=job, attempt=attempt, reason=reason, now=now)


@transaction.atomic
def _record(attempt_id: UUID, closing: _Closing, now: datetime) -> None:
    job, attempt = hold_attempt(attempt_id)
    if not _is_due(attempt):
        return
    round_, sites = attempt.round, sites_of(job)
    survivors = [sites[name] for name in closing.opened.survivors]
    round_.sums = artifact_publish(blob=closing.sums, kind=Artifact.Kind.SUMS, readers=survivors, now=now)
    if closing.weights is not None:
        round_.weights = weights_publish(job=job, blob=closing.weights, now=now)
        round_.model_after = closing.result.model_after
    move(round_, Round.State.CLOSED)
    round_.result, round_.closed_at = closing.result.model_dump(mode="json"), now
    round_.metrics = metrics_of(closing.result)
    round_.save()
    move(attempt, Attempt.State.CLOSED)
    attempt.closed_at = now
    attempt.save(update_fields=["state", "closed_at"])
    state_before = job.run_state
    job.run_state = RunState.model_validate(state_before).with_result(closing.result).model_dump(mode="json")
    job.save(update_fields=["run_state"])
    result_append(job=job, round_=round_, result=closing.result, now=now)
    site_tasks_cancel(tasks=SiteTask.objects.filter(attempt=attempt), now=now)
    _hand_out(job, attempt, closing, state_before, now)
    discard_submissions(attempt)
    enqueue(Task.JOB_ADVANCE, job_id=job.id)


def _hand_out(job: Job, attempt: Attempt, closing: _Closing, state_before: dict[str, object], now: datetime) -> None:
    """Send the sums to the sites in them; each computes the next model itself and checks it against ours."""
    sites, step = sites_of(job), attempt.round.step
    payload = {
        "session": attempt.session or None,
        "aggregate": closing.opened.aggregate,
        "artifact": closing.sums.sha256,
        "survivors": list(closing.opened.survivors),
        "step": step,
        "run_state": state_before,
        "plan_hash": job.plan_hash,
        "model": model_reference(job, step["model_hash"]),
    }
    for name in closing.opened.survivors:
        lane_append(attempt=attempt, site=sites[name], phase="waiting", now=now)
        site_task_queue(job=job, attempt=attempt, site=sites[name], kind=SiteTask.Kind.APPLY, payload=payload, now=now)
