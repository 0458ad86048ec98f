"""The long poll: give the site its next task, or wait for its bell. While it waits it holds no thread and no row."""

import asyncio
import logging
from typing import Any

from django.utils import timezone

from backend.apps.federations.models import Site
from backend.apps.federations.services import site_heard
from backend.apps.jobs.models import SiteTask
from backend.apps.jobs.services.site_tasks import LEASE
from backend.apps.link.bell import doorbells
from backend.apps.link.calls import leased
from backend.apps.link.inputs import LeaseInput
from backend.apps.link.threads import in_thread

log = logging.getLogger(__name__)

LOOK_EVERY_S = 2.0
"""A bell that is lost costs this much."""

LOOK_WITHOUT_BELL_S = 0.5
"""While Redis is away, this is how soon a task is found."""


async def lease(site: Site, given: LeaseInput) -> dict[str, Any]:
    """Return the site's next task as soon as there is one, or none after ``wait_s``."""
    loop = asyncio.get_running_loop()
    until = loop.time() + given.wait_s
    await in_thread(_heard, site)
    with doorbells().of(site.id) as bell:
        look_every_s = LOOK_EVERY_S if await _listen(site) else LOOK_WITHOUT_BELL_S
        while True:
            bell.clear()
            task = await in_thread(leased, site.id)
            remaining = until - loop.time()
            if task is not None or remaining <= 0:
                return {"task": task and _delivery(task)}
            try:
                async with asyncio.timeout(min(look_every_s, remaining)):
                    await bell.wait()
            except TimeoutError:
                continue


async def _listen(site: Site) -> bool:
    try:
        async with asyncio.timeout(LOOK_WITHOUT_BELL_S):
            return await doorbells().listen_for(site.id)
    except Exception as error:  # noqa: BLE001 - without a bell the poll still works, later
        log.warning("no bell for site %s: %s", site.slug, error)
        return False


def _heard(site: Site) -> None:
    site_heard(site_id=site.id, now=timezone.now())


def _delivery(task: SiteTask) -> dict[str, Any]:
    return {
        "id": str(task.id),
        "kind": task.kind,
        "payload": task.payload,
        "deliveries": task.deliveries,
        "lease_s": LEASE.total_seconds(),
    }
