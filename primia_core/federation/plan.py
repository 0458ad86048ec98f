"""The plan: everything a job will do, in one frozen object whose SHA-256 the sites approve and sign."""

from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from primia_core.attacks.plan import AuditPlan
from primia_core.canonical import canonical_json, sha256_hex
from primia_core.federation.privacy_terms import check_privacy
from primia_core.imaging import Normalisation
from primia_core.models.spec import ModelSpec
from primia_core.privacy import PrivacyPlan
from primia_core.training.config import LocalTraining

PLAN_VERSION: Literal[2] = 2
ADDED_IN_2 = frozenset({"purpose", "evaluation", "audit", "privacy"})
MAX_SITES = 255
HEX_64 = r"^[0-9a-f]{64}$"


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class PlanSite(_Part):
    """One site of the roster, bound to the identity that a person can compare out of band."""

    site: str = Field(min_length=1, max_length=64, pattern=r"^[a-z0-9][a-z0-9-]*$", description="slug, unique")
    name: str = Field(min_length=1, max_length=120)
    fingerprint: str = Field(pattern=HEX_64, description="SHA-256 of the site's public identity")
    identity: dict[str, str] = Field(description="public keys as published, base64")
    dataset_version: str = Field(pattern=HEX_64)


class DataPlan(_Part):
    """Which images count, and how they become tensors."""

    task: str = Field(default="chest-xray-pneumonia", min_length=1, max_length=80)
    classes: tuple[str, ...] = ("normal", "bacterial", "viral")
    image_size: int = Field(default=64, ge=16, le=1024, description="pixels, square")
    channels: Literal[1] = 1
    normalisation: Normalisation | None = Field(
        default=None, description="known pooled constants, from an earlier job; null asks the sites for them"
    )

    @model_validator(mode="after")
    def _classes_differ(self) -> Self:
        if len(self.classes) < 2 or len(set(self.classes)) != len(self.classes):
            raise ValueError(f"need at least two different classes, got {list(self.classes)}")
        return self


class Strategy(_Part):
    """How the sites' local work becomes one model."""

    name: Literal["fedavg", "fedsgd", "fedprox"] = "fedavg"
    rounds: int = Field(default=8, ge=1, le=10_000)
    mu: float = Field(default=0.0, ge=0, le=100, description="FedProx only")
    server_learning_rate: float = Field(default=1.0, gt=0, le=10, description="FedSGD only")
    batch_norm: Literal["aggregate", "local"] = "aggregate"

    @model_validator(mode="after")
    def _mu_belongs_to_fedprox(self) -> Self:
        if (self.name == "fedprox") != (self.mu > 0):
            raise ValueError(f"mu is for fedprox and there above 0, got {self.name} with mu={self.mu}")
        return self


class Selection(_Part):
    """Global early stopping and model selection, on the aggregated validation confusion matrix."""

    metric: Literal["mcc"] = "mcc"
    first_round: int = Field(default=3, ge=1, description="no round before this one can be the best")
    patience: int | None = Field(default=None, ge=1, description="rounds without improvement; null never stops early")


class Aggregation(_Part):
    """Secure aggregation and its fixed-point encoding (see ``primia_core.secagg.encoding``)."""

    secure: bool = True
    min_survivors: int = Field(default=3, ge=2, le=MAX_SITES)
    reference_samples: int = Field(default=8192, ge=1, le=2**23, description="power of two >= approved total")
    clip_weights: float = Field(default=0.25, gt=0, le=1e4, description="largest coordinate of a weight update")
    clip_batch_norm_means: float = Field(default=4.0, gt=0, le=1e6)
    clip_batch_norm_variances: float = Field(default=16.0, gt=0, le=1e6)
    neighbours: int | None = Field(default=None, ge=3, description="of the mask graph; null picks by n")

    @model_validator(mode="after")
    def _power_of_two(self) -> Self:
        if self.reference_samples & (self.reference_samples - 1):
            raise ValueError(f"reference_samples is {self.reference_samples}, not a power of two")
        return self


class EvaluationPlan(_Part):
    """What sites count of a model's answers on one split. Everything is summed before anybody sees it."""

    split: Literal["validation", "test"] = "test"
    score_bins: int = Field(default=1024, ge=16, le=4096, description="power of two; scores are sorted into so many")
    replicates: int = Field(default=200, ge=0, le=1000, description="resamples of patients, drawn at the sites")
    subgroups: tuple[Literal["age", "sex", "view"], ...] = Field(
        default=(), description="attributes by whose groups the confusion matrix is divided; sites may refuse them"
    )
    per_site: bool = Field(default=False, description="publish each site's own confusion matrix; sites may refuse it")
    smallest_cell: int = Field(
        default=10, ge=1, le=1000, description="a site counts a group of fewer images as withheld, and nobody sees it"
    )

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        if self.score_bins & (self.score_bins - 1):
            raise ValueError(f"score_bins is {self.score_bins}, not a power of two")
        if len(set(self.subgroups)) != len(self.subgroups):
            raise ValueError(f"a subgroup is named twice: {list(self.subgroups)}")
        if 0 < self.replicates < 100:
            raise ValueError(f"{self.replicates} replicates make no interval; take 0, or 100 and more")
        return self


Purpose = Literal["train", "evaluate", "audit"]


class Plan(_Part):
    """A job, complete. Two equal plans have one hash; whatever may change the result is in it.

    A job that evaluates or audits starts from the model that it examines and never changes it; ``strategy``,
    ``training`` and ``selection`` are then those that made the model. Plans of version 1 knew only training.
    """

    version: Literal[1, 2] = PLAN_VERSION
    purpose: Purpose = "train"
    title: str = Field(min_length=1, max_length=120)
    federation: str = Field(min_length=1, max_length=64)
    coordinator: dict[str, str] = Field(description="the coordinator's public identity, base64")
    roster: tuple[PlanSite, ...]
    data: DataPlan = DataPlan()
    model: ModelSpec = ModelSpec()
    initial_model: str = Field(pattern=HEX_64, description="hash of the weights that round 1 starts from")
    training: LocalTraining = LocalTraining()
    strategy: Strategy = Strategy()
    selection: Selection = Selection()
    aggregation: Aggregation = Aggregation()
    evaluation: EvaluationPlan | None = Field(default=None, description="exactly where the purpose is to evaluate")
    audit: AuditPlan | None = Field(default=None, description="exactly where the purpose is to audit")
    privacy: PrivacyPlan | None = Field(default=None, description="differential privacy of training images")

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        names = [member.site for member in self.roster]
        if len(set(names)) != len(names):
            raise ValueError(f"a site appears twice in the roster: {names}")
        if not self.aggregation.min_survivors <= len(names) <= MAX_SITES:
            raise ValueError(
                f"the roster has {len(names)} sites; "
                f"it needs min_survivors={self.aggregation.min_survivors} to {MAX_SITES}"
            )
        if names != sorted(names):
            raise ValueError(f"the roster is sorted by site, so that sums have one order; got {names}")
        if self.model.classes != len(self.data.classes) or self.model.channels != self.data.channels:
            raise ValueError(
                f"the model has {self.model.classes} classes and {self.model.channels} channels, "
                f"the data {len(self.data.classes)} and {self.data.channels}"
            )
        return self

    @model_validator(mode="after")
    def _purpose_has_its_part(self) -> Self:
        parts: dict[Purpose, BaseModel | None] = {"evaluate": self.evaluation, "audit": self.audit}
        given = [purpose for purpose, part in parts.items() if part is not None]
        wanted = [self.purpose] if self.purpose in parts else []
        if given != wanted:
            raise ValueError(f"a plan to {self.purpose} has settings to {wanted or 'do nothing else'}, got {given}")
        if self.purpose != "train" and self.data.normalisation is None:
            raise ValueError(f"a plan to {self.purpose} names the normalisation that its model was trained with")
        if self.purpose != "train" and self.strategy.batch_norm == "local":
            raise ValueError(f"a plan to {self.purpose} needs a whole model; batch_norm=local left layers at its sites")
        if self.version == 1 and self.purpose != "train":
            raise ValueError(f"plans of version 1 only train, this one is to {self.purpose}")
        return self

    @model_validator(mode="after")
    def _keeps_its_promise(self) -> Self:
        check_privacy(self)
        return self

    def to_json(self) -> dict[str, object]:
        """Return the plan as plain JSON values; ``Plan.model_validate`` reads it back to an equal plan."""
        return self.model_dump(mode="json", exclude=set(ADDED_IN_2) if self.version == 1 else None)

    def canonical(self) -> bytes:
        """Return the bytes that are hashed."""
        return canonical_json(self.to_json())

    @property
    def hash(self) -> str:
        """Return the SHA-256 that sites approve and sign, in lower-case hexadecimal."""
        return sha256_hex(self.to_json())

    @property
    def needs_statistics(self) -> bool:
        """Say whether the job begins with secure pooled statistics."""
        if self.purpose != "train":
            return False
        return self.data.normalisation is None or self.training.class_weights == "pooled"

    @property
    def threshold(self) -> int:
        """Return t = floor(2n/3) + 1, the Shamir threshold and the number of signatures that open a sum."""
        return 2 * len(self.roster) // 3 + 1

    @property
    def colluders(self) -> int:
        """Return C = 2t - n - 1, how many colluding sites an active coordinator may have without learning an update."""
        return 2 * self.threshold - len(self.roster) - 1
