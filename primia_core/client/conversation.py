"""What a talk with the platform consists of: calls, pauses, work, news. It opens no connection and reads no clock.

A conversation is a generator that yields steps and gets what came of them. The same generator serves the blocking
client, the asynchronous one and the tests; ``drivers`` perform it.
"""

from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar
from urllib.parse import parse_qsl, urlsplit

Json = dict[str, Any]
T = TypeVar("T")


@dataclass(frozen=True)
class Call:
    """One request to the platform, answered by the JSON of the answer. Refusals are thrown into the conversation.

    Attributes:
        method: of HTTP.
        path: relative to ``/api/v1/``; a whole address for somebody else, who then gets no token.
        query: parameters.
        body: sent as JSON.
    """

    method: str
    path: str
    query: Mapping[str, str | int] = field(default_factory=dict)
    body: Mapping[str, object] | None = field(default=None, repr=False)

    @property
    def elsewhere(self) -> bool:
        """Say whether the call goes to another origin than the platform's."""
        return "://" in self.path


@dataclass(frozen=True)
class Pause:
    """Nothing to do for so many seconds."""

    seconds: float


@dataclass(frozen=True)
class Clock:
    """A look at a clock, answered by seconds since some moment."""


@dataclass(frozen=True)
class Work:
    """A computation that takes more than a moment, answered by its result."""

    do: Callable[[], Any] = field(repr=False)


@dataclass(frozen=True)
class Progress:
    """News for whoever waits.

    Attributes:
        step: what has begun.
        diagnosis: the request's id, once there is one.
        about: details, of the kinds that JSON knows.
    """

    step: str
    diagnosis: str | None = None
    about: Mapping[str, Any] = field(default_factory=dict)


Step = Call | Pause | Clock | Work | Progress
Conversation = Generator[Step, Any, T]
Tell = Callable[[Progress], None]


def nobody(_: Progress) -> None:
    """Listen to no news."""


def get(path: str, **query: str | int) -> Conversation[Any]:
    """Ask for the JSON at a path."""
    return (yield Call("GET", path, query))


def post(path: str, body: Mapping[str, object] | None = None) -> Conversation[Any]:
    """Post and return the answer's JSON."""
    return (yield Call("POST", path, body=body or {}))


def every(path: str, **query: str | int) -> Conversation[list[Json]]:
    """Return all rows of a paginated list."""
    rows: list[Json] = []
    while True:
        page = yield Call("GET", path, query)
        rows += page["results"]
        if not page["next"]:
            return rows
        query = dict(parse_qsl(urlsplit(page["next"]).query))  # the address itself may be another behind a proxy
