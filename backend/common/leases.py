"""A task that stands in a row until its worker, elsewhere, takes it, keeps it by renewing, and answers it once.

The tasks of sites and of nodes build on this. ``Leases`` changes rows whose owner, a job or a service, the caller has
locked: so no two workers get one task, and an answer and its effect are one transaction. What a task asks, what its
answer means and who must be locked is for the apps to know.
"""

import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Generic, Literal, TypeVar

from django.db import models
from django.db.models import Q

from primia_core.errors import PrimiaError

LEASE = timedelta(seconds=20)
QUEUED, LEASED, DONE, FAILED, CANCELLED = "queued", "leased", "done", "failed", "cancelled"

Renewal = Literal["ok", "lost", "cancel"]


class LeasedTask(models.Model):
    """What every such row has, beside its ``kind``, its ``progress``, its ``state`` and whose it is.

    A delivery is a handing out. A lapse is one that ended without an answer although nobody gave the task back: the
    worker died, was silent for too long, or does not know what to do with it.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    payload = models.JSONField()
    deliveries = models.PositiveIntegerField(default=0)
    lapses = models.PositiveIntegerField(default=0, db_default=0)
    lease_until = models.DateTimeField(null=True)
    result = models.JSONField(null=True)
    error = models.JSONField(null=True, help_text="code, message, phase")
    answer_digest = models.CharField(max_length=64, blank=True, help_text="SHA-256 of the answer as it came")
    created_at = models.DateTimeField()
    leased_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        abstract = True


def lease_constraints(name: str, *, unfinished: Sequence[str] = (QUEUED, LEASED)) -> list[models.CheckConstraint]:
    """Return what the database holds of every such row: a lease has an end, an end has a time, only an end an answer.

    Args:
        name: what the constraints' names begin with.
        unfinished: the states from which a task may still be answered.
    """
    ended = [DONE, FAILED, CANCELLED]
    return [
        models.CheckConstraint(
            condition=Q(state=LEASED, lease_until__isnull=False) | (~Q(state=LEASED) & Q(lease_until=None)),
            name=f"{name}_leased_until",
        ),
        models.CheckConstraint(
            condition=Q(state=DONE, result__isnull=False, error__isnull=True)
            | Q(state=FAILED, error__isnull=False, result__isnull=True)
            | Q(state__in=[*unfinished, CANCELLED], result__isnull=True, error__isnull=True),
            name=f"{name}_has_its_answer",
        ),
        models.CheckConstraint(
            condition=Q(state__in=ended, finished_at__isnull=False) | Q(state__in=list(unfinished), finished_at=None),
            name=f"{name}_finished_has_a_time",
        ),
    ]


T = TypeVar("T", bound=LeasedTask)


@dataclass(frozen=True)
class Leases(Generic[T]):
    """How one app's tasks are leased.

    Attributes:
        move: give a task its next state, where that may follow.
        ring: tell a task's worker, after commit, that there is something to fetch.
        most_lapses: a worker that lets a task lapse this often dies of the task.
        answered_otherwise: raised where a second answer is not the first.
        not_leased: raised where there is an answer to what nobody was given.
    """

    move: Callable[[T, str], None]
    ring: Callable[[T], None]
    most_lapses: int
    answered_otherwise: type[PrimiaError]
    not_leased: type[PrimiaError]

    def hand_out(self, task: T, now: datetime) -> bool:
        """Give a task to its worker, and say whether it was still there to be given; the caller saves it."""
        if task.state != QUEUED:
            return False
        self._hold(task, now)
        task.deliveries += 1
        task.leased_at = now
        return True

    def renew(self, task: T, now: datetime) -> Renewal:
        """Keep a task for whoever has it, and say whether to go on; the caller saves it.

        A lease that had run out is taken again: the task is still its worker's, unless it was answered meanwhile.
        """
        if task.state == CANCELLED:
            return "cancel"
        if task.state not in (QUEUED, LEASED) or task.deliveries == 0:
            return "lost"
        self._hold(task, now)
        return "ok"

    def give_back(self, task: T) -> None:
        """Queue a task that its worker does not finish now. One that is not leased stays as it is."""
        if task.state == LEASED:
            self._queue(task)

    def is_overdue(self, task: T, now: datetime) -> bool:
        """Say whether a lease has run out."""
        return task.state == LEASED and task.lease_until <= now

    def lapse(self, task: T, *, for_ever: bool = False) -> dict[str, Any] | None:
        """Queue a leased task that its worker let lapse, or return the error that ends it: this was once too often.

        Args:
            for_ever: queue it however often this happens.
        """
        task.lapses += 1
        if for_ever or task.lapses < self.most_lapses:
            self._queue(task)
            return None
        message = (
            f"this {task.kind} was taken {task.deliveries} times and lapsed {task.lapses} times without an answer, "
            f"limit {self.most_lapses}; the log of whoever took it says what ended it each time"
        )
        return {"code": "link.too_many_deliveries", "message": message, "phase": (task.progress or {}).get("phase", "")}

    def is_wanted(self, task: T, digest: str) -> bool:
        """Say whether an answer is to be taken: the same one again changes nothing, a cancelled task needs none.

        Raises:
            answered_otherwise: there is another answer already.
            not_leased: the task was never handed out.
        """
        if task.state == CANCELLED:
            return False
        if task.state in (DONE, FAILED):
            if task.answer_digest and task.answer_digest != digest:
                raise self.answered_otherwise(
                    f"this {task.kind} has another answer, of {task.finished_at}; answers do not change"
                )
            return False
        if task.deliveries == 0:
            raise self.not_leased(f"this {task.kind} was never handed out; lease it first")
        return True

    def finish(
        self, task: T, *, result: Any = None, error: Mapping[str, Any] | None = None, digest: str, now: datetime
    ) -> None:
        """Save a task with its answer, a result or an error."""
        self.move(task, DONE if error is None else FAILED)
        task.result, task.error, task.answer_digest = result, error, digest
        task.lease_until, task.finished_at = None, now
        task.save()

    def _hold(self, task: T, now: datetime) -> None:
        """A later renewal may have overtaken this one: the end of a lease never moves back."""
        if task.state == QUEUED:
            self.move(task, LEASED)
        task.lease_until = max(task.lease_until or now, now + LEASE)

    def _queue(self, task: T) -> None:
        self.move(task, QUEUED)
        task.lease_until = None
        task.save(update_fields=["state", "lease_until", "lapses"])
        self.ring(task)
