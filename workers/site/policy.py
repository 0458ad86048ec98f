"""What a hospital allows: its own rules, beside which every plan is laid before a person or the agent signs it."""

from collections.abc import Iterator
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from primia_core.federation.plan import Plan


class SitePolicy(BaseModel):
    """The section ``[policy]`` of ``site.toml``. The hub cannot change it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    approval: Literal["manual", "auto"] = Field(
        default="manual", description="auto signs whatever these rules allow; manual waits for `primia site approve`"
    )
    require_secure: bool = True
    min_survivors: int = Field(default=3, ge=2)
    max_rounds: int = Field(default=200, ge=1)
    max_local_epochs: int = Field(default=20, ge=1)
    max_local_steps: int = Field(default=10_000, ge=1)
    allow_epochs: bool = Field(
        default=True, description="epochs let the duration of a round tell about how many images a site has"
    )
    changed_roster: Literal["warn", "block"] = Field(
        default="warn", description="a round with one site more or fewer than the last tells something about that site"
    )
    release_own_figures: bool = Field(
        default=False, description="let an evaluation publish this site's own confusion matrix under its name"
    )
    allow_subgroups: bool = Field(
        default=False, description="let an evaluation count by age, sex or view, small groups withheld"
    )
    allow_audits: bool = Field(
        default=True, description="let a job attack what this site would send; pictures stay here, sums leave"
    )
    require_privacy: bool = Field(default=False, description="refuse training without differential privacy")
    privacy_unit: Literal["patient", "image"] = Field(
        default="patient", description="patient: refuse plans that hide single images only"
    )
    epsilon_budget: float = Field(default=10.0, gt=0, description="most that a study may spend here, all jobs together")
    delta_max: float = Field(default=1e-5, gt=0, lt=1, description="at which the budget counts; plans ask for no more")
    publish_budget: bool = Field(
        default=True, description="tell the hub what a study has spent, so that it plans no job that would be refused"
    )


def objections(plan: Plan, policy: SitePolicy) -> list[str]:
    """Return in words everything about a plan that the policy forbids; an empty list allows it."""
    return list(_objections(plan, policy))


def _objections(plan: Plan, policy: SitePolicy) -> Iterator[str]:
    yield from _about_privacy(plan, policy)
    yield from _about_examinations(plan, policy)
    training, aggregation = plan.training, plan.aggregation
    if policy.require_secure and not aggregation.secure:
        yield "it has no secure aggregation, and this site requires it"
    if aggregation.min_survivors < policy.min_survivors:
        yield f"it sums over {aggregation.min_survivors} sites, and this site wants at least {policy.min_survivors}"
    if plan.strategy.rounds > policy.max_rounds:
        yield f"it has {plan.strategy.rounds} rounds, and this site allows {policy.max_rounds}"
    if training.epochs is not None and not policy.allow_epochs:
        yield "it counts local work in epochs, which tells about how many images a site has"
    if training.exhausted_sites == "keep_last" and not policy.allow_epochs:
        yield "sites stop when their images are used up, which tells about how many images a site has"
    if training.epochs is not None and training.epochs > policy.max_local_epochs:
        yield f"it has {training.epochs} local epochs a round, and this site allows {policy.max_local_epochs}"
    if training.steps is not None and training.steps > policy.max_local_steps:
        yield f"it has {training.steps} local steps a round, and this site allows {policy.max_local_steps}"


def _about_examinations(plan: Plan, policy: SitePolicy) -> Iterator[str]:
    evaluation = plan.evaluation
    if evaluation is not None and evaluation.per_site and not policy.release_own_figures:
        yield "it publishes each site's own figures, and this site keeps its own (release_own_figures)"
    if evaluation is not None and evaluation.subgroups and not policy.allow_subgroups:
        yield f"it counts by {', '.join(evaluation.subgroups)}, and this site does not (allow_subgroups)"
    if plan.audit is not None and not policy.allow_audits:
        yield "it attacks this site's own updates, and this site does not allow that (allow_audits)"


def _about_privacy(plan: Plan, policy: SitePolicy) -> Iterator[str]:
    privacy = plan.privacy
    if privacy is None:
        if policy.require_privacy and plan.purpose == "train":
            yield "it trains without differential privacy, and this site requires it"
        return
    if privacy.delta > policy.delta_max:
        yield f"its promise fails with chance {privacy.delta:g}, and this site allows {policy.delta_max:g} (delta_max)"
    if policy.privacy_unit == "patient" and privacy.unit == "image":
        yield "it hides single images, and this site wants whole patients hidden (privacy_unit)"
