"""How a waiting lease hears that its site has a task: one subscription a process, one event a waiting site.

A bell may be lost, and Redis may be away; whoever waits also looks by the clock.
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


def group(site_id: UUID | str) -> str:
    """Return the name of the group that hears of a site's tasks."""
    return f"site.{site_id}"


def ring_site_on_commit(site_id: UUID) -> None:
    """Tell the web processes, after commit, that a site has something to fetch."""
    ring_on_commit(group(site_id), site=str(site_id))


class Doorbells:
    """The bells of all sites that wait in one event loop."""

    def __init__(self) -> None:
        self._waiting: dict[str, set[asyncio.Event]] = {}
        self._groups: set[str] = set()
        self._listener: asyncio.Task[None] | None = None
        self._channel: str | None = None

    @contextmanager
    def of(self, site_id: UUID) -> Iterator[asyncio.Event]:
        """Give an event that is set whenever the site's bell rings, for as long as the ``with`` lasts."""
        name, event = str(site_id), asyncio.Event()
        self._waiting.setdefault(name, set()).add(event)
        try:
            yield event
        finally:
            self._waiting[name].discard(event)
            if not self._waiting[name]:
                del self._waiting[name]

    async def listen_for(self, site_id: UUID) -> bool:
        """Subscribe to a site's bell; it stays subscribed, because the site will ask again.

        Returns:
            Whether the bell can be heard by now; the first listener may still be on its way.
        """
        if self._listener is None or self._listener.done():
            self._groups.clear()
            self._channel = None
            self._listener = asyncio.create_task(self._listen(), name="doorbells")
        if self._channel is not None and group(site_id) not in self._groups:
            await get_channel_layer().group_add(group(site_id), self._channel)
            self._groups.add(group(site_id))
        return group(site_id) in self._groups

    async def _listen(self) -> None:
        try:
            await self._hear()
        except Exception as error:  # noqa: BLE001 - whoever waits looks by the clock, and the next lease listens anew
            log.warning("the bells are silent: %s", error)

    async def _hear(self) -> None:
        layer = get_channel_layer()
        self._channel = await layer.new_channel()
        for site in list(self._waiting):
            await layer.group_add(group(site), self._channel)
            self._groups.add(group(site))
        while True:
            message = await layer.receive(self._channel)
            for event in self._waiting.get(message.get("site", ""), ()):
                event.set()


_doorbells: WeakKeyDictionary[asyncio.AbstractEventLoop, Doorbells] = WeakKeyDictionary()


def doorbells() -> Doorbells:
    """Return the bells of the running event loop."""
    return _doorbells.setdefault(asyncio.get_running_loop(), Doorbells())
