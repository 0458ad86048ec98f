"""What nodes answer: the shape of every result, and who takes it further. A task stands with its answer by then."""

from datetime import datetime
from typing import Annotated, Any, Final

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from backend.apps.diagnosis.errors import BadAnswer
from backend.apps.diagnosis.models import NodeTask
from backend.apps.diagnosis.services.locking import hold_diagnosis
from backend.apps.diagnosis.services.mailbox import role_of
from backend.apps.diagnosis.services.pairs import pair_answered, pair_failed
from backend.apps.diagnosis.services.stock import stock_advance, stock_report
from backend.common.enqueue import enqueue
from backend.common.tasks import Task

Kind = NodeTask.Kind
Base64 = Annotated[str, Field(min_length=1, max_length=200_000, pattern=r"^[A-Za-z0-9+/]+={0,2}$")]
Level = Annotated[int, Field(ge=0, le=10**6)]
Seconds = Annotated[float, Field(ge=0, le=86_400, allow_inf_nan=False)]


class Result(BaseModel):
    """A result. What is not named here is refused, so that nothing is kept that nobody looked at."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Prepared(Result):
    """The owner's description of its model. What the parts mean is checked when the service moves on."""

    program: dict[str, Any]
    commitment: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
    input: dict[str, Any]
    output: dict[str, Any]
    price: dict[str, Any]
    accuracy: dict[str, Any]
    report: dict[str, Any] = Field(default_factory=dict)


class Masked(Result):
    """The dealer's mask by its name, and its seeds, each sealed for one party."""

    mask: Annotated[str, Field(pattern=r"^[0-9a-f]{32}$")]
    epoch: Annotated[int, Field(ge=0, lt=2**53)]
    seeds: tuple[Base64, Base64]


class Shared(Result):
    """Where the model's sealed shares are: one for each party."""

    blobs: tuple[Annotated[str, Field(pattern=r"^[0-9a-f-]{36}$")], Annotated[str, Field(pattern=r"^[0-9a-f-]{36}$")]]


class Opened(Result):
    """A party holds the model in masked form."""

    model: Annotated[str, Field(pattern="^opened$")]


class Signed(Result):
    """A party stands for the descriptor."""

    signature: Base64


class Closed(Result):
    """A node has thrown away what it kept for the service."""

    closed: bool


class Dealt(Result):
    """The dealer has made correlations."""

    dealt: Level
    bytes: Annotated[int, Field(ge=0, lt=2**53)] = 0
    waiting: list[Level] = Field(default_factory=list, max_length=2)


class Fetched(Result):
    """A party has taken correlations in."""

    level: Level
    taken: Level = 0


class Half(Result):
    """A party's half of an answer, sealed for the requester."""

    party: Annotated[int, Field(ge=0, le=1)] | None = None
    sealed: Base64
    signature: Base64


class Computed(Result):
    """A party is done with a request."""

    answer: Half
    steps: dict[Annotated[str, Field(pattern=r"^[a-z]{1,20}_s$")], Seconds] = Field(default_factory=dict, max_length=12)
    stock: Level


RESULTS: Final[dict[str, type[Result]]] = {
    Kind.PREPARE: Prepared,
    Kind.MASK: Masked,
    Kind.SHARE: Shared,
    Kind.OPEN: Opened,
    Kind.SIGN: Signed,
    Kind.CLOSE: Closed,
    Kind.DEAL: Dealt,
    Kind.FETCH: Fetched,
    Kind.COMPUTE: Computed,
}


def result_read(kind: str, result: dict[str, Any]) -> dict[str, Any]:
    """Return a result as it is kept.

    Raises:
        BadAnswer: it does not have the shape of its kind; the values are not repeated.
    """
    try:
        return RESULTS[kind].model_validate(result).model_dump(mode="json")
    except ValidationError as error:
        raise BadAnswer.from_pydantic(error, prefix="result") from error


def answer_take(*, task: NodeTask, now: datetime) -> None:
    """Let a task's answer have its effect; the caller holds the service."""
    if task.kind == Kind.COMPUTE:
        _computed(task, now)
    elif task.kind in NodeTask.REPEATED:
        if task.kind == Kind.FETCH and task.result is not None:
            role, level = role_of(task.service, task.node_id), task.result["level"]
            stock_report(service=task.service, role=role, level=level, now=now)
        stock_advance(service=task.service, now=now)
    else:
        enqueue(Task.SERVICE_ADVANCE, service_id=task.service_id)


def _computed(task: NodeTask, now: datetime) -> None:
    diagnosis = hold_diagnosis(task.diagnosis_id)
    if task.result is not None:
        pair_answered(task=task, diagnosis=diagnosis, result=task.result, now=now)
        stock_advance(service=diagnosis.service, now=now)
        return
    code, reason, phase = (task.error[name] for name in ("code", "message", "phase"))
    pair_failed(task=task, diagnosis=diagnosis, code=code, reason=reason, phase=phase, now=now)
