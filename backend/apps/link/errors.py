"""What the link refuses, besides what the services behind it refuse.

BackendError
├── UnknownPath         404
├── MethodNotAllowed    405
├── ProtocolMismatch    409: another version of the link
├── ClockSkew           409: the clocks disagree
└── BodyTooLarge        413
"""

from backend.common.errors import BackendError, Conflict, NotFound


class UnknownPath(NotFound):
    """The link has no such address."""

    code = "link.unknown_path"


class MethodNotAllowed(BackendError):
    """The address knows other methods."""

    code = "link.method"
    status = 405


class ProtocolMismatch(Conflict):
    """The agent speaks another version of the link."""

    code = "link.protocol"


class ClockSkew(Conflict):
    """The agent's clock is too far from the hub's."""

    code = "link.clock"


class BodyTooLarge(BackendError):
    """A JSON body is larger than any message of the link."""

    code = "link.body_too_large"
    status = 413
