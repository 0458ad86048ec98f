"""What a plan promises of privacy: whom it hides, how much noise that takes, and at which chance of failure.

It knows neither models nor sums. Epsilon follows from these numbers and the count of steps alone, so whoever reads the
plan can compute it, and it says nothing about how many images a site has.
"""

from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

Mode = Literal["local", "distributed"]
Unit = Literal["image", "patient"]


class PrivacyPlan(BaseModel):
    """Differential privacy of a training job, by noise that is made at the sites.

    ``local``: every step of a site's local work is private by itself (DP-SGD), whoever sees the site's update.
    ``distributed``: the sum over the sites is private; a site's own share of the noise suffices only within a sum.
    Two cohorts are neighbours when one unit (an image, or all images of a patient) is added to one or taken from it.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    mode: Mode = "local"
    noise_multiplier: float = Field(gt=0, le=1000, description="standard deviation of the noise / clip")
    clip: float = Field(default=1.0, gt=0, le=1e4, description="largest L2 norm of one unit's gradient")
    sample_rate: float = Field(gt=0, le=1, description="chance of each unit to be in a step's batch (Poisson)")
    delta: float = Field(gt=0, lt=1, description="chance that the promise fails; below 1 / units of all sites")
    unit: Unit = "patient"
    max_physical_batch: int = Field(default=16, ge=1, le=1024, description="images whose gradients are held at once")

    @model_validator(mode="after")
    def _delta_is_small(self) -> Self:
        if self.delta > 1e-2:
            raise ValueError(
                f"delta is {self.delta}, above 0.01: a promise that may fail for one patient in {round(1 / self.delta)}"
                " protects nobody; take less than 1 / the patients of all sites, such as 1e-5"
            )
        return self
