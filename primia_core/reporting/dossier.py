"""What a report is made of: facts about a model, and the documents that evaluations, audits and accounts have left.

It holds inputs only; whatever a report says beyond them follows from them. There is no clock: dates are inputs too.
"""

from datetime import UTC, datetime
from typing import Literal, Self

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, JsonValue, RootModel, model_validator

from primia_core.attacks.canaries import CanaryFindings
from primia_core.attacks.document import AuditDocument
from primia_core.canonical import sha256_hex
from primia_core.evaluation.comparison import Comparison
from primia_core.evaluation.document import EvaluationDocument
from primia_core.evaluation.report import Report, report

FORMAT: Literal["primia dossier 1"] = "primia dossier 1"
HEX_64 = r"^[0-9a-f]{64}$"


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Scale(_Part):
    """How pixels in [0, 1] become the network's input: (pixel - mean) / std."""

    mean: float
    std: float


class ModelCard(_Part):
    """What somebody needs to know to use the model.

    Attributes:
        state_hash: of the weights themselves, whichever file they are in.
        file_sha256: of the file that people download.
        state: whether it is a draft, published or retired.
    """

    name: str = Field(min_length=1)
    number: int | None = None
    state: str | None = None
    state_hash: str | None = Field(default=None, pattern=HEX_64)
    file_sha256: str | None = Field(default=None, pattern=HEX_64)
    file_size_bytes: int | None = None
    architecture: dict[str, JsonValue] = {}
    parameters: int | None = None
    classes: tuple[str, ...] = Field(min_length=2)
    image_size: int | None = None
    normalisation: Scale | None = None
    task: str | None = None
    intended_use: str | None = None
    split_seed: int | None = None


class Site(_Part):
    """A site of the roster; ``signed``: whether its own approval of the plan is on record."""

    site: str
    name: str | None = None
    fingerprint: str | None = None
    dataset_version: str | None = None
    signed: bool = False


class Step(_Part):
    """A closed step of the job, and which sites were in its sum."""

    number: int
    kind: str
    round: int | None = None
    survivors: tuple[str, ...]


class Lineage(_Part):
    """Where the model comes from.

    Attributes:
        plan: the whole plan as JSON, or ``None`` where it was not kept.
        secure: whether the coordinator could open sums only.
    """

    federation: str | None = None
    job: str | None = None
    title: str | None = None
    plan_hash: str | None = Field(default=None, pattern=HEX_64)
    plan: dict[str, JsonValue] | None = None
    initial_model: str | None = None
    strategy: str | None = None
    secure: bool | None = None
    sites: tuple[Site, ...] = ()
    rounds: tuple[Step, ...] = ()
    best_round: int | None = None
    ended: str | None = None


class Counted(_Part):
    """A confusion matrix without probabilities, such as a job adds up while it trains; rows are the truth."""

    split: str
    made: str
    round: int | None = None
    confusion: tuple[tuple[int, ...], ...]
    mean_loss: float | None = None

    def figures(self, classes: tuple[str, ...]) -> Report:
        """Return what the counts say."""
        return report(self.confusion, classes, mean_loss=self.mean_loss)


class Spent(_Part):
    """What training cost of privacy, at every site alike, by the accountants.

    Attributes:
        epsilon_pld: of record; epsilon_rdp is the older bound beside it.
    """

    mode: Literal["local", "distributed"]
    unit: Literal["image", "patient"]
    noise_multiplier: float
    clip: float
    sample_rate: float
    delta: float
    rounds: int
    steps: int
    epsilon_pld: float
    epsilon_rdp: float | None = None


class Account(_Part):
    """What a site has spent for a study, as the site itself reported."""

    site: str
    study: str
    epsilon: float = Field(description="of this model")
    cumulative: float
    delta: float
    budget: float | None = None


class Privacy(_Part):
    """Differential privacy of the model; ``spent`` is ``None`` where it was trained without.

    Attributes:
        canaries: what planted canaries showed that epsilon is at least.
    """

    spent: Spent | None = None
    accounts: tuple[Account, ...] = ()
    canaries: CanaryFindings | None = None


class Dates(_Part):
    """When things were made, as far as the inputs say. A report is dated by the latest."""

    trained: AwareDatetime | None = None
    evaluated: AwareDatetime | None = None
    audited: AwareDatetime | None = None

    @property
    def latest(self) -> datetime | None:
        """Return the last of them, in UTC."""
        known = [date for date in (self.trained, self.evaluated, self.audited) if date is not None]
        return max(known).astimezone(UTC) if known else None


class Answers(RootModel[dict[str, str]]):
    """What authors say to items of checklists, by key such as ``tripod.17``."""

    model_config = ConfigDict(frozen=True)


class Dossier(_Part):
    """Everything that a report is made of.

    Attributes:
        counted: figures from counts, where there is no evaluation of probabilities.
        answers: what the authors say to items of checklists, by key such as ``tripod.17``; it goes before our own.
        statement: the authors' own words, shown first.
    """

    format: Literal["primia dossier 1"] = FORMAT
    title: str = Field(min_length=1)
    statement: str | None = None
    model: ModelCard
    lineage: Lineage | None = None
    counted: tuple[Counted, ...] = ()
    evaluations: tuple[EvaluationDocument, ...] = ()
    comparison: Comparison | None = None
    audits: tuple[AuditDocument, ...] = ()
    privacy: Privacy | None = None
    dates: Dates = Dates()
    answers: dict[str, str] = {}

    @model_validator(mode="after")
    def _of_one_model(self) -> Self:
        model = self.model
        for found in self.evaluations:
            if found.classes != model.classes:
                raise ValueError(
                    f"an evaluation is of the classes {list(found.classes)}, the model has {list(model.classes)}"
                )
            _same(model.state_hash, found.model.hash, "an evaluation")
        for counted in self.counted:
            counted.figures(model.classes)
        for audit in self.audits:
            _same(model.state_hash, audit.model.hash, "an audit")
        return self

    @property
    def content_hash(self) -> str:
        """Return the SHA-256 of the canonical JSON of the inputs."""
        return sha256_hex(self.model_dump(mode="json"))


def _same(model: str | None, other: str | None, what: str) -> None:
    if model and other and model != other:
        raise ValueError(
            f"{what} is of the weights {other[:16]}…, the model's are {model[:16]}…; give what belongs together"
        )
