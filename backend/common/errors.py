"""The backend's error tree. It knows no app, and not how an error is rendered.

PrimiaError
  BackendError           400 unless a subclass says otherwise
    InvalidInput         400, with fields
    NotAuthenticated     401
    NotAllowed           403
    NotFound             404
    Conflict             409
      IllegalTransition  409
    TooManyRequests      429
    Unavailable          503
"""

from collections.abc import Mapping
from typing import Any, ClassVar, Self

from primia_core.errors import PrimiaError

Fields = dict[str, list[str]]


class BackendError(PrimiaError):
    """A request that cannot be done, with the HTTP status that says so."""

    code = "backend.error"
    status: ClassVar[int] = 400

    def __init__(self, message: str, *, fields: Mapping[str, list[str]] | None = None) -> None:
        super().__init__(message)
        self.fields: Fields = dict(fields or {})


class InvalidInput(BackendError):
    """The request's content does not fit."""

    code = "request.invalid"

    @classmethod
    def from_pydantic(cls, error: Any, *, prefix: str = "") -> Self:
        """Turn a pydantic ``ValidationError`` into fields, without repeating the input's values."""
        fields: Fields = {}
        for item in error.errors(include_input=False, include_url=False, include_context=False):
            place = ".".join(str(part) for part in ([prefix] if prefix else []) + list(item["loc"])) or "settings"
            fields.setdefault(place, []).append(item["msg"].removeprefix("Value error, "))
        return cls("Some values do not fit; see fields.", fields=fields)


class NotAuthenticated(BackendError):
    """Nobody is logged in, or the credential is not known."""

    code = "request.not_authenticated"
    status = 401


class NotAllowed(BackendError):
    """The caller may see the thing but not do this with it."""

    code = "request.not_allowed"
    status = 403


class NotFound(BackendError):
    """There is no such thing, or the caller may not see it: the answer is the same."""

    code = "request.not_found"
    status = 404


class Conflict(BackendError):
    """The thing's present state does not permit the request."""

    code = "request.conflict"
    status = 409


class IllegalTransition(Conflict):
    """A row was asked for a state that cannot follow its present one."""

    code = "request.illegal_transition"

    def __init__(self, *, current: str, wanted: str) -> None:
        super().__init__(f"this is {current}, so it cannot become {wanted}; reload to see its present state")


class TooManyRequests(BackendError):
    """The caller must wait; ``retry_after_s`` says how long, where that is known."""

    code = "request.throttled"
    status = 429

    def __init__(self, message: str, *, retry_after_s: int | None = None) -> None:
        super().__init__(message)
        self.retry_after_s = retry_after_s


class Unavailable(BackendError):
    """A service behind the backend does not answer; trying again later is right."""

    code = "backend.unavailable"
    status = 503
