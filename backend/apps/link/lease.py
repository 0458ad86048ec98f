"""The long poll: give whoever asks their next task, or wait for their bell. Waiting holds no thread and no row."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from backend.apps.link.bell import doorbells
from backend.apps.link.http import Disconnected
from backend.apps.link.inputs import LeaseInput
from backend.apps.link.threads import in_thread
from backend.common.leases import LEASE, LeasedTask

log = logging.getLogger(__name__)

LOOK_EVERY_S = 2.0
"""A bell that is lost costs this much."""

LOOK_WITHOUT_BELL_S = 0.5
"""While Redis is away, this is how soon a task is found."""


@dataclass(frozen=True)
class Mailbox:
    """How one kind of caller gets its tasks.

    Attributes:
        door: the name under which a caller is rung.
        heard: note that a caller spoke.
        take: lease a caller's next task, if there is one.
    """

    door: Callable[[UUID], str]
    heard: Callable[[UUID], None]
    take: Callable[[UUID], LeasedTask | None]


async def lease(
    mailbox: Mailbox, caller_id: UUID, given: LeaseInput, *, gone: Callable[[], Awaitable[None]]
) -> dict[str, Any]:
    """Return the caller's next task as soon as there is one, or none after ``wait_s``.

    Args:
        gone: returns when nobody hears the answer any more; a task would be leased to nobody.
    Raises:
        Disconnected: the caller went away while it waited.
    """
    loop = asyncio.get_running_loop()
    until = loop.time() + given.wait_s
    await in_thread(mailbox.heard, caller_id)
    door = mailbox.door(caller_id)
    with doorbells().of(door) as bell, _watched(gone, bell) as left:
        look_every_s = LOOK_EVERY_S if await _listen(door) else LOOK_WITHOUT_BELL_S
        while not left.done():
            bell.clear()
            task = await in_thread(mailbox.take, caller_id)
            remaining = until - loop.time()
            if task is not None or remaining <= 0:
                return {"task": task and _delivery(task)}
            with suppress(TimeoutError):
                async with asyncio.timeout(min(look_every_s, remaining)):
                    await bell.wait()
    raise Disconnected


@contextmanager
def _watched(gone: Callable[[], Awaitable[None]], bell: asyncio.Event) -> Iterator[asyncio.Future[None]]:
    """Give what is done once the caller has gone, for as long as the ``with`` lasts; it rings the bell too."""
    left = asyncio.ensure_future(gone())
    left.add_done_callback(lambda _: bell.set())
    try:
        yield left
    finally:
        left.cancel()


async def _listen(door: str) -> bool:
    try:
        async with asyncio.timeout(LOOK_WITHOUT_BELL_S):
            return await doorbells().listen_for(door)
    except Exception as error:  # noqa: BLE001 - without a bell the poll still works, later
        log.warning("no bell at %s: %s", door, error)
        return False


def _delivery(task: LeasedTask) -> dict[str, Any]:
    return {
        "id": str(task.id),
        "kind": task.kind,
        "payload": task.payload,
        "deliveries": task.deliveries,
        "lease_s": LEASE.total_seconds(),
    }
