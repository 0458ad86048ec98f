"""What a kind of caller may ask of the link: its addresses, its credential, its mailbox. It serves nothing itself."""

import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from backend.apps.link import inputs
from backend.apps.link.errors import MethodNotAllowed, UnknownPath
from backend.apps.link.http import Json, Request
from backend.apps.link.lease import Mailbox
from backend.common.errors import NotAuthenticated

UUID_PATTERN = r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
TASK = f"tasks/(?P<task>{UUID_PATTERN})"
Values = dict[str, UUID | str]


@dataclass(frozen=True)
class Call:
    """An address with a JSON body and a JSON answer."""

    method: str
    pattern: re.Pattern[str]
    body: type[inputs.Input]
    do: Callable[..., Json]


@dataclass(frozen=True)
class Stream:
    """An address whose body or answer is content, sent piece by piece."""

    pattern: re.Pattern[str]
    methods: Mapping[str, Callable[..., Awaitable[None]]]


@dataclass(frozen=True)
class Realm:
    """One kind of caller.

    Attributes:
        prefix: of its addresses.
        scheme: what its ``Authorization`` header begins with.
        caller_of: find the caller by its credential.
        unknown: what is raised where there is no credential.
        enrolment, enrol: the body and the deed of the one call that needs no credential.
    """

    prefix: str
    scheme: str
    caller_of: Callable[[str], Any]
    unknown: type[NotAuthenticated]
    enrolment: type[inputs.Input]
    enrol: Callable[[Any], Json]
    mailbox: Mailbox
    calls: tuple[Call, ...]
    streams: tuple[Stream, ...]

    def identify(self, request: Request) -> Any:
        """Return who makes a request.

        Raises:
            NotAuthenticated: there is no known credential.
        """
        scheme, _, credential = request.headers.get("authorization", "").partition(" ")
        if scheme != self.scheme or not credential.strip():
            raise self.unknown(
                f"the link needs the header `Authorization: {self.scheme} <credential>`; enrol this "
                f"{self.scheme.lower()} first"
            )
        return self.caller_of(credential.strip())

    def stream_at(self, request: Request, path: str) -> tuple[Callable[..., Awaitable[None]], Values] | None:
        """Return who streams at an address, with what stands in it; none where content is not streamed.

        Raises:
            MethodNotAllowed: the address knows other methods.
        """
        for stream in self.streams:
            if match := stream.pattern.match(path):
                if request.method not in stream.methods:
                    raise MethodNotAllowed(f"this address knows {' and '.join(stream.methods)}")
                return stream.methods[request.method], _values(match)
        return None

    def call_at(self, request: Request, path: str) -> tuple[Call, Values]:
        """Return the call of an address, with what stands in it.

        Raises:
            UnknownPath, MethodNotAllowed: as their names say.
        """
        found = [(call, match) for call in self.calls if (match := call.pattern.match(path))]
        if not found:
            raise UnknownPath("the link has no such address")
        for call, match in found:
            if call.method == request.method:
                return call, _values(match)
        raise MethodNotAllowed(f"this address knows {found[0][0].method}")


def call(method: str, pattern: str, body: type[inputs.Input], do: Callable[..., Json]) -> Call:
    """Return a call at an address; named groups are given to ``do``."""
    return Call(method, re.compile(f"^{pattern}$"), body, do)


def stream(pattern: str, **methods: Callable[..., Awaitable[None]]) -> Stream:
    """Return streams at an address, by method."""
    return Stream(re.compile(f"^{pattern}$"), methods)


def _values(match: re.Match[str]) -> Values:
    return {name: UUID(value) if "-" in value else value for name, value in match.groupdict().items()}
