"""One instruction to one node: lease, renew, answer, give back. What an answer means is in ``answers``.

What a lease is stands in ``common.leases``. Halves of one computation are leased in the order of their numbers, and
only while both parties can do them; other tasks go first, since a party fetches its stock by one of them.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef, Q

from backend.apps.diagnosis.errors import BadAnswer, TaskAnsweredOtherwise, TaskNotLeased
from backend.apps.diagnosis.models import NodeTask
from backend.apps.diagnosis.services.answers import answer_take, result_read
from backend.apps.diagnosis.services.events import event_append
from backend.apps.diagnosis.services.locking import hold_diagnosis, hold_service
from backend.apps.diagnosis.services.mailbox import role_of
from backend.apps.diagnosis.services.pairs import pair_begun, peer_answered
from backend.apps.diagnosis.transitions import move
from backend.apps.federations.selectors import SILENT_AFTER
from backend.apps.link.bell import ring_node_on_commit
from backend.common.errors import NotFound
from backend.common.leases import Leases, Renewal
from primia_core.canonical import sha256_hex

Kind, State = NodeTask.Kind, NodeTask.State
PAIRED = (Kind.OPEN, Kind.COMPUTE)
LEASES: Leases[NodeTask] = Leases(
    move=move,
    ring=lambda task: ring_node_on_commit(task.node_id),
    most_lapses=5,
    answered_otherwise=TaskAnsweredOtherwise,
    not_leased=TaskNotLeased,
)


def node_task_lease(*, node_id: UUID, now: datetime) -> NodeTask | None:
    """Hand the next task that can be done to the node's worker."""
    for task_id, service_id in _candidates(node_id, now):
        if task := _lease(task_id=task_id, service_id=service_id, now=now):
            return task
    return None


@transaction.atomic
def node_task_renew(*, node_id: UUID, task_id: UUID, phase: str | None, now: datetime) -> Renewal:
    """Keep a task, and say whether its node should go on."""
    task = _hold(node_id, task_id)
    if (said := LEASES.renew(task, now)) != "ok":
        return said
    if phase and phase != (task.progress or {}).get("phase"):
        task.progress = {"phase": phase, "at": now.isoformat()}
        if task.diagnosis_id is not None:
            diagnosis = hold_diagnosis(task.diagnosis_id)
            party = role_of(task.service, task.node_id)
            event_append(diagnosis=diagnosis, kind="diagnosis.phase", now=now, party=party, phase=phase)
    task.save(update_fields=["state", "lease_until", "progress"])
    return said


@transaction.atomic
def node_task_answer(*, node_id: UUID, task_id: UUID, answer: Mapping[str, Any], now: datetime) -> None:
    """Take a task's answer, once. The same answer again changes nothing; an answer to a cancelled task is dropped.

    Raises:
        TaskAnsweredOtherwise: there is another answer already.
        TaskNotLeased: the task was never handed out.
        NotFound: the node has no such task.
    """
    task = _hold(node_id, task_id)
    digest = sha256_hex(answer)
    if LEASES.is_wanted(task, digest):
        _finish(task, answer, digest, now)


@transaction.atomic
def node_task_acknowledge(*, node_id: UUID, task_id: UUID, now: datetime) -> None:
    """Hear that the worker is done with a task, or gone. One that it has not answered has lapsed."""
    task = _hold(node_id, task_id)
    if task.state == State.LEASED:
        _lapse(task, now)


@transaction.atomic
def node_task_release(*, node_id: UUID, task_id: UUID, now: datetime) -> None:
    """Take an unfinished task back: the worker stops, or its peer is at another task. What is not leased stays."""
    LEASES.give_back(_hold(node_id, task_id))


def node_task_leases_return(*, node_id: UUID, now: datetime) -> None:
    """Take back all that a node's worker held when it went, each in a transaction of its own: a new worker has come."""
    leased = NodeTask.objects.filter(node_id=node_id, state=State.LEASED).order_by("order")
    for task_id in list(leased.values_list("id", flat=True)):
        node_task_acknowledge(node_id=node_id, task_id=task_id, now=now)


@transaction.atomic
def node_task_expire(*, task_id: UUID, now: datetime) -> bool:
    """End a task whose lease has run out, or give it back where only its node can still complete it.

    A half of a computation fails, so that both halves are tried anew; unless the other half is answered, since then
    only the bytes that this node may have stored complete it.

    Returns:
        Whether there was something to do.
    """
    node_id = NodeTask.objects.values_list("node_id", flat=True).get(pk=task_id)
    task = _hold(node_id, task_id)
    if not LEASES.is_overdue(task, now):
        return False
    if task.kind == Kind.COMPUTE and not peer_answered(task):
        message = f"the node took this {task.kind} and was silent for too long; its log says why"
        phase = (task.progress or {}).get("phase", "")
        _finish(task, {"error": {"code": "link.lease_lost", "message": message, "phase": phase}}, "", now)
    else:
        _lapse(task, now)
    return True


def _candidates(node_id: UUID, now: datetime) -> Iterator[tuple[UUID, UUID]]:
    waiting = NodeTask.objects.filter(node_id=node_id, state=State.QUEUED).order_by("order")
    yield from waiting.exclude(kind__in=PAIRED).values_list("id", "service_id")[:1]
    other_half = NodeTask.objects.filter(
        service=OuterRef("service"),
        kind=OuterRef("kind"),
        order=OuterRef("order"),
        state__in=[State.LEASED, State.DONE],
    ).exclude(node_id=node_id)
    heard = now - SILENT_AFTER
    both_there = Q(service__p0__last_seen_at__gt=heard, service__p1__last_seen_at__gt=heard)
    both_stocked = Q(kind=Kind.OPEN) | Q(service__stock_p0__gt=0, service__stock_p1__gt=0)
    ready = Q(Exists(other_half)) | (both_there & both_stocked)
    yield from waiting.filter(ready, kind__in=PAIRED).values_list("id", "service_id")[:5]


@transaction.atomic
def _lease(*, task_id: UUID, service_id: UUID, now: datetime) -> NodeTask | None:
    hold_service(service_id)
    task = _get(task_id)
    if not LEASES.hand_out(task, now):
        return None
    task.save()
    if task.diagnosis_id is not None:
        pair_begun(diagnosis=hold_diagnosis(task.diagnosis_id), now=now)
    return task


def _hold(node_id: UUID, task_id: UUID) -> NodeTask:
    service_id = NodeTask.objects.filter(pk=task_id, node_id=node_id).values_list("service_id", flat=True).first()
    if service_id is None:
        raise NotFound("this node has no such task")
    hold_service(service_id)
    return _get(task_id)


def _get(task_id: UUID) -> NodeTask:
    return NodeTask.objects.select_related("node", "service").get(pk=task_id)


def _lapse(task: NodeTask, now: datetime) -> None:
    """Queue a task that its worker let lapse, or end it."""
    if error := LEASES.lapse(task):
        _finish(task, {"error": error}, "", now)


def _finish(task: NodeTask, answer: Mapping[str, Any], digest: str, now: datetime) -> None:
    """Save the answer, then let it have its effect. One without the right shape is an error of the node's."""
    result, error = None, answer.get("error")
    if error is None:
        try:
            result = result_read(task.kind, answer["result"])
        except BadAnswer as refused:
            places = ", ".join(sorted(refused.fields))
            message = f"the node's answer to {task.kind} cannot be used: {places}; compare versions"
            error = {"code": refused.code, "message": message, "phase": ""}
    if error is not None:
        error = {"code": error["code"], "message": error["message"], "phase": error.get("phase", "")}
    LEASES.finish(task, result=result, error=error, digest=digest, now=now)
    answer_take(task=task, now=now)
