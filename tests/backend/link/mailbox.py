"""Two sites of one federation, and tasks for them."""

from contextlib import ExitStack
from datetime import timedelta
from typing import Any, Self

from django.utils import timezone

from backend.apps.jobs.models import Attempt, Job, Round, SiteTask
from backend.apps.jobs.services.site_tasks import site_task_queue
from tests.backend.link.server import client
from tests.backend.world import consortium, hospital

HASH = "0" * 64
WORDS = 8
STEP = {"vectors": [{"name": "a", "length": WORDS - 2}, {"name": "b", "length": 2}]}


class Mailbox:
    """``north`` and ``south`` are clients; a job with one open attempt is there to hang tasks on."""

    def __init__(self, address: str) -> None:
        self.address, self._stack = address, ExitStack()
        self.federation = consortium("alpine")
        self.site, self.credential = hospital(self.federation, "north")
        self.other, other_credential = hospital(self.federation, "south")
        self.north = self._stack.enter_context(client(address, self.credential))
        self.south = self._stack.enter_context(client(address, other_credential))
        now = timezone.now()
        self.job = Job.objects.create(
            federation=self.federation, title="first", created_at=now, state="running", plan={"roster": []},
            plan_hash=HASH,
        )  # fmt: skip
        self.round = Round.objects.create(job=self.job, number=0, kind="statistics", step=STEP, opened_at=now)
        self.attempt = Attempt.objects.create(
            round=self.round, number=1, phase="submit", secure=False, roster=["north", "south"], phase_since=now,
            deadline=now + timedelta(hours=1), opened_at=now,
        )  # fmt: skip

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def queue(self, kind: str = "step.submit", payload: dict[str, Any] | None = None) -> SiteTask:
        """Ask the site ``north`` for something."""
        attempt = None if kind == "plan.review" else self.attempt
        return site_task_queue(
            job=self.job, attempt=attempt, site=self.site, kind=kind, payload=payload or {"step": STEP},
            now=timezone.now(),
        )  # fmt: skip

    def lease(self, wait_s: float = 0) -> dict[str, Any] | None:
        """Lease as ``north``."""
        return self.north.post("lease", json={"wait_s": wait_s}).raise_for_status().json()["task"]
