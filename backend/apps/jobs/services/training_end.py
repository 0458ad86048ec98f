"""End a job's training where a site's privacy budget is spent: what was trained is validated, tested and kept."""

from datetime import datetime

from backend.apps.audit.services import audit_append
from backend.apps.events.services import event_append
from backend.apps.federations.models import Site
from backend.apps.jobs.models import Job, Round
from primia_core.federation.state import RunState
from primia_core.federation.steps import Step

BUDGET_REACHED = "site.budget_reached"
"""The code by which a site refuses a round that its ledger has no room for."""


def training_end(*, job: Job, site: Site, reason: str, now: datetime) -> None:
    """Note that no training round follows; the caller holds the job. Noting it again changes nothing."""
    state = RunState.model_validate(job.run_state)
    if state.ended is not None:
        return
    job.run_state = state.model_copy(update={"ended": "budget"}).model_dump(mode="json")
    job.save(update_fields=["run_state"])
    payload = {"rounds_done": state.rounds_done, "reason": reason[:500]}
    event_append(job_id=job.id, kind="budget.reached", payload=payload, site=site, now=now)
    audit_append(
        actor=f"site:{site.slug}", action="budget.reached", subject=str(job.id), detail=payload, now=now,
        federation_id=job.federation_id,
    )  # fmt: skip


def question_change(*, job: Job, round_: Round, step: Step, now: datetime) -> None:
    """Ask the open round something else: its training was refused before anything was summed.

    The round was opened once and is not opened again, so that every round is told to open once and to close once.
    """
    round_.kind, round_.round, round_.step = step.kind, step.round, step.model_dump(mode="json")
    round_.save(update_fields=["kind", "round", "step"])
    payload = {"number": step.number, "kind": step.kind, "round": step.round}
    event_append(job_id=job.id, kind="round.changed", payload=payload, now=now)
