"""End a job that has nothing left to ask: register its model, keep what matters of its files."""

from datetime import datetime
from typing import Any

from backend.apps.audit.services import audit_append
from backend.apps.events.services import event_append
from backend.apps.evidence.services import attack_audit_record, evaluation_record
from backend.apps.jobs.models import Approval, Job, Round
from backend.apps.jobs.services.job_end import start_next
from backend.apps.jobs.services.leftovers import models_discard
from backend.apps.jobs.services.plan_close import plan_close
from backend.apps.jobs.services.weights import weights_of
from backend.apps.jobs.transitions import move
from backend.apps.registry.services import model_register
from primia_core.federation.plan import Plan
from primia_core.federation.privacy_terms import a_round_of
from primia_core.federation.schedule import Finished, best_validation
from primia_core.federation.state import RunState
from primia_core.privacy.accounting import spent


def job_succeed(*, job: Job, finished: Finished, now: datetime) -> None:
    """End a job with what its kind makes: a model, an evaluation or an audit; the caller holds it."""
    if job.kind == Job.Kind.TRAIN:
        _trained(job, finished, now)
    else:
        _examined(job, now)
    start_next(job.federation_id)


def _examined(job: Job, now: datetime) -> None:
    """Keep the document that the only step ended with, beside the model that it is about."""
    result = RunState.model_validate(job.run_state).results[-1]
    if job.kind == Job.Kind.EVALUATE:
        assert result.scores is not None
        made = {"evaluation": str(evaluation_record(job=job, document=result.scores, now=now).pk)}
    else:
        assert result.audit is not None
        made = {"attack_audit": str(attack_audit_record(job=job, document=result.audit, now=now).pk)}
    move(job, Job.State.SUCCEEDED)
    job.finished_at = now
    job.save(update_fields=["state", "finished_at"])
    event_append(job_id=job.id, kind="job.succeeded", payload={"best_round": None, "test": None, **made}, now=now)
    audit_append(
        actor="system", action="job.succeeded", subject=str(job.id), detail=made, now=now,
        federation_id=job.federation_id,
    )  # fmt: skip


def _trained(job: Job, finished: Finished, now: datetime) -> None:
    """Register the model that validation chose."""
    assert finished.test is not None
    artifact = weights_of(job, finished.model_hash)
    test = finished.test.model_dump(mode="json")
    move(job, Job.State.SUCCEEDED)
    job.best_round, job.finished_at = finished.best_round, now
    job.save(update_fields=["state", "best_round", "finished_at"])
    model_register(
        federation_id=job.federation_id,
        job_id=job.id,
        name=job.title,
        artifact=artifact,
        card=_card(job, finished),
        lineage=_lineage(job, finished),
        evaluation={"validation": _validation(job), "test": test},
        now=now,
    )
    event_append(
        job_id=job.id, kind="job.succeeded", payload={"best_round": finished.best_round, "test": test}, now=now
    )
    audit_append(
        actor="system", action="job.succeeded", subject=str(job.id), detail={"best_round": finished.best_round},
        now=now, federation_id=job.federation_id,
    )  # fmt: skip
    plan_close(job=job, now=now)
    models_discard(job, keep=[artifact.id])


def _card(job: Job, finished: Finished) -> dict[str, Any]:
    plan = Plan.model_validate(job.plan)
    state = RunState.model_validate(job.run_state)
    scale = plan.data.normalisation or (state.statistics.normalisation if state.statistics else None)
    return {
        "title": job.title,
        "task": plan.data.task,
        "classes": list(plan.data.classes),
        "model": plan.model.model_dump(mode="json"),
        "image_size": plan.data.image_size,
        "normalisation": scale.model_dump(mode="json") if scale else None,
        "strategy": plan.strategy.name,
        "best_round": finished.best_round,
        "ended": finished.reason,
        "intended_use": "research; not a medical device",
    }


def _lineage(job: Job, finished: Finished) -> dict[str, Any]:
    signed = Approval.objects.filter(job=job).order_by("site__slug").values_list("site__slug", "signature")
    rounds = Round.objects.filter(job=job, state=Round.State.CLOSED)
    return {
        "job": str(job.id),
        "plan_hash": job.plan_hash,
        "initial_model": job.plan["initial_model"],
        "model_hash": finished.model_hash,
        "sites": [member["site"] for member in job.plan["roster"]],
        "signatures": dict(signed),
        "secure": job.plan["aggregation"]["secure"],
        "rounds": [
            {
                "number": round_.number,
                "kind": round_.kind,
                "round": round_.round,
                "survivors": round_.result["survivors"],
            }
            for round_ in rounds
        ],
        "epsilon": _epsilon(job),
    }


def _epsilon(job: Job) -> dict[str, Any] | None:
    """Return what the model cost in privacy: every round that was closed, whichever of their models was chosen."""
    plan, state = Plan.model_validate(job.plan), RunState.model_validate(job.run_state)
    if plan.privacy is None:
        return None
    found = spent([a_round_of(plan).times(state.rounds_done)], plan.privacy.delta)
    return {
        "epsilon_pld": found.epsilon_pld,
        "epsilon_rdp": found.epsilon_rdp,
        "delta": found.delta,
        "rounds": state.rounds_done,
        "steps": found.steps,
        **plan.privacy.model_dump(mode="json", include={"mode", "unit", "noise_multiplier", "sample_rate", "clip"}),
    }


def _validation(job: Job) -> dict[str, Any] | None:
    best = best_validation(Plan.model_validate(job.plan), RunState.model_validate(job.run_state))
    return best.model_dump(mode="json") if best else None
