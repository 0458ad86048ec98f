"""The one form in which a site may tell of its cohort: verdicts by name, with no place for a number or free text."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, StringConstraints, ValidationError

from backend.apps.datasets.errors import ReadinessTellsTooMuch

CheckName = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z_]{0,39}$")]


class CheckVerdict(BaseModel):
    """One check: its name and how it ended."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    name: CheckName
    status: Literal["pass", "warn", "fail"]


class Readiness(BaseModel):
    """All verdicts of one version of a cohort."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    ready: bool
    version: str
    checks: list[CheckVerdict]


def readiness_read(value: object, *, version: str) -> dict[str, Any]:
    """Return the report when it has exactly this form and speaks of ``version``.

    Raises:
        ReadinessTellsTooMuch: it has another form; the message names places, never values.
    """
    try:
        readiness = Readiness.model_validate(value)
    except ValidationError as error:
        raise ReadinessTellsTooMuch.from_pydantic(error, prefix="readiness") from None
    failed = any(check.status == "fail" for check in readiness.checks)
    if readiness.version != version or readiness.ready is failed:
        reason = "It speaks of another version, or its verdict is not that of its checks; report the cohort again."
        raise ReadinessTellsTooMuch(reason, fields={"readiness": [reason]})
    return readiness.model_dump(mode="json")
