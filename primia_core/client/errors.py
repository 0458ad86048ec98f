"""What can go wrong between a program and the platform.

ClientError
├── Unreachable   no answer came
└── ApiError      the platform said no, with its own code
"""

from primia_core.errors import PrimiaError


class ClientError(PrimiaError):
    """The platform's API could not be used."""

    code = "client.error"


class Unreachable(ClientError):
    """No answer came from the platform."""

    code = "client.unreachable"


class ApiError(ClientError):
    """The platform refused; ``code`` is the platform's own."""

    def __init__(self, status: int, code: str, message: str, fields: dict[str, object] | None = None) -> None:
        detail = "".join(f"; {name}: {what}" for name, what in (fields or {}).items())
        super().__init__(f"{message}{detail}")
        self.status, self.code, self.fields = status, code, fields or {}
