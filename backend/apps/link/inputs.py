"""What a site's agent may send: the shape of every JSON body of the link, checked before anything happens."""

from datetime import datetime
from typing import Annotated, Any, Literal, Self

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError, model_validator

from backend.common.errors import InvalidInput

Hex64 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
LanePhase = Literal[
    "waiting", "fetching", "training", "masking", "uploading", "consenting", "unmasking", "applying", "done", "dropped"
]
MAX_COUNT = 2**53


class Input(BaseModel):
    """A body. Unknown fields are refused, so that a misspelt one is not silently ignored."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    @classmethod
    def read(cls, body: dict[str, Any]) -> Self:
        """Read a body.

        Raises:
            InvalidInput: naming the fields, without their values.
        """
        try:
            return cls.model_validate(body)
        except ValidationError as error:
            raise InvalidInput.from_pydantic(error) from error


class Nothing(Input):
    """An empty body."""


class EnrolInput(Input):
    """A one-time token, and who uses it."""

    token: str = Field(min_length=1, max_length=200, repr=False)
    identity: dict[str, str]
    name: str = Field(default="", max_length=120)


class HelloInput(Input):
    """The probe that an agent makes when it connects."""

    agent_version: str = Field(max_length=40)
    protocol: int
    time: AwareDatetime

    def seconds_from(self, now: datetime) -> float:
        """Return how far the agent's clock is ahead of ``now``."""
        return (self.time - now).total_seconds()


class LeaseInput(Input):
    """How long the agent is ready to wait."""

    wait_s: float = Field(default=0, ge=0, le=10)


class Progress(Input):
    """How far a task is. The numbers are of steps, which are the same at every site; never of images."""

    phase: LanePhase
    done: int | None = Field(default=None, ge=0, le=MAX_COUNT)
    total: int | None = Field(default=None, ge=0, le=MAX_COUNT)


class RenewInput(Input):
    """A sign of life of a running task."""

    progress: Progress | None = None


class Failure(Input):
    """Why a task could not be done."""

    code: str = Field(min_length=1, max_length=80)
    message: str = Field(max_length=2000)
    phase: str = Field(default="", max_length=20)


class ResultInput(Input):
    """A task's answer: a result or an error."""

    result: dict[str, Any] | None = None
    error: Failure | None = None

    @model_validator(mode="after")
    def _one_of_both(self) -> Self:
        if (self.result is None) == (self.error is None):
            raise ValueError("give either result or error")
        return self


class DatasetInput(Input):
    """A site's cohort, as far as it may be told."""

    name: str = Field(min_length=1, max_length=80)
    task: str = Field(min_length=1, max_length=80)
    classes: list[Annotated[str, Field(min_length=1, max_length=80)]] = Field(min_length=2, max_length=64)
    version: Hex64
    readiness: dict[str, Any]


class ArtifactInput(Input):
    """A blob that is going to be sent for a task."""

    sha256: Hex64
    size_bytes: int = Field(ge=1, le=2**40)
    kind: str = Field(max_length=20, description="for the agent's own log; the task says what the blob is")
    task: str = Field(max_length=36)


class SignatureInput(Input):
    """A site's signature of a descriptor."""

    signature: str = Field(min_length=1, max_length=200, description="base64 of Ed25519")
