"""Ring groups of listeners over the channel layer. A bell carries no news; whoever hears it reads the rows.

Ringing costs the caller nothing: one thread a process holds the connection and sends. A ring that is lost costs its
listeners a moment, since they also look by the clock.
"""

import asyncio
import logging
import os
import threading

from channels.layers import get_channel_layer
from django.db import transaction

log = logging.getLogger(__name__)


class _Ringer:
    """An event loop in a thread of its own, made when it is first needed and again after a fork."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._pid = 0
        self._loop: asyncio.AbstractEventLoop | None = None

    def loop(self) -> asyncio.AbstractEventLoop:
        with self._lock:
            if self._loop is None or self._pid != os.getpid():
                self._loop, self._pid = asyncio.new_event_loop(), os.getpid()
                threading.Thread(target=self._loop.run_forever, name="bell", daemon=True).start()
            return self._loop


_ringer = _Ringer()


def ring(group: str, **content: str) -> None:
    """Ring ``group`` now and do not wait for it."""
    asyncio.run_coroutine_threadsafe(_send(group, content), _ringer.loop())


def ring_on_commit(group: str, **content: str) -> None:
    """Ring ``group`` once the present transaction is committed, or at once where there is none."""

    def ring_now() -> None:
        ring(group, **content)

    transaction.on_commit(ring_now, robust=True)


async def _send(group: str, content: dict[str, str]) -> None:
    try:
        await get_channel_layer().group_send(group, {"type": "bell", **content})
    except Exception as error:  # noqa: BLE001 - whatever it is, listeners look by the clock
        log.warning("the bell of %s did not ring: %s", group, error)
