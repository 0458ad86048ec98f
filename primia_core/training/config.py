"""What one site does with its own images in one round: the public settings, equal at every site."""

from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

Precision = Literal["float32", "bfloat16"]


class Augmentation(BaseModel):
    """Random changes to training images. There is no vertical flip: chests do not hang upside down."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    horizontal_flip: bool = False
    rotation_degrees: float = Field(default=10.0, ge=0, le=45)
    translation_fraction: float = Field(default=0.06, ge=0, le=0.3)
    scale_fraction: float = Field(default=0.1, ge=0, le=0.5)
    shear_degrees: float = Field(default=0.0, ge=0, le=30)
    brightness: float = Field(default=0.1, ge=0, le=1)
    contrast: float = Field(default=0.1, ge=0, le=1)
    noise_std: float = Field(default=0.0, ge=0, le=0.5)


class LocalTraining(BaseModel):
    """Local work of one round.

    ``steps`` (the default) takes the same number of batches at every site, so that the duration of a round says
    nothing about the size of a cohort. ``epochs`` passes over all images and so reveals, by its duration, about how
    many a site has.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    steps: int | None = Field(default=32, ge=1, le=100_000)
    epochs: int | None = Field(default=None, ge=1, le=1_000)
    batch_size: int = Field(default=32, ge=2, le=1024)
    optimizer: Literal["adam", "sgd"] = "adam"
    learning_rate: float = Field(default=1e-3, gt=0, le=10)
    final_learning_rate: float = Field(default=2e-4, gt=0, le=10)
    weight_decay: float = Field(default=0.0, ge=0, le=1)
    momentum: float = Field(default=0.9, ge=0, lt=1)
    class_weights: Literal["none", "pooled"] = "none"
    label_smoothing: float = Field(default=0.0, ge=0, lt=1)
    mixup_alpha: float = Field(default=0.0, ge=0, le=10)
    augmentation: Augmentation = Augmentation()
    precision: Precision = "float32"
    patience: int | None = Field(default=None, ge=1, le=1_000, description="local checks without improvement")
    check_every_steps: int = Field(default=16, ge=1, le=100_000)
    exhausted_sites: Literal["continue", "keep_last"] = Field(
        default="continue",
        description="keep_last: a site whose images are used up stops, and its update stays in the sum",
    )
    seed: int = Field(default=0, ge=0, lt=2**31)

    @model_validator(mode="after")
    def _steps_or_epochs(self) -> Self:
        if (self.steps is None) == (self.epochs is None):
            raise ValueError(f"give either steps or epochs, got steps={self.steps} and epochs={self.epochs}")
        if self.final_learning_rate > self.learning_rate:
            raise ValueError(
                f"final_learning_rate {self.final_learning_rate} is above "
                f"learning_rate {self.learning_rate}; the rate decays"
            )
        return self
