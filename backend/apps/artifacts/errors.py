"""What can go wrong with a blob.

BackendError
├── WrongOffset      409: an upload goes on where it stopped, not elsewhere
├── UploadBusy       409: another connection is still writing this blob
├── NotTheOwner      409: another site has sent this content
├── HashMismatch     422: what arrived is not what was declared
├── TooLarge         413
└── RangeNotHeld     416
"""

from backend.common.errors import BackendError, Conflict


class WrongOffset(Conflict):
    """The upload must go on at ``offset``."""

    code = "artifact.wrong_offset"

    def __init__(self, offset: int) -> None:
        super().__init__(f"{offset} bytes are held; go on from there")
        self.offset = offset


class UploadBusy(Conflict):
    """Another connection is writing the same blob."""

    code = "artifact.busy"


class NotTheOwner(Conflict):
    """The same content was declared by another site."""

    code = "artifact.not_yours"


class HashMismatch(BackendError):
    """The bytes do not have the declared SHA-256; they were thrown away."""

    code = "artifact.hash_mismatch"
    status = 422


class TooLarge(BackendError):
    """More bytes than were declared or than the task may send."""

    code = "artifact.too_large"
    status = 413


class RangeNotHeld(BackendError):
    """The asked range lies outside the blob."""

    code = "artifact.range"
    status = 416
