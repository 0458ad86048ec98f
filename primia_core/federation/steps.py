"""The steps of a job: what is asked of the sites, and the named vectors in which they answer."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from primia_core.canonical import sha256_hex
from primia_core.federation.auditing import audit_vectors
from primia_core.federation.layout import GROUPS, Layout
from primia_core.federation.plan import HEX_64, Plan
from primia_core.federation.scoring import evaluation_of, score_vectors
from primia_core.secagg import VectorSpec

StepKind = Literal["statistics", "train", "evaluate", "scores", "audit"]
SplitName = Literal["validation", "test"]

LIMBS = 4
"""Ring words for one 64-bit integer: 16 bits each, so that 255 sites add up without a carry being lost."""

NO_MODEL = sha256_hex("no model")
"""What stands for the model in a step whose answer does not depend on one."""


class Step(BaseModel):
    """One question to the sites. The vectors are summed over the sites; nobody sees one site's."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    number: int = Field(ge=0)
    kind: StepKind
    round: int | None = Field(default=None, description="training round, 1..rounds; null elsewhere")
    split: SplitName | None = Field(default=None, description="what an evaluate or scores step evaluates on")
    model_hash: str = Field(pattern=HEX_64)
    vectors: tuple[VectorSpec, ...]

    @property
    def title(self) -> str:
        """Return what a person calls this step."""
        if self.kind == "train":
            return f"round {self.round}"
        if self.kind == "scores":
            return f"scores of {self.split} images"
        if self.kind == "audit":
            return "attack audit"
        return "data statistics" if self.kind == "statistics" else f"evaluation on {self.split} images"


def statistics_step(plan: Plan, number: int) -> Step:
    """Ask for exact pixel sums and class counts of the training images."""
    vectors = (
        VectorSpec(name="statistics.pixels", length=3 * LIMBS),
        VectorSpec(name="statistics.classes", length=len(plan.data.classes) * LIMBS),
    )
    return Step(number=number, kind="statistics", model_hash=NO_MODEL, vectors=vectors)


def train_step(plan: Plan, number: int, round_number: int, model_hash: str, layout: Layout) -> Step:
    """Ask for local work from ``model_hash`` on, and for that model's validation at the site."""
    vectors = [
        VectorSpec(name=f"update.{group}", length=layout.length(group)) for group in GROUPS if layout.length(group)
    ]
    if plan.privacy is not None:  # counts and losses of training images would go without noise
        vectors += _confusion_vectors(plan, "validation")
        return Step(number=number, kind="train", round=round_number, model_hash=model_hash, vectors=tuple(vectors))
    vectors += [
        VectorSpec(name="update.samples", length=LIMBS),
        VectorSpec(name="update.saturated", length=len(GROUPS) + 1),
        VectorSpec(name="training.loss", length=2 * LIMBS),
        VectorSpec(name="training.stopped_early", length=1),
        *_confusion_vectors(plan, "validation"),
    ]
    return Step(number=number, kind="train", round=round_number, model_hash=model_hash, vectors=tuple(vectors))


def evaluate_step(plan: Plan, number: int, split: SplitName, model_hash: str) -> Step:
    """Ask for the confusion matrix and loss of a model on one split of every site's cohort."""
    vectors = _confusion_vectors(plan, split)
    return Step(number=number, kind="evaluate", split=split, model_hash=model_hash, vectors=vectors)


def scores_step(plan: Plan, number: int) -> Step:
    """Ask for everything that an evaluation counts of the plan's model."""
    split = evaluation_of(plan).split
    return Step(number=number, kind="scores", split=split, model_hash=plan.initial_model, vectors=score_vectors(plan))


def audit_step(plan: Plan, number: int) -> Step:
    """Ask how well the plan's attack finds a site's images in what the site would send."""
    return Step(number=number, kind="audit", model_hash=plan.initial_model, vectors=audit_vectors(plan))


def _confusion_vectors(plan: Plan, split: SplitName) -> tuple[VectorSpec, ...]:
    cells = len(plan.data.classes) ** 2
    return (
        VectorSpec(name=f"{split}.confusion", length=cells * LIMBS),
        VectorSpec(name=f"{split}.loss", length=LIMBS),
    )
