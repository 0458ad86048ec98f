"""One tail a process and stream: it reads each event once and feeds every socket that follows the stream.

It does not know who may follow; whoever asks for a tail has checked that.
"""

import asyncio
import json
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from typing import Any

from asgiref.sync import sync_to_async
from channels.layers import get_channel_layer
from django.db import InterfaceError, OperationalError, close_old_connections, connection
from redis.exceptions import RedisError

from backend.apps.events.stream import Stream

log = logging.getLogger(__name__)

KEEP = 1_000
BATCH = 200
LOOK_EVERY_S = 2.0  # a bell can be lost when Redis restarts; rows cannot
RETRY_S = 0.5


@dataclass(frozen=True)
class Frame:
    """One event as it goes out, encoded once for all sockets."""

    seq: int
    text: str


class Tail:
    """The last events of one stream, and the wish for more."""

    def __init__(self, stream: Stream) -> None:
        self.stream = stream
        self.followers = 0
        self._frames: list[Frame] = []
        self._read_to = -1  # not yet known
        self._rung = asyncio.Event()
        self._news = asyncio.Condition()
        self._tasks: list[asyncio.Task[None]] = []

    def start(self) -> None:
        """Begin to listen and to read."""
        self._tasks = [asyncio.create_task(self._listen()), asyncio.create_task(self._read())]

    async def stop(self) -> None:
        """End both, and the subscription with them."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await sync_to_async(close_old_connections)()

    async def after(self, seq: int, *, timeout_s: float) -> list[Frame]:
        """Return events above ``seq`` in order: at once where there are some, else the next; none after the timeout."""
        with suppress(TimeoutError):
            async with asyncio.timeout(timeout_s), self._news:
                await self._news.wait_for(lambda: self._read_to > seq)
        if self._read_to <= seq:
            return []
        first = self._frames[0].seq if self._frames else self._read_to + 1
        if seq + 1 < first:
            return await self._rows(seq)
        return self._frames[seq + 1 - first :][:BATCH]  # numbers have no gap, so a number is a place

    async def _listen(self) -> None:
        layer = get_channel_layer()
        while True:
            try:
                channel = await layer.new_channel("tail.")
                await layer.group_add(self.stream.group, channel)
                self._rung.set()
                try:
                    while True:
                        await layer.receive(channel)
                        self._rung.set()
                finally:
                    await layer.group_discard(self.stream.group, channel)
            except (RedisError, OSError, RuntimeError):  # Redis is down or coming back: look by the clock meanwhile
                log.warning("the bell of %s is silent; looking every %s s", self.stream.group, LOOK_EVERY_S)
                await asyncio.sleep(LOOK_EVERY_S)

    async def _read(self) -> None:
        while True:
            try:
                self._rung.clear()
                if self._read_to < 0:
                    await self._publish(await _kept_open(self.stream.last_seq), [])
                while frames := await self._rows(self._read_to):
                    await self._publish(frames[-1].seq, frames)
                with suppress(TimeoutError):
                    await asyncio.wait_for(self._rung.wait(), LOOK_EVERY_S)
            except Exception:
                log.exception("the events of %s cannot be read; trying again", self.stream.group)
                await asyncio.sleep(RETRY_S)

    async def _publish(self, read_to: int, frames: list[Frame]) -> None:
        async with self._news:
            self._frames = [*self._frames, *frames][-KEEP:]
            self._read_to = read_to
            self._news.notify_all()

    async def _rows(self, seq: int) -> list[Frame]:
        events = await _kept_open(self.stream.events_after, after=seq, limit=BATCH)
        return [Frame(event["seq"], json.dumps(event, separators=(",", ":"))) for event in events]


@sync_to_async
def _kept_open(select: Callable[..., Any], **given: Any) -> Any:
    """Read in the process's one database thread, on a connection that stays open until it breaks."""
    try:
        return select(**given)
    except (OperationalError, InterfaceError):
        connection.close()
        raise


_tails: dict[tuple[asyncio.AbstractEventLoop, Stream], Tail] = {}


@asynccontextmanager
async def following(stream: Stream) -> AsyncIterator[Tail]:
    """Give the process's tail of the stream, started for the first follower and stopped after the last."""
    key = (asyncio.get_running_loop(), stream)
    tail = _tails.get(key)
    if tail is None:
        tail = _tails[key] = Tail(stream)
        tail.start()
    tail.followers += 1
    try:
        yield tail
    finally:
        tail.followers -= 1
        if not tail.followers:
            del _tails[key]
            await tail.stop()
