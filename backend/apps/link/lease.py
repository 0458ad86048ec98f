"""The long poll: give whoever asks their next task, or wait for their bell. Waiting holds no thread and no row."""

import asyncio
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol
from uuid import UUID

from backend.apps.link.bell import doorbells
from backend.apps.link.inputs import LeaseInput
from backend.apps.link.threads import in_thread

log = logging.getLogger(__name__)

LOOK_EVERY_S = 2.0
"""A bell that is lost costs this much."""

LOOK_WITHOUT_BELL_S = 0.5
"""While Redis is away, this is how soon a task is found."""


class Delivered(Protocol):
    """A task that was handed out."""

    id: UUID
    kind: str
    payload: Mapping[str, Any]
    deliveries: int


@dataclass(frozen=True)
class Mailbox:
    """How one kind of caller gets its tasks.

    Attributes:
        door: the name under which a caller is rung.
        heard: note that a caller spoke.
        take: lease a caller's next task, if there is one.
        lease_s: how long a task then belongs to it.
    """

    door: Callable[[UUID], str]
    heard: Callable[[UUID], None]
    take: Callable[[UUID], Delivered | None]
    lease_s: float


async def lease(mailbox: Mailbox, caller_id: UUID, given: LeaseInput) -> dict[str, Any]:
    """Return the caller's next task as soon as there is one, or none after ``wait_s``."""
    loop = asyncio.get_running_loop()
    until = loop.time() + given.wait_s
    await in_thread(mailbox.heard, caller_id)
    door = mailbox.door(caller_id)
    with doorbells().of(door) as bell:
        look_every_s = LOOK_EVERY_S if await _listen(door) else LOOK_WITHOUT_BELL_S
        while True:
            bell.clear()
            task = await in_thread(mailbox.take, caller_id)
            remaining = until - loop.time()
            if task is not None or remaining <= 0:
                return {"task": task and _delivery(task, mailbox.lease_s)}
            try:
                async with asyncio.timeout(min(look_every_s, remaining)):
                    await bell.wait()
            except TimeoutError:
                continue


async def _listen(door: str) -> bool:
    try:
        async with asyncio.timeout(LOOK_WITHOUT_BELL_S):
            return await doorbells().listen_for(door)
    except Exception as error:  # noqa: BLE001 - without a bell the poll still works, later
        log.warning("no bell at %s: %s", door, error)
        return False


def _delivery(task: Delivered, lease_s: float) -> dict[str, Any]:
    return {
        "id": str(task.id),
        "kind": task.kind,
        "payload": task.payload,
        "deliveries": task.deliveries,
        "lease_s": lease_s,
    }
