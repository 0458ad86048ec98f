"""What can go wrong between a program and the platform.

ClientError
├── BadAddress        no address of a platform or of a service
├── Unreachable       no answer came
├── ApiError          the platform said no, with its own code
├── UntrustedParty    a computing party is not who the service's descriptor says, or nobody says so
├── ServiceShut       the service answers nobody now
├── RequestFailed     a diagnosis has ended without an answer, with the platform's code
├── NotAnswered       it has not ended yet; it can be collected later
├── PendingUnreadable what is kept of a request on this machine cannot be read
├── NoPictures        there is nothing to send
└── WebhookRefused    a message that claims to be the platform's is not
"""

from primia_core.errors import PrimiaError


class ClientError(PrimiaError):
    """The platform's API could not be used."""

    code = "client.error"


class BadAddress(ClientError):
    """An address cannot be that of a platform or of a service, or would show the token on the network."""

    code = "client.bad_address"


class Unreachable(ClientError):
    """No answer came from the platform."""

    code = "client.unreachable"


class ApiError(ClientError):
    """The platform refused; ``code`` is the platform's own."""

    def __init__(
        self,
        status: int,
        code: str,
        message: str,
        fields: dict[str, object] | None = None,
        *,
        retry_after_s: float | None = None,
    ) -> None:
        detail = "".join(f"; {name}: {what}" for name, what in (fields or {}).items())
        super().__init__(f"{message}{detail}")
        self.status, self.code, self.fields, self.retry_after_s = status, code, fields or {}, retry_after_s


class UntrustedParty(ClientError):
    """A computing party's own origin does not confirm the key that a picture would be sealed to."""

    code = "diagnosis.untrusted_party"


class ServiceShut(ClientError):
    """The service is closed, expired or not open yet."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


class RequestFailed(ClientError):
    """A diagnosis has ended without an answer; ``code`` is the platform's own."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


class NotAnswered(ClientError):
    """No answer has come yet. The request goes on."""

    code = "client.not_answered"


class PendingUnreadable(ClientError):
    """A file that keeps a request's answer key is damaged, or others could read it."""

    code = "client.pending_unreadable"


class NoPictures(ClientError):
    """A folder holds nothing that could be sent."""

    code = "client.no_pictures"


class WebhookRefused(ClientError):
    """A message in the platform's name is not signed by it, or too old."""

    code = "client.webhook_refused"
