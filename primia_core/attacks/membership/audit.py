"""A whole membership audit: references, the attack on a model, and two controls that say whether to believe it."""

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, field_validator
from torch import nn

from primia_core.attacks.document import MembershipFigures
from primia_core.attacks.errors import MembershipError
from primia_core.attacks.membership.rates import Guesses, MembershipRates
from primia_core.attacks.membership.references import Group, Recipe, complementary_halves
from primia_core.attacks.membership.rmia import Confidences, Floats, ranked
from primia_core.training.config import Augmentation

Progress = Callable[[int, int], None]
ShouldStop = Callable[[], bool]
CHANCE = 0.5
STILL = Augmentation(rotation_degrees=0, translation_fraction=0, scale_fraction=0, brightness=0, contrast=0)


class MembershipPlan(BaseModel):
    """How an audit is made."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    references: int = Field(default=4, ge=2, le=256, description="models that the attacker trains, an even number")
    gamma: float = Field(default=1.0, ge=1, le=100, description="by what factor an image must stand out")
    control_patients: int = Field(default=48, ge=4, description="whom the positive control learns by heart")
    control_passes: int = Field(default=6, ge=1, le=100, description="times the training, to learn them by heart")
    seed: int = Field(default=0, ge=0, lt=2**31)

    @field_validator("references")
    @classmethod
    def _even(cls, value: int) -> int:
        if value % 2:
            raise ValueError(f"references are pairs of complementary halves; {value} is odd, take {value + 1}")
        return value


class MembershipFindings(BaseModel):
    """What an audit says.

    Attributes:
        attack: on the model in question.
        null: the same attack on a model that saw neither: members against others, where membership is nothing to find.
            Whatever it finds is a difference between the two groups, such as of scanner or year.
        positive: on a model that learnt a few patients by heart, where there is much to find.
        valid: whether the positive control was found; an audit that cannot find anything acquits nobody.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    method: str
    references: int
    gamma: float
    attack: MembershipRates
    null: MembershipRates
    positive: MembershipRates
    valid: bool

    @property
    def figures(self) -> MembershipFigures:
        """Return what stands in an audit's document."""
        attack = self.attack
        return MembershipFigures(
            method=f"{self.method}, gamma {self.gamma:g}",
            references=self.references,
            tpr_at_1pct=attack.tpr_at_1pct,
            tpr_at_0_1pct=attack.tpr_at_0_1pct,
            auc=attack.auc,
        )

    @property
    def statement(self) -> str:
        """Return in a sentence what may be concluded."""
        if not self.valid:
            return (
                "The attack did not even find the images of a model that had learnt them by heart, "
                "so its failure on this model says nothing. Train the references longer, or take more images."
            )
        area, low = self.attack.auc.value or CHANCE, self.attack.auc.low or 0.0
        if low <= CHANCE:
            told = (
                f"The attack finds the model's images no better than chance (area {area:.3f}), and finds those of a "
                f"model that learnt them by heart (area {self.positive.auc.value:.3f})."
            )
        else:
            told = (
                f"The attack tells the model's images from others: area {area:.3f}, surely above {low:.3f} "
                "(0.5 is chance)."
            )
        return told + self._doubt

    @property
    def _doubt(self) -> str:
        """Say so where members and others differ in more than membership."""
        null = self.null.auc
        if null.low is None or null.high is None or null.low <= CHANCE <= null.high:
            return ""
        return (
            f" But a model that saw neither tells them apart too (area {null.value:.3f}, {null.low:.3f} to "
            f"{null.high:.3f}): they differ in more than membership, so this area says less than it seems to."
        )


@dataclass(frozen=True)
class MembershipAudit:
    """One part of a cohort that the target was trained on, and two that it was not.

    ``others`` are judged beside ``members``; ``population`` is what both are compared with.
    """

    recipe: Recipe
    members: Group = field(repr=False)
    others: Group = field(repr=False)
    population: Group = field(repr=False)

    def __post_init__(self) -> None:
        groups = {"members": self.members, "others": self.others, "population": self.population}
        for name, group in groups.items():
            if len(set(group.patients)) < 4:
                raise MembershipError(f"the {name} are {len(set(group.patients))} patients; 4 are needed at least")
        shared = (set(self.members.patients) & set(self.others.patients)) | (
            set(self.population.patients) & (set(self.members.patients) | set(self.others.patients))
        )
        if shared:
            raise MembershipError(f"{len(shared)} patients are in two of the three groups; split by patient")


def membership_audit(
    target: nn.Module,
    audit: MembershipAudit,
    plan: MembershipPlan,
    *,
    progress: Progress = lambda done, total: None,
    should_stop: ShouldStop = lambda: False,
) -> MembershipFindings:
    """Attack a model.

    Args:
        target: the model in question, trained on ``audit.members``.
        audit: the images.
        plan: how.
        progress: told (models trained, models to train).
        should_stop: asked between batches of training.
    Returns:
        Rates over one image of each patient, with controls.
    Raises:
        Cancelled: ``should_stop`` said so.
    Cost: ``plan.references`` trainings on half of the members and others, and one of the control.
    """
    return _Run(audit, plan, progress, should_stop).findings(target)


class _Run:
    def __init__(self, audit: MembershipAudit, plan: MembershipPlan, progress: Progress, stop: ShouldStop) -> None:
        self.audit, self.plan, self.stop = audit, plan, stop
        self.judged = {name: getattr(audit, name).one_of_each() for name in ("members", "others", "population")}
        self.pool = audit.members.with_those_of(audit.others)
        self._progress, self._trained = progress, 0
        patients = frozenset(self.pool.patients)
        halves = complementary_halves(patients, models=plan.references, seed=plan.seed)
        self.references = [
            self._train(audit.recipe, self.pool.of_patients(half), plan.seed + k) for k, half in enumerate(halves, 1)
        ]

    def findings(self, target: nn.Module) -> MembershipFindings:
        learnt, chosen = self._learnt_by_heart()
        scores = self._scores(learnt, "members")
        is_learnt = np.array([patient in chosen for patient in self.judged["members"].patients], bool)
        positive = Guesses.of(scores[is_learnt], scores[~is_learnt]).rates()
        return MembershipFindings(
            method="RMIA",
            references=self.plan.references,
            gamma=self.plan.gamma,
            attack=Guesses.of(self._scores(target, "members"), self._scores(target, "others")).rates(),
            null=Guesses.of(scores[~is_learnt], self._scores(learnt, "others")).rates(),
            positive=positive,
            valid=(positive.auc.low or 0.0) > CHANCE,
        )

    def _learnt_by_heart(self) -> tuple[nn.Module, frozenset[str]]:
        """Return a model that learnt some of the members by heart, without augmentation, and whose they were."""
        everybody = sorted(set(self.audit.members.patients))
        count = min(self.plan.control_patients, len(everybody) // 2)
        rng = np.random.default_rng(self.plan.seed)
        chosen = frozenset(everybody[place] for place in rng.permutation(len(everybody))[:count])
        learnt = self.audit.members.of_patients(chosen)
        seed = self.plan.seed + self.plan.references + 1
        return self._train(self._by_heart(len(learnt)), learnt, seed), chosen

    def _by_heart(self, images: int) -> Recipe:
        recipe = self.audit.recipe
        steps = recipe.training.steps or (recipe.training.epochs or 1) * -(-images // recipe.training.batch_size)
        by_heart = {
            "augmentation": STILL,
            "epochs": None,
            "steps": steps * self.plan.control_passes,
            "mixup_alpha": 0.0,
        }
        training = recipe.training.model_copy(update=by_heart)
        return Recipe(recipe.spec, training, recipe.normalisation)

    def _train(self, recipe: Recipe, group: Group, seed: int) -> nn.Module:
        model = recipe.train(group, seed=seed, should_stop=self.stop)
        self._trained += 1
        self._progress(self._trained, self.plan.references + 1)
        return model

    def _scores(self, target: nn.Module, name: str) -> Floats:
        return ranked(self._confidences(target, name), self._confidences(target, "population"), gamma=self.plan.gamma)

    def _confidences(self, target: nn.Module, name: str) -> Confidences:
        recipe, group = self.audit.recipe, self.judged[name]
        return Confidences.of(
            recipe.confidences(target, group), [recipe.confidences(model, group) for model in self.references]
        )
