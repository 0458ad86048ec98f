"""What a plan's promise of privacy asks of the rest of the plan, and what follows from it. Needs no torch.

The promise is about training images. What is counted on validation and test images is exact; ``RELEASED_WITHOUT_NOISE``
says so in words that people read before they agree.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Protocol

from primia_core.federation.errors import TooFewForNoise
from primia_core.models.spec import ModelSpec
from primia_core.privacy import PrivacyPlan
from primia_core.privacy.accounting import Steps, round_of
from primia_core.privacy.errors import ParameterError
from primia_core.privacy.grid import Grid
from primia_core.secagg.session import Q
from primia_core.training.config import LocalTraining
from primia_core.training.private.refusals import refusals

if TYPE_CHECKING:
    from primia_core.federation.plan import Aggregation, DataPlan, Plan, Strategy


class PlanParts(Protocol):
    """What a promise depends on."""

    @property
    def purpose(self) -> str:
        """Return what the job is for."""

    @property
    def privacy(self) -> PrivacyPlan | None:
        """Return the promise."""

    @property
    def data(self) -> "DataPlan":
        """Return which images count."""

    @property
    def model(self) -> ModelSpec:
        """Return the network."""

    @property
    def training(self) -> LocalTraining:
        """Return the local work."""

    @property
    def strategy(self) -> "Strategy":
        """Return how local work becomes one model."""

    @property
    def aggregation(self) -> "Aggregation":
        """Return how answers are summed."""


RELEASED_WITHOUT_NOISE = (
    "the confusion matrix and loss of every round's model on the validation images of all sites together",
    "the confusion matrix and loss of the chosen model on the test images of all sites together",
    "which sites took part in each round, and how long each took",
)


def check_privacy(plan: "Plan") -> None:
    """Refuse a plan whose other parts break its promise.

    Raises:
        ValueError: with every reason, and what to set instead.
    """
    if wrong := objections(plan):
        raise ValueError(f"the plan promises differential privacy, and cannot keep it: {'; '.join(wrong)}")


def objections(plan: "PlanParts") -> list[str]:
    """Return in words whatever breaks the promise of a plan, or of the settings for one; an empty list keeps it."""
    return [] if plan.privacy is None else list(_objections(plan, plan.privacy))


def _objections(plan: "PlanParts", privacy: PrivacyPlan) -> Iterator[str]:
    if plan.purpose != "train":
        yield f"privacy is of training, and the plan is to {plan.purpose}; leave it out"
        return
    yield from refusals(privacy, plan.training, plan.model)
    if plan.data.normalisation is None:
        yield (
            "the normalisation is not given, and pooled pixel statistics are released without noise; "
            "give data.normalisation, of public images or by convention (mean 0.5, std 0.25)"
        )
    if privacy.mode == "local" and plan.strategy.name == "fedsgd":
        yield 'local privacy is of local steps, which fedsgd has none of; use mode "distributed", or fedavg or fedprox'
    if privacy.mode == "distributed" and plan.strategy.name != "fedsgd":
        yield (
            f"distributed privacy is of a sum of gradients, and {plan.strategy.name} sums updates; "
            'use fedsgd with training.steps 1, or mode "local"'
        )
    if privacy.mode == "distributed" and not plan.aggregation.secure:
        yield 'distributed noise suffices only within a secure sum; set aggregation.secure, or use mode "local"'


def privacy_of(plan: "Plan") -> PrivacyPlan:
    """Return what a plan promises."""
    if plan.privacy is None:
        raise ParameterError("the plan promises no privacy")
    return plan.privacy


def honest_sites(plan: "Plan") -> int:
    """Return h = max(t, min_survivors) - C: how many sites of every sum make noise that no adversary knows.

    A sum is opened over so many sites or more, of which at most C collude with the coordinator.
    """
    return fewest_in_a_sum(plan) - plan.colluders


def fewest_in_a_sum(plan: "Plan") -> int:
    """Return max(t, min_survivors) of the plan's whole roster."""
    return max(plan.threshold, plan.aggregation.min_survivors)


def check_quorum(plan: "Plan", quorum: int) -> None:
    """Refuse an attempt that may open a sum over fewer sites than shared noise is sized for.

    An attempt may leave silent sites of the plan out, and then opens with fewer; a plan of shared noise cannot.

    Raises:
        TooFewForNoise: it may.
    """
    if plan.privacy is not None and plan.privacy.mode == "distributed" and quorum < fewest_in_a_sum(plan):
        raise TooFewForNoise(
            f"this attempt would open a sum over {quorum} sites, and the noise is sized for {fewest_in_a_sum(plan)}; "
            "wait for the silent sites, or make a plan without them"
        )


def grid_of(plan: "Plan", dimension: int) -> Grid:
    """Return the integers of a plan's sums: shared noise in a distributed plan, each site's own in a local one."""
    privacy = privacy_of(plan)
    if privacy.mode == "local":
        return Grid.of(privacy, dimension=dimension)
    return Grid.of(privacy, dimension=dimension, honest=honest_sites(plan), word=Q)


def a_round_of(plan: "Plan") -> Steps:
    """Return the noisy steps that one round releases of each site."""
    return round_of(privacy_of(plan), local_steps=plan.training.steps or 1)
