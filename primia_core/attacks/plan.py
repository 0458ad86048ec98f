"""How an audit attacks: the public settings, equal at every site. Knows no images and no weights."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, SerializerFunctionWrapHandler, model_serializer, model_validator

View = Literal["gradient", "update", "secure_sum"]
Mode = Literal["train", "eval"]
Control = Literal["attack", "null", "tv_only", "positive"]
VIEWS: tuple[View, ...] = ("gradient", "update", "secure_sum")
BESIDE: tuple[Control, ...] = ("attack", "null", "tv_only")
"""What stands in each part of an audit; in the positive control ``positive`` stands for ``attack``."""


class NoisySteps(BaseModel):
    """Differential privacy of what is attacked: every image's gradient clipped, a site's own noise in every step's sum.

    ``docs/privacy.md`` says how sites do it. Here the sample is the batch, and the noise is drawn from the plan's seed:
    what an audit makes is never sent.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    noise_multiplier: float = Field(gt=0, le=1_000, description="standard deviation of each site's noise / clip")
    clip: float = Field(default=1.0, gt=0, le=1e4, description="largest L2 norm of one image's gradient")


class AuditPlan(BaseModel):
    """What is attacked, how hard, and beside which controls. Frozen, because its canonical JSON is part of a plan.

    Every choice that is left favours the attacker: it knows the architecture, the weights, the rate, the batch size,
    the mode of the normalisation and how many sites are in a sum; images are not augmented, mixed or smoothed.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    views: tuple[View, ...] = Field(default=VIEWS, min_length=1)
    batch_sizes: tuple[int, ...] = Field(default=(4,), min_length=1, max_length=8, description="images a site and step")
    victims: int = Field(default=2, ge=1, le=1_000, description="batches attacked in each view, for each batch size")
    positive_victims: int = Field(default=4, ge=1, le=1_000, description="single images of the positive control")
    local_steps: int = Field(default=4, ge=1, le=64, description="view update: steps on the batch before it is sent")
    local_optimizer: Literal["sgd", "adam"] = "sgd"
    local_learning_rate: float = Field(default=0.01, gt=0, le=1)
    local_momentum: float = Field(default=0.0, ge=0, lt=1, description="sgd only")
    sites_in_sum: int = Field(default=3, ge=2, le=255, description="view secure_sum")
    summed: Literal["gradient", "update"] = Field(default="gradient", description="view secure_sum: what the sites add")
    iterations: int = Field(default=600, ge=10, le=100_000, description="of one attempt")
    restarts: int = Field(default=2, ge=1, le=64, description="attempts; the one of least cost leads")
    consensus: bool = Field(default=True, description="average the attempts that cost about as little as the best")
    learning_rate: float = Field(default=0.3, gt=0, le=10, description="signed Adam's, x0.1 at 3/8, 5/8 and 7/8")
    tv_weight: float = Field(default=1e-3, ge=0, le=10, description="of the total variation, in the end")
    tv_start: float = Field(default=30.0, ge=1, le=1_000, description="times tv_weight at the start; 1: no change")
    balanced: bool = Field(
        default=True, description="each tensor in units of its root mean square; false: as published"
    )
    statistics_weight: float = Field(
        default=10.0,
        ge=0,
        le=1_000,
        description="of the batches' statistics, which sites send in train mode; 0: not sent",
    )
    batch_norm: Mode = Field(default="train", description="of victims and attacker; the positive control is in eval")
    labels: Literal["known", "inferred"] = Field(
        default="known", description="of batches; of single images they are inferred where that is exact, without noise"
    )
    privacy: NoisySteps | None = Field(default=None, description="of the victims; the positive control has none")
    gallery: int = Field(default=100, ge=100, le=10_000, description="images among which one is to be found")
    split: Literal["train", "validation", "test"] = "train"
    seed: int = Field(default=0, ge=0, lt=2**31)

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        if len(set(self.views)) != len(self.views):
            raise ValueError(f"a view appears twice: {list(self.views)}")
        if len(set(self.batch_sizes)) != len(self.batch_sizes):
            raise ValueError(f"a batch size appears twice: {list(self.batch_sizes)}")
        if not all(1 <= size <= 256 for size in self.batch_sizes):
            raise ValueError(f"batch sizes are 1 to 256, got {list(self.batch_sizes)}")
        return self

    @model_serializer(mode="wrap")
    def _as_before_where_nothing_is_noisy(self, fields: SerializerFunctionWrapHandler) -> dict[str, Any]:
        """Name noise only where there is some, so that plans keep the hash under which sites signed them."""
        written: dict[str, Any] = fields(self)
        return written if self.privacy is not None else {k: v for k, v in written.items() if k != "privacy"}

    @property
    def parts(self) -> tuple["Part", ...]:
        """Return what is attacked, the positive control first, so that a broken attack shows before the long work."""
        return (POSITIVE.with_victims(self.positive_victims), *self._parts())

    def _parts(self) -> Iterator["Part"]:
        for view in self.views:
            for size in self.batch_sizes:
                sites = self.sites_in_sum if view == "secure_sum" else 1
                several = view == "update" or (view == "secure_sum" and self.summed == "update")
                yield Part(view, size, sites, self.local_steps if several else 0, self.batch_norm, self.victims)


@dataclass(frozen=True)
class Part:
    """One view at one batch size. ``local_steps`` is 0 where a gradient is sent, and no update."""

    view: View
    batch_size: int
    sites: int
    local_steps: int
    mode: Mode
    victims: int
    positive: bool = False

    @property
    def name(self) -> str:
        """Return the name under which its sums travel."""
        return f"audit.{'positive' if self.positive else self.view}.{self.batch_size}"

    @property
    def images(self) -> int:
        """Return how many images are in one release."""
        return self.batch_size * self.sites

    @property
    def controls(self) -> tuple[Control, ...]:
        """Return the names of its rows."""
        return ("positive", *BESIDE[1:]) if self.positive else BESIDE

    def with_victims(self, victims: int) -> "Part":
        """Return the same part with another number of releases."""
        return Part(self.view, self.batch_size, self.sites, self.local_steps, self.mode, victims, self.positive)


POSITIVE = Part("gradient", batch_size=1, sites=1, local_steps=0, mode="eval", victims=1, positive=True)
