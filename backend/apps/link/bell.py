"""How a waiting lease hears that there is a task: one subscription a process, one event for whoever waits.

A *door* is the name under which one site or node is rung. A bell may be lost, and Redis may be away; whoever waits also
looks by the clock.
"""

import asyncio
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID
from weakref import WeakKeyDictionary

from channels.layers import get_channel_layer

from backend.common.bell import ring_on_commit

log = logging.getLogger(__name__)


def site_door(site_id: UUID | str) -> str:
    """Return the door of a site."""
    return f"site.{site_id}"


def node_door(node_id: UUID | str) -> str:
    """Return the door of a node."""
    return f"node.{node_id}"


def ring_site_on_commit(site_id: UUID) -> None:
    """Tell the web processes, after commit, that a site has something to fetch."""
    _ring_on_commit(site_door(site_id))


def ring_node_on_commit(node_id: UUID) -> None:
    """Tell the web processes, after commit, that a node has something to fetch."""
    _ring_on_commit(node_door(node_id))


def _ring_on_commit(door: str) -> None:
    ring_on_commit(door, door=door)


class Doorbells:
    """The bells of all that wait in one event loop."""

    def __init__(self) -> None:
        self._waiting: dict[str, set[asyncio.Event]] = {}
        self._subscribed: set[str] = set()
        self._listener: asyncio.Task[None] | None = None
        self._channel: str | None = None

    @contextmanager
    def of(self, door: str) -> Iterator[asyncio.Event]:
        """Give an event that is set whenever the door's bell rings, for as long as the ``with`` lasts."""
        event = asyncio.Event()
        self._waiting.setdefault(door, set()).add(event)
        try:
            yield event
        finally:
            self._waiting[door].discard(event)
            if not self._waiting[door]:
                del self._waiting[door]

    async def listen_for(self, door: str) -> bool:
        """Subscribe to a door's bell; it stays subscribed, because whoever waits there will ask again.

        Returns:
            Whether the bell can be heard by now; the first listener may still be on its way.
        """
        if self._listener is None or self._listener.done():
            self._subscribed.clear()
            self._channel = None
            self._listener = asyncio.create_task(self._listen(), name="doorbells")
        if self._channel is not None and door not in self._subscribed:
            await get_channel_layer().group_add(door, self._channel)
            self._subscribed.add(door)
        return door in self._subscribed

    async def _listen(self) -> None:
        try:
            await self._hear()
        except Exception as error:  # noqa: BLE001 - whoever waits looks by the clock, and the next lease listens anew
            log.warning("the bells are silent: %s", error)

    async def _hear(self) -> None:
        layer = get_channel_layer()
        self._channel = await layer.new_channel()
        for door in list(self._waiting):
            await layer.group_add(door, self._channel)
            self._subscribed.add(door)
        while True:
            message = await layer.receive(self._channel)
            for event in self._waiting.get(message.get("door", ""), ()):
                event.set()


_doorbells: WeakKeyDictionary[asyncio.AbstractEventLoop, Doorbells] = WeakKeyDictionary()


def doorbells() -> Doorbells:
    """Return the bells of the running event loop."""
    return _doorbells.setdefault(asyncio.get_running_loop(), Doorbells())
