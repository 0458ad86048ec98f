"""Which network a plan trains: the public description that every site builds the same module from."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

ModelName = Literal["resnet18", "vgg16", "small_cnn"]
Normalisation = Literal["batch", "group"]


class ModelSpec(BaseModel):
    """The architecture, without weights. Frozen, because its canonical JSON is part of the plan hash."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: ModelName = "resnet18"
    normalisation: Normalisation = "batch"
    stem_pool: Literal["max", "average"] = "max"
    channels: int = Field(default=1, ge=1, le=4)
    classes: int = Field(default=3, ge=2, le=64)
