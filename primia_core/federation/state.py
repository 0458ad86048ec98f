"""What a job has learned so far: the public results of its closed steps, the same at the coordinator and every site."""

from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field

from primia_core.attacks.document import AuditDocument
from primia_core.evaluation.document import EvaluationDocument
from primia_core.federation.errors import StepError
from primia_core.federation.steps import SplitName, StepKind
from primia_core.imaging import Normalisation


class _Row(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Statistics(_Row):
    """Pooled statistics of all training images; the standard deviation is of the pool, not the mean of the sites'."""

    normalisation: Normalisation
    class_counts: tuple[int, ...]
    pixels: int

    @property
    def images(self) -> int:
        """Return the number of training images of all sites."""
        return sum(self.class_counts)


class Validation(_Row):
    """How one model did on one split, summed over the sites."""

    model_hash: str
    round: int = Field(ge=0, description="the training round that made the model; 0 is the initial one")
    split: SplitName
    confusion: tuple[tuple[int, ...], ...] = Field(description="rows are true classes")
    n: int
    mean_loss: float
    accuracy: float
    mcc: float
    low: float = Field(description="lower end of the 95 % interval of the MCC")
    high: float


class UpdateSummary(_Row):
    """What is known of the averaged update; of one that is differentially private, its largest change alone."""

    samples: int | None
    mean_loss: float | None
    stopped_early: int | None = Field(description="how many sites stopped their local work early")
    saturated: dict[str, int] = Field(description="clipped coordinates by group; sites whose count was capped")
    error_bound: float | None = Field(description="largest encoding error of an averaged weight")
    largest_change: float = Field(description="largest absolute change of a weight")


class StepResult(_Row):
    """The public outcome of one closed step."""

    number: int
    kind: StepKind
    round: int | None
    survivors: tuple[str, ...]
    model_before: str
    model_after: str
    statistics: Statistics | None = None
    update: UpdateSummary | None = None
    evaluations: tuple[Validation, ...] = ()
    scores: EvaluationDocument | None = Field(default=None, description="of a job that evaluates")
    audit: AuditDocument | None = Field(default=None, description="of a job that audits; without pictures")


class RunState(_Row):
    """All results in order. The next step is a function of the plan and this alone."""

    results: tuple[StepResult, ...] = ()
    ended: Literal["budget"] | None = Field(
        default=None, description="why no training round follows those that are done: a site's privacy budget is spent"
    )

    def with_result(self, result: StepResult) -> Self:
        """Return the state after one more step.

        Raises:
            StepError: the result is not that of the next step.
        """
        if result.number != len(self.results):
            raise StepError(f"got the result of step {result.number}, expected that of step {len(self.results)}")
        return self.model_copy(update={"results": (*self.results, result)})

    @property
    def statistics(self) -> Statistics | None:
        """Return the pooled statistics, once they are known."""
        return next((r.statistics for r in self.results if r.statistics is not None), None)

    @property
    def rounds_done(self) -> int:
        """Return the number of closed training rounds."""
        return sum(result.kind == "train" for result in self.results)

    def model_of_round(self, round_number: int, initial_model: str) -> str:
        """Return the hash of the global model after a training round; round 0 is the initial model."""
        if round_number == 0:
            return initial_model
        for result in self.results:
            if result.round == round_number:
                return result.model_after
        raise StepError(f"round {round_number} has not closed; {self.rounds_done} rounds have")

    def evaluations(self, split: SplitName) -> tuple[Validation, ...]:
        """Return all evaluations on a split, in the order of their rounds."""
        found = [e for result in self.results for e in result.evaluations if e.split == split]
        return tuple(sorted(found, key=lambda evaluation: evaluation.round))
