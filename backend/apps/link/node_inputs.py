"""What a node's worker may send, where it differs from what a site's agent sends."""

from typing import Annotated, Any
from uuid import UUID

from pydantic import Field

from backend.apps.link.inputs import Input

Phase = Annotated[str, Field(pattern=r"^[a-z][a-z_]{0,19}$")]
"""A word, so that nothing else travels in its place."""

Count = Annotated[int, Field(ge=0, le=2**53)]


class NodeEnrolInput(Input):
    """A one-time token, and the keys and addresses of who uses it."""

    token: str = Field(min_length=1, max_length=200, repr=False)
    public: dict[str, Any]
    role: str = Field(default="", max_length=8)
    origin: str = Field(default="", max_length=200, pattern=r"^(https?://[^/\s?#]+)?$")
    address: str = Field(default="", max_length=200, pattern=r"^([^\s/:]+:\d{1,5}|\[[0-9a-fA-F:]+\]:\d{1,5})?$")


class NodeProgress(Input):
    """How far a task is."""

    phase: Phase
    done: Count | None = None
    total: Count | None = None


class NodeRenewInput(Input):
    """A sign of life of a running task."""

    progress: NodeProgress | None = None


class StockInput(Input):
    """How many sets of correlations a party holds for a service; its own limits are for its log."""

    service: UUID
    level: Count
    low: Count | None = None
    full: Count | None = None
