"""Which sites a new attempt asks, and the session that binds them."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from backend.apps.federations.models import Site
from backend.apps.federations.selectors import is_online
from backend.apps.jobs.models import Attempt, Job, Round
from primia_core.federation.plan import Plan
from primia_core.federation.privacy_terms import fewest_in_a_sum
from primia_core.secagg.session import Member, SessionSpec, threshold_of

if TYPE_CHECKING:
    from primia_core.federation.steps import Step  # it needs torch, which the web process does without

REFUSALS_UNTIL_LEFT_OUT = 2


def sites_of(job: Job) -> dict[str, Site]:
    """Return the sites of a job's plan by their short names."""
    names = [member["site"] for member in job.plan["roster"]]
    return {site.slug: site for site in Site.objects.filter(federation_id=job.federation_id, slug__in=names)}


def roster_for(round_: Round, plan: Plan, sites: Mapping[str, Site], now: datetime) -> list[str]:
    """Return whom to ask: the plan's sites, less those that are silent or keep failing, if enough others remain."""
    names = [member.site for member in plan.roster]
    failed = _failures(round_)
    fit = [n for n in names if is_online(sites[n], now=now) and failed.get(n, 0) < REFUSALS_UNTIL_LEFT_OUT]
    return fit if _is_enough(plan, len(fit)) else names


def _is_enough(plan: Plan, sites: int) -> bool:
    """Say whether so many sites may be asked by themselves: enough to sum over, and to make shared noise."""
    if sites < plan.aggregation.min_survivors:
        return False
    shares_noise = plan.privacy is not None and plan.privacy.mode == "distributed"
    return not shares_noise or max(threshold_of(sites), plan.aggregation.min_survivors) >= fewest_in_a_sum(plan)


def session_spec(*, job: Job, plan: Plan, step: "Step", attempt: int, roster: Sequence[str]) -> SessionSpec:
    """Return what an attempt's keys, masks and signatures are bound to."""
    members = [member for member in plan.roster if member.site in set(roster)]
    return SessionSpec.build(
        job=str(job.id),
        step=step.number,
        attempt=attempt,
        plan_hash=job.plan_hash,
        model_hash=step.model_hash,
        coordinator=plan.coordinator,
        roster=[Member(site=m.site, identity=m.identity, fingerprint=m.fingerprint) for m in members],
        min_survivors=plan.aggregation.min_survivors,
        neighbours=plan.aggregation.neighbours,
        vectors=step.vectors,
        dataset_versions={member.site: member.dataset_version for member in members},
    )


def _failures(round_: Round) -> dict[str, int]:
    counts: dict[str, int] = {}
    for dropped in Attempt.objects.filter(round=round_).values_list("dropped", flat=True):
        for site in dropped:
            counts[site] = counts.get(site, 0) + 1
    return counts
