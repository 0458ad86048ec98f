"""Open an attempt at a round: choose the roster, bind it, ask the first question."""

from datetime import datetime
from typing import Any

from django.db.models import Max

from backend.apps.events.services import event_append
from backend.apps.jobs.models import Attempt, Job, Round, SiteTask
from backend.apps.jobs.services.lanes import lane_append
from backend.apps.jobs.services.patience import enter
from backend.apps.jobs.services.rosters import roster_for, session_spec, sites_of
from backend.apps.jobs.services.site_tasks import site_task_queue
from backend.apps.jobs.services.weights import model_reference
from primia_core.federation.plan import Plan
from primia_core.federation.steps import Step

Phase = Attempt.Phase


def attempt_open(*, job: Job, round_: Round, now: datetime) -> Attempt:
    """Open the next attempt at a round and queue its first tasks; the caller holds the job."""
    plan, step = Plan.model_validate(job.plan), Step.model_validate(round_.step)
    sites = sites_of(job)
    attempt = Attempt(
        round=round_,
        number=(round_.attempts.aggregate(last=Max("number"))["last"] or 0) + 1,
        secure=plan.aggregation.secure,
        roster=roster_for(round_, plan, sites, now),
        opened_at=now,
    )
    if attempt.secure:
        spec = session_spec(job=job, plan=plan, step=step, attempt=attempt.number, roster=attempt.roster)
        attempt.spec, attempt.session = spec.model_dump(mode="json"), spec.digest
    enter(attempt, Phase.ADVERTISE if attempt.secure else Phase.SUBMIT, now)
    attempt.save(force_insert=True)
    payload = {"number": round_.number, "attempt": attempt.number, "roster": attempt.roster}
    event_append(job_id=job.id, kind="attempt.opened", payload=payload, now=now)
    kind = SiteTask.Kind.ADVERTISE if attempt.secure else SiteTask.Kind.SUBMIT
    question = (
        {"spec": attempt.spec} if attempt.secure else submit_payload(job, round_, {"session": None, "inbox": None})
    )
    for name in attempt.roster:
        lane_append(attempt=attempt, site=sites[name], phase="waiting", now=now)
        site_task_queue(job=job, attempt=attempt, site=sites[name], kind=kind, payload=question, now=now)
    return attempt


def submit_payload(job: Job, round_: Round, secure: dict[str, Any]) -> dict[str, Any]:
    """Return what a site needs for its work in a step, besides what it keeps itself."""
    return {
        **secure,
        "plan_hash": job.plan_hash,
        "step": round_.step,
        "run_state": job.run_state,
        "model": model_reference(job, round_.step["model_hash"]),
    }
