"""How a diagnosis comes to its answer or its end. Whatever was sealed for it is gone afterwards.

The functions that take a row are called by who holds it.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction

from backend.apps.accounts.models import User
from backend.apps.diagnosis.models import Diagnosis, NodeTask, SealedBlob
from backend.apps.diagnosis.selectors.diagnoses import diagnosis_get
from backend.apps.diagnosis.services.advice import failure
from backend.apps.diagnosis.services.events import event_append
from backend.apps.diagnosis.services.locking import hold_diagnosis
from backend.apps.diagnosis.services.mailbox import node_tasks_cancel
from backend.apps.diagnosis.services.sealed_blobs import blobs_delete
from backend.apps.diagnosis.services.webhooks import webhook_notify
from backend.apps.diagnosis.transitions import move

ANSWER_KEPT_FOR = timedelta(seconds=settings.ANSWER_KEPT_S)
COUNTS_FOR = timedelta(days=1)
"""How long a forgotten diagnosis still counts for its requester's budget."""

KEPT_FOR = timedelta(days=30)
"""How long the row of an ended diagnosis, which says when and never what, is kept."""

State = Diagnosis.State


def diagnosis_answer(*, diagnosis: Diagnosis, halves: Mapping[str, dict[str, Any]], now: datetime) -> None:
    """Keep both sealed halves for the requester, for a while."""
    move(diagnosis, State.ANSWERED)
    diagnosis.answers = [{**halves[role]["answer"], "party": party} for party, role in enumerate(("p0", "p1"))]
    diagnosis.steps = {role: halves[role]["steps"] for role in ("p0", "p1")}
    diagnosis.answered_at, diagnosis.expires_at = now, now + ANSWER_KEPT_FOR
    diagnosis.save(update_fields=["state", "answers", "steps", "answered_at", "expires_at"])
    _forget_what_was_sealed(diagnosis, now)
    event_append(diagnosis=diagnosis, kind="diagnosis.answered", now=now, steps=diagnosis.steps)
    webhook_notify(diagnosis=diagnosis, kind="diagnosis.answered", now=now)


def diagnosis_fail(*, diagnosis: Diagnosis, node: str, phase: str, code: str, reason: str, now: datetime) -> None:
    """End a diagnosis that cannot be answered, and say why."""
    move(diagnosis, State.FAILED)
    diagnosis.failure = failure(node=node, phase=phase, code=code, reason=reason, of_service=False)
    _end(diagnosis, now)
    event_append(diagnosis=diagnosis, kind="diagnosis.failed", now=now, **diagnosis.failure)
    webhook_notify(diagnosis=diagnosis, kind="diagnosis.failed", now=now)


@transaction.atomic
def diagnosis_expire(*, diagnosis_id: UUID, now: datetime) -> bool:
    """End a diagnosis whose time is over; an answer that nobody collected is thrown away.

    Returns:
        Whether there was something to do.
    """
    diagnosis = hold_diagnosis(diagnosis_id)
    if diagnosis.state in Diagnosis.TERMINAL or diagnosis.expires_at > now:
        return False
    _expire(diagnosis, now)
    webhook_notify(diagnosis=diagnosis, kind="diagnosis.expired", now=now)
    return True


@transaction.atomic
def diagnosis_cancel(*, diagnosis_id: UUID, by: User, now: datetime) -> Diagnosis:
    """Give up an unfinished diagnosis; forget one that has ended, and throw away an answer that was not collected.

    Raises:
        NotFound: there is none, or it is somebody else's.
    """
    diagnosis_get(user=by, diagnosis_id=diagnosis_id)
    diagnosis = hold_diagnosis(diagnosis_id)
    if diagnosis.state in (State.QUEUED, State.COMPUTING):
        reason = "its requester cancelled it"
        diagnosis_fail(diagnosis=diagnosis, node="", phase="", code="diagnosis.cancelled", reason=reason, now=now)
        return diagnosis
    if diagnosis.state == State.ANSWERED:
        _expire(diagnosis, now)
    diagnosis.forgotten_at = diagnosis.forgotten_at or now
    diagnosis.save(update_fields=["forgotten_at"])
    return diagnosis


def diagnoses_purge(*, now: datetime) -> int:
    """Delete rows that nobody sees and that no longer count, and old ones."""
    ended = Diagnosis.objects.filter(state__in=Diagnosis.TERMINAL)
    forgotten = ended.filter(forgotten_at__isnull=False, created_at__lte=now - COUNTS_FOR)
    deleted, _ = (forgotten | ended.filter(ended_at__lte=now - KEPT_FOR)).delete()
    return int(deleted)


def diagnosis_close(*, diagnosis: Diagnosis, now: datetime) -> None:
    """Note that the answer has arrived, and keep nothing of it."""
    move(diagnosis, State.COLLECTED)
    diagnosis.collected_at = diagnosis.collected_at or now
    _end(diagnosis, now)
    event_append(diagnosis=diagnosis, kind="diagnosis.collected", now=now)


def _expire(diagnosis: Diagnosis, now: datetime) -> None:
    move(diagnosis, State.EXPIRED)
    _end(diagnosis, now)
    event_append(diagnosis=diagnosis, kind="diagnosis.expired", now=now)


def _end(diagnosis: Diagnosis, now: datetime) -> None:
    diagnosis.answers, diagnosis.ended_at = None, now
    diagnosis.save(update_fields=["state", "failure", "answers", "collected_at", "ended_at"])
    node_tasks_cancel(tasks=NodeTask.objects.filter(diagnosis=diagnosis), now=now)
    _forget_what_was_sealed(diagnosis, now)


def _forget_what_was_sealed(diagnosis: Diagnosis, now: datetime) -> None:
    """Delete the sealed shares, and the halves of the answer that stand in the parties' tasks."""
    blobs_delete(SealedBlob.objects.filter(diagnosis=diagnosis), now=now)
    for task in NodeTask.objects.filter(diagnosis=diagnosis, state=NodeTask.State.DONE):
        task.result = {name: value for name, value in (task.result or {}).items() if name != "answer"}
        task.save(update_fields=["result"])
