"""Move a job on: from signed to queued, from queued to running, from one step to the next, to its end."""

from datetime import datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

from django.db import transaction

from backend.apps.events.services import event_append
from backend.apps.jobs.models import Attempt, Job, Round
from backend.apps.jobs.services.approvals import approvals_gather
from backend.apps.jobs.services.attempt_fail import needs_abort
from backend.apps.jobs.services.attempt_open import attempt_open
from backend.apps.jobs.services.failure_advice import advice_for
from backend.apps.jobs.services.job_end import job_fail
from backend.apps.jobs.services.job_succeed import job_succeed
from backend.apps.jobs.services.locking import hold_federation, hold_job
from backend.apps.jobs.services.patience import MAX_ATTEMPTS
from backend.apps.jobs.services.training_end import question_change
from backend.apps.jobs.transitions import move
from primia_core.federation.layout import Layout
from primia_core.federation.plan import Plan
from primia_core.federation.schedule import Finished, next_step
from primia_core.federation.state import RunState
from primia_core.federation.steps import Step
from primia_core.models.registry import skeleton

State = Job.State


@transaction.atomic
def job_advance(*, job_id: UUID, now: datetime) -> None:
    """Do whatever a job is ready for. Doing it twice, or with nothing to do, changes nothing."""
    job = hold_job(job_id)
    if job.state in (State.AWAITING_APPROVAL, State.QUEUED):
        hold_federation(job.federation_id)  # before approvals are audited; a site that enrols holds them in that order
    if job.state == State.AWAITING_APPROVAL and job.plan is not None:
        approvals_gather(job=job, now=now)
    if job.state == State.QUEUED:
        _start(job, now)
    if job.state == State.RUNNING:
        _run(job, now)


def _start(job: Job, now: datetime) -> None:
    """Begin, if no other job of the federation runs: its sites do one thing at a time. The caller holds it."""
    if Job.objects.filter(federation_id=job.federation_id, state=State.RUNNING).exists():
        return
    move(job, State.RUNNING)
    if job.started_at is None:
        job.started_at = now
        event_append(job_id=job.id, kind="job.started", payload={}, now=now)
    job.save(update_fields=["state", "started_at"])


def _run(job: Job, now: datetime) -> None:
    round_ = Round.objects.filter(job=job, state=Round.State.OPEN).first()
    if round_ is None:
        step = _next(job)
        if isinstance(step, Finished):
            job_succeed(job=job, finished=step, now=now)
            return
        round_ = _open_round(job, step, now)
    last = round_.attempts.order_by("-number").first()
    state = RunState.model_validate(job.run_state)
    if state.ended and round_.kind == Round.Kind.TRAIN and last is not None and last.state == Attempt.State.FAILED:
        if not state.rounds_done:
            _give_up(job, last, now)  # there is no model to keep
            return
        step = _next(job)
        assert isinstance(step, Step)  # the last model has neither been validated nor tested
        question_change(job=job, round_=round_, step=step, now=now)
    if last is None or (last.state == Attempt.State.FAILED and _may_retry(last)):
        attempt_open(job=job, round_=round_, now=now)
    elif last.state == Attempt.State.FAILED:
        _give_up(job, last, now)


def _next(job: Job) -> Step | Finished:
    plan = Plan.model_validate(job.plan)
    return next_step(plan, RunState.model_validate(job.run_state), _layout(plan.model, plan.strategy.batch_norm))


@lru_cache(maxsize=16)
def _layout(spec: Any, batch_norm: Any) -> Layout:
    return Layout.of(skeleton(spec).state_dict(), batch_norm=batch_norm)


def _open_round(job: Job, step: Step, now: datetime) -> Round:
    round_ = Round.objects.create(
        job=job, number=step.number, kind=step.kind, round=step.round, step=step.model_dump(mode="json"), opened_at=now
    )
    payload = {"number": step.number, "kind": step.kind, "round": step.round}
    event_append(job_id=job.id, kind="round.opened", payload=payload, now=now)
    return round_


def _may_retry(last: Attempt) -> bool:
    """A retry needs attempts left, and the oaths that the failed one is dead wherever a site may have submitted."""
    return last.number < MAX_ATTEMPTS and (last.abort_certificate is not None or not needs_abort(last))


def _give_up(job: Job, last: Attempt, now: datetime) -> None:
    failure = last.failure
    job_fail(
        job=job,
        site=failure["site"],
        phase=failure["phase"],
        reason=failure["reason"],
        next_step=advice_for(failure["code"], attempts=last.number),
        now=now,
    )
