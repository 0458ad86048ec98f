"""Perform conversations over HTTP, blocking or not. It knows no conversation's subject."""

import asyncio
import time
from dataclasses import dataclass, field
from typing import Any, TypeVar

import httpx

from primia_core.client.answers import read
from primia_core.client.conversation import Call, Clock, Conversation, Pause, Progress, Step, Tell, Work
from primia_core.client.errors import Unreachable
from primia_core.errors import PrimiaError

T = TypeVar("T")
ELSEWHERE_S = 10.0


@dataclass(frozen=True)
class Line:
    """Where the platform is and as whom one speaks to it."""

    address: str
    token: str = field(repr=False)
    timeout_s: float = 30.0

    @property
    def base_url(self) -> str:
        """Return the address that paths are relative to."""
        return f"{self.address.rstrip('/')}/api/v1/"

    def request(self, call: Call) -> dict[str, Any]:
        """Return a call as httpx takes it. Only the platform itself gets the token."""
        request: dict[str, Any] = {"method": call.method, "url": call.path, "params": dict(call.query) or None}
        request["headers"] = {"Accept": "application/json"}
        if call.body is not None:
            request["json"] = dict(call.body)
        if call.elsewhere:
            return {**request, "timeout": ELSEWHERE_S}
        if self.token:
            request["headers"]["Authorization"] = f"Bearer {self.token}"
        return request

    def unreachable(self, call: Call, error: httpx.HTTPError | httpx.InvalidURL) -> Unreachable:
        """Say that no answer came."""
        if call.elsewhere:
            return Unreachable(f"no answer from {call.path} ({error or type(error).__name__}); is it up?")
        return Unreachable(f"no answer from {self.base_url} ({error or type(error).__name__}); is the platform up?")


def perform(talk: Conversation[T], line: Line, http: httpx.Client, tell: Tell) -> T:
    """Perform a conversation, blocking."""
    turn, value = talk.send, None
    while True:
        try:
            step = turn(value)
        except StopIteration as end:
            result: T = end.value
            return result
        try:
            turn, value = talk.send, _do(step, line, http, tell)
        except PrimiaError as error:
            turn, value = talk.throw, error


async def perform_async(talk: Conversation[T], line: Line, http: httpx.AsyncClient, tell: Tell) -> T:
    """Perform a conversation while others run."""
    turn, value = talk.send, None
    while True:
        try:
            step = turn(value)
        except StopIteration as end:
            result: T = end.value
            return result
        try:
            turn, value = talk.send, await _do_async(step, line, http, tell)
        except PrimiaError as error:
            turn, value = talk.throw, error


def _do(step: Step, line: Line, http: httpx.Client, tell: Tell) -> Any:
    match step:
        case Call():
            try:
                return read(http.request(**line.request(step)))
            except (httpx.HTTPError, httpx.InvalidURL) as error:
                raise line.unreachable(step, error) from error
        case Pause():
            return time.sleep(step.seconds)
        case Clock():
            return time.monotonic()
        case Work():
            return step.do()
        case Progress():
            return tell(step)


async def _do_async(step: Step, line: Line, http: httpx.AsyncClient, tell: Tell) -> Any:
    match step:
        case Call():
            try:
                return read(await http.request(**line.request(step)))
            except (httpx.HTTPError, httpx.InvalidURL) as error:
                raise line.unreachable(step, error) from error
        case Pause():
            return await asyncio.sleep(step.seconds)
        case Clock():
            return time.monotonic()
        case Work():
            return await asyncio.to_thread(step.do)
        case Progress():
            return tell(step)
