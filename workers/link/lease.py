"""Keeping a leased task while it runs: renewal follows its progress and brings back `lost` and `cancel`.

It knows nothing of what the task does. A task that makes no progress for ``stall_s`` seconds is no longer renewed, so
that the hub gives it to somebody else instead of waiting for ever.
"""

import logging
import threading
from collections.abc import Mapping
from time import monotonic
from types import TracebackType
from typing import Literal, Protocol, Self

from workers.link.client import Renewal
from workers.link.errors import AgentStopping, HubRefused, HubUnavailable, LinkError, TaskCancelled, TaskLost

log = logging.getLogger(__name__)

LeaseStatus = Literal["ok", "lost", "cancel", "stalled"]

TICK_S = 2.0
STALL_S = 900.0


class Renews(Protocol):
    """Whoever can renew a lease: the link, or something around it that writes down what is said."""

    def renew(self, task_id: str, progress: Mapping[str, object] | None) -> Renewal:
        """Keep a task, say how far it is, and learn whether it is still wanted."""


class LeaseKeeper:
    """Renews one task from a thread of its own, between ``with`` and its end.

    Args:
        client: of the link.
        task_id: the task that is running.
        lease_s: how long the hub gives it; renewed after a third of that, and whenever there is news.
        stopping: says whether this agent is shutting down.
        stall_s: seconds without progress after which the task counts as stuck.
    """

    def __init__(
        self,
        client: Renews,
        task_id: str,
        lease_s: float,
        *,
        stopping: threading.Event | None = None,
        stall_s: float = STALL_S,
        tick_s: float = TICK_S,
    ) -> None:
        self._client, self._task_id, self._lease_s = client, task_id, lease_s
        self._stopping = stopping or threading.Event()
        self._stall_s, self._tick_s = stall_s, tick_s
        self._news, self._ended = threading.Event(), False
        self._progress: dict[str, object] | None = None
        self._fresh = False
        self._moved_at = monotonic()
        self._status: LeaseStatus = "ok"
        self._thread = threading.Thread(target=self._run, name=f"lease-{task_id[:8]}", daemon=True)

    @property
    def phase(self) -> str:
        """Return the phase that was last told of, or nothing."""
        return str(self._progress["phase"]) if self._progress else ""

    @property
    def status(self) -> LeaseStatus:
        """Return what the hub last said of the task, or ``stalled``."""
        return self._status

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._ended = True
        self._news.set()
        self._thread.join(timeout=15)

    def progress(self, phase: str, done: int | None = None, total: int | None = None) -> None:
        """Note how far the task is; a new phase is told at once, numbers with the next tick."""
        new_phase = self._progress is None or self._progress["phase"] != phase
        note: dict[str, object] = {"phase": phase}
        if done is not None and total is not None:
            note |= {"done": done, "total": total}
        self._fresh = self._fresh or note != self._progress
        self._progress, self._moved_at = note, monotonic()
        if new_phase:
            self._news.set()

    def should_stop(self) -> bool:
        """Say whether the task is to end: lost, cancelled, stuck, or the agent is stopping."""
        return self._status != "ok" or self._stopping.is_set()

    def check(self) -> None:
        """Raise if the task is to end.

        Raises:
            TaskLost, TaskCancelled, AgentStopping: as their names say.
        """
        if self._status == "cancel":
            raise TaskCancelled("the coordinator cancelled this task")
        if self._status != "ok":
            raise TaskLost(f"the lease of this task is gone ({self._status})")
        if self._stopping.is_set():
            raise AgentStopping("this agent is shutting down")

    def _run(self) -> None:
        renewed_at = monotonic()
        while True:
            self._news.wait(min(self._tick_s, self._lease_s / 3))
            self._news.clear()
            if self._ended or self._status != "ok":
                return
            if monotonic() - self._moved_at > self._stall_s:
                log.error("task %s made no progress for %.0f s; its lease is given up", self._task_id, self._stall_s)
                self._status = "stalled"
                return
            if self._fresh or monotonic() - renewed_at >= self._lease_s / 3:
                renewed_at = self._renew_once(renewed_at)

    def _renew_once(self, renewed_at: float) -> float:
        self._fresh = False
        try:
            renewal = self._client.renew(self._task_id, self._progress)
        except HubUnavailable as error:
            log.warning("renewing task %s: %s", self._task_id, error.message)
            self._fresh = True
            return renewed_at
        except HubRefused as error:
            log.warning("renewing task %s: %s", self._task_id, error.message)
            self._status = "lost"
            return renewed_at
        except LinkError as error:
            log.error("renewing task %s: %s", self._task_id, error.message)
            return renewed_at
        self._status = renewal.status
        self._lease_s = renewal.lease_s or self._lease_s
        return monotonic()
