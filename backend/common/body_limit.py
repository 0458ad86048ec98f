"""Refuse a request whose body is too large before it fills the disk. It does not look into bodies."""

import json
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from django.conf import settings

from backend.common.error_responses import as_body

Receive = Callable[[], Awaitable[Mapping[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]
Application = Callable[[Mapping[str, Any], Receive, Send], Awaitable[None]]


class _TooLarge(Exception):
    """More has come than may."""


class BodyLimit:
    """Count what a client sends, whatever it has announced: Django keeps a whole body before any view sees it."""

    def __init__(self, inner: Application) -> None:
        self._inner = inner

    async def __call__(self, scope: Mapping[str, Any], receive: Receive, send: Send) -> None:
        """Serve one connection."""
        if scope["type"] != "http":
            await self._inner(scope, receive, send)
            return
        announced = dict(scope["headers"]).get(b"content-length", b"")
        try:
            if announced.isdigit() and int(announced) > settings.MAX_BODY_BYTES:
                raise _TooLarge
            await self._inner(scope, _counted(receive), send)
        except _TooLarge:
            await _discard(receive)
            await _refuse(send)


def _counted(receive: Receive) -> Receive:
    received = 0

    async def counting() -> Mapping[str, Any]:
        nonlocal received
        message = await receive()
        received += len(message.get("body", b""))
        if received > settings.MAX_BODY_BYTES:
            raise _TooLarge
        return message

    return counting


async def _discard(receive: Receive) -> None:
    """Let a client that is a little over the limit finish, since many read no answer before they have sent all."""
    discarded = 0
    while discarded <= settings.MAX_BODY_BYTES:
        message = await receive()
        discarded += len(message.get("body", b""))
        if not message.get("more_body"):
            return


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
