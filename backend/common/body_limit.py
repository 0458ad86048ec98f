"""Refuse a request whose body is too large before it fills the disk. It does not look into bodies."""

import json
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from django.conf import settings

from backend.common.error_responses import as_body

Receive = Callable[[], Awaitable[Mapping[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]
Application = Callable[[Mapping[str, Any], Receive, Send], Awaitable[None]]


class BodyLimit:
    """Count what a client sends, whatever it has announced: Django keeps a whole body before any view sees it."""

    def __init__(self, inner: Application) -> None:
        self._inner = inner

    async def __call__(self, scope: Mapping[str, Any], receive: Receive, send: Send) -> None:
        """Serve one connection."""
        if scope["type"] != "http":
            await self._inner(scope, receive, send)
            return
        body = _Body(receive)
        announced = dict(scope["headers"]).get(b"content-length", b"")
        if announced.isdigit() and int(announced) > settings.MAX_BODY_BYTES:
            body.too_large = True
        else:
            await self._inner(scope, body.receive, send)
        if body.too_large:
            await body.discard()
            await _refuse(send)


class _Body:
    """A body on its way in. One that is too large ends for the application as if its client had gone."""

    def __init__(self, receive: Receive) -> None:
        self._receive = receive
        self._received = 0
        self._more = True
        self.too_large = False

    async def receive(self) -> Mapping[str, Any]:
        """Pass a piece on."""
        message = await self._next()
        self.too_large = self._received > settings.MAX_BODY_BYTES
        return {"type": "http.disconnect"} if self.too_large else message

    async def discard(self) -> None:
        """Let a client that is a little over the limit finish: many read no answer before they have sent all."""
        while self._more and self._received <= 2 * settings.MAX_BODY_BYTES:
            await self._next()

    async def _next(self) -> Mapping[str, Any]:
        message = await self._receive()
        self._received += len(message.get("body", b""))
        self._more = message.get("more_body", False)
        return message


async def _refuse(send: Send) -> None:
    message = f"The body is larger than {settings.MAX_BODY_BYTES} bytes, the most that is taken."
    body = json.dumps(as_body("request.too_large", message)).encode()
    headers = [
        (b"content-type", b"application/json"),
        (b"content-length", b"%d" % len(body)),
        (b"connection", b"close"),
    ]
    await send({"type": "http.response.start", "status": 413, "headers": headers})
    await send({"type": "http.response.body", "body": body})
