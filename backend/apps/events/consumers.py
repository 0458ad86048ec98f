"""One live stream: replay what the client lacks, then follow. It carries rows, never a state of its own."""

import asyncio
import logging
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs
from uuid import UUID

from asgiref.sync import sync_to_async
from channels.generic.websocket import AsyncWebsocketConsumer

from backend.apps.events.stream import Stream
from backend.apps.events.tail import following

log = logging.getLogger(__name__)

FORBIDDEN, UNKNOWN, BAD_REQUEST, FAULT = 4403, 4404, 4400, 1011
CHECK_EVERY_S = 30.0
NO_CHANNEL_LAYER = None  # the tail listens for all sockets, so a socket needs no channel of its own


class StreamConsumer(AsyncWebsocketConsumer):
    """``/ws/<streams>/<id>?after=<seq>``.

    The socket is accepted before it is refused, since a browser learns a close code only of an open socket. Who may
    follow is asked again while it is open: a log-out or a lost membership ends the stream.
    """

    channel_layer_alias = NO_CHANNEL_LAYER

    def __init__(self, stream_of: Callable[[UUID], Stream]) -> None:
        super().__init__()
        self.stream_of = stream_of

    async def connect(self) -> None:
        """Accept, then follow in a task of its own, so that a disconnect is heard meanwhile."""
        self.stream = self.stream_of(self.scope["url_route"]["kwargs"]["stream_id"])
        await self.accept()
        self.follower = asyncio.create_task(self._follow())

    async def disconnect(self, code: int) -> None:
        """Stop following."""
        self.follower.cancel()
        await asyncio.gather(self.follower, return_exceptions=True)

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        """Ignore what the client says; this stream has one direction."""

    async def _follow(self) -> None:
        try:
            code = await self._stream()
        except Exception:
            log.exception("the stream of %s broke", self.stream.group)
            code = FAULT
        await self.close(code=code)

    async def _stream(self) -> int:
        sent = _after(self.scope["query_string"])
        if sent is None:
            return BAD_REQUEST
        if refused := await self._refusal():
            return refused
        checked = asyncio.get_running_loop().time()
        async with following(self.stream) as tail:
            while True:
                for frame in await tail.after(sent, timeout_s=CHECK_EVERY_S):
                    await self.send(text_data=frame.text)
                    sent = frame.seq
                if (now := asyncio.get_running_loop().time()) - checked >= CHECK_EVERY_S:
                    checked = now
                    if refused := await self._refusal():
                        return refused

    async def _refusal(self) -> int | None:
        return await sync_to_async(_refusal)(self.scope, self.stream)


def _refusal(scope: dict[str, Any], stream: Stream) -> int | None:
    user = scope["identify"](stream.scope)
    if user is None:
        return FORBIDDEN
    return None if stream.may_follow(user) else UNKNOWN


def _after(query: bytes) -> int | None:
    given = parse_qs(query.decode("latin-1")).get("after", ["0"])[-1]
    return int(given) if given.isascii() and given.isdigit() and len(given) < 19 else None
