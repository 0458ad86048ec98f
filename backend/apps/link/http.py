"""Just enough HTTP over ASGI for the site link: read a request, write an answer, stream both ways.

The link does not run through Django's request handler, because that keeps a thread for every request that waits, and
a hundred hospitals always wait. It knows nothing of sites or tasks.
"""

import json
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs

from backend.apps.link.errors import BodyTooLarge
from backend.common.errors import InvalidInput

Json = dict[str, Any]
Receive = Callable[[], Awaitable[Mapping[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]

MAX_JSON_BYTES = 16 * 2**20
"""The largest message is the sealed shares for and from some 20 neighbours; it takes far less."""


class Disconnected(Exception):
    """The client went away before its request was whole."""


@dataclass(frozen=True)
class Request:
    """One request; its body is read once."""

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str] = field(repr=False)
    receive: Receive = field(repr=False)

    @classmethod
    def of(cls, scope: Mapping[str, Any], receive: Receive) -> "Request":
        """Read the head of a request."""
        headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]}
        query = {name: values[-1] for name, values in parse_qs(scope["query_string"].decode("latin-1")).items()}
        return cls(scope["method"], scope["path"], query, headers, receive)

    async def chunks(self) -> AsyncIterator[bytes]:
        """Yield the body as it arrives.

        Raises:
            Disconnected: the client went away.
        """
        while True:
            message = await self.receive()
            if message["type"] == "http.disconnect":
                raise Disconnected
            if message.get("body"):
                yield message["body"]
            if not message.get("more_body"):
                return

    async def json(self) -> Json:
        """Return the body, which is a JSON object or empty.

        Raises:
            BodyTooLarge, InvalidInput: as their names say.
        """
        body = bytearray()
        async for chunk in self.chunks():
            body += chunk
            if len(body) > MAX_JSON_BYTES:
                raise BodyTooLarge(f"the body is larger than {MAX_JSON_BYTES} bytes; blobs go to artifacts")
        try:
            value = json.loads(body) if body else {}
        except ValueError:
            raise InvalidInput("the body is not JSON") from None
        if not isinstance(value, dict):
            raise InvalidInput(f"the body is a JSON {type(value).__name__}, not an object")
        return value

    async def gone(self) -> None:
        """Return when the client has gone away; ask after the body was read."""
        while (await self.receive())["type"] != "http.disconnect":
            continue


async def send_json(send: Send, status: int, body: Json) -> None:
    """Write a JSON answer."""
    content = json.dumps(body, separators=(",", ":")).encode()
    await send_head(send, status, {"Content-Type": "application/json", "Content-Length": str(len(content))})
    await send({"type": "http.response.body", "body": content})


async def send_head(send: Send, status: int, headers: Mapping[str, str]) -> None:
    """Write the status line and headers. Nothing of the link may be kept by a cache in between."""
    lines = {"Cache-Control": "no-store", **headers}
    await send(
        {
            "type": "http.response.start",
            "status": status,
            "headers": [(name.lower().encode(), value.encode("latin-1")) for name, value in lines.items()],
        }
    )
