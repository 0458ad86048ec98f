"""The two halves of one computation: asked of both parties at once, tried again together, answered together."""

from datetime import datetime
from typing import Any

from django.db.models import Max

from backend.apps.diagnosis.models import Diagnosis, NodeTask, SealedBlob
from backend.apps.diagnosis.services.diagnosis_end import diagnosis_answer, diagnosis_fail
from backend.apps.diagnosis.services.events import event_append
from backend.apps.diagnosis.services.locking import next_order
from backend.apps.diagnosis.services.mailbox import node_task_queue, node_tasks_cancel, role_of
from backend.apps.diagnosis.services.stock import stock_report
from backend.apps.diagnosis.transitions import move

MOST_ATTEMPTS = 3
NO_STOCK = frozenset({"mpc.stock_empty", "diagnosis.no_stock"})
"""Nothing was computed: the request waits for stock, and no attempt is counted."""

HOPELESS = ("diagnosis.", "service.", "descriptor.")
"""What is wrong with the request itself stays wrong in another attempt."""

Kind, State = NodeTask.Kind, NodeTask.State


def pair_queue(*, diagnosis: Diagnosis, now: datetime) -> None:
    """Ask both parties, under one number; the caller holds the diagnosis."""
    service = diagnosis.service
    blobs = dict(SealedBlob.objects.filter(diagnosis=diagnosis).values_list("node_id", "pk"))
    before = NodeTask.objects.filter(diagnosis=diagnosis).aggregate(last=Max("attempt"))["last"] or 0
    order = diagnosis.order = next_order()
    for node in (service.p0, service.p1):
        payload = {
            "diagnosis": str(diagnosis.pk),
            "order": order,
            "attempt": before + 1,
            "blob": str(blobs[node.pk]),
            "descriptor": diagnosis.descriptor_digest,
        }
        node_task_queue(
            service=service,
            node=node,
            kind=Kind.COMPUTE,
            payload=payload,
            order=order,
            attempt=before + 1,
            diagnosis=diagnosis,
            now=now,
        )


def pair_begun(*, diagnosis: Diagnosis, now: datetime) -> None:
    """Note that a party has taken its half; the caller holds the diagnosis."""
    if diagnosis.state != Diagnosis.State.QUEUED:
        return
    move(diagnosis, Diagnosis.State.COMPUTING)
    diagnosis.computing_at = diagnosis.computing_at or now
    diagnosis.save(update_fields=["state", "computing_at"])
    event_append(diagnosis=diagnosis, kind="diagnosis.computing", now=now, attempt=diagnosis.attempts)


def pair_answered(*, task: NodeTask, diagnosis: Diagnosis, result: dict[str, Any], now: datetime) -> None:
    """Take one half of the answer, which stands in its task by now; with the second one the diagnosis is answered."""
    stock_report(
        service=diagnosis.service, role=role_of(diagnosis.service, task.node_id), level=result["stock"], now=now
    )
    peer = _peer(task)
    if diagnosis.state in Diagnosis.TERMINAL or peer is None or peer.state != State.DONE:
        return
    halves = {role_of(diagnosis.service, node): given for node, given in
              ((task.node_id, result), (peer.node_id, peer.result))}  # fmt: skip
    diagnosis_answer(diagnosis=diagnosis, halves=halves, now=now)


def pair_failed(*, task: NodeTask, diagnosis: Diagnosis, code: str, reason: str, phase: str, now: datetime) -> None:
    """Try both halves again, or give the diagnosis up. The task itself has been ended by the caller."""
    service, role = diagnosis.service, role_of(diagnosis.service, task.node_id)
    if diagnosis.state in Diagnosis.TERMINAL:
        return
    if code in NO_STOCK:
        stock_report(service=service, role=role, level=0, now=now)
    peer = _peer(task)
    answered = peer is not None and peer.state == State.DONE
    counted = code not in NO_STOCK
    if answered or (counted and (code.startswith(HOPELESS) or diagnosis.attempts >= MOST_ATTEMPTS)):
        diagnosis_fail(diagnosis=diagnosis, node=role, phase=phase, code=code, reason=reason, now=now)
        return
    node_tasks_cancel(tasks=NodeTask.objects.filter(diagnosis=diagnosis), now=now)
    diagnosis.attempts += counted
    if diagnosis.state == Diagnosis.State.COMPUTING:
        move(diagnosis, Diagnosis.State.QUEUED)
    event_append(
        diagnosis=diagnosis, kind="diagnosis.retried", now=now, node=role, phase=phase, code=code,
        attempt=diagnosis.attempts,
    )  # fmt: skip
    pair_queue(diagnosis=diagnosis, now=now)
    diagnosis.save(update_fields=["state", "attempts", "order"])


def peer_answered(task: NodeTask) -> bool:
    """Say whether the other half has its answer: then only this one can complete it, by what it has stored."""
    peer = _peer(task)
    return peer is not None and peer.state == State.DONE


def _peer(task: NodeTask) -> NodeTask | None:
    other = NodeTask.objects.filter(diagnosis_id=task.diagnosis_id, attempt=task.attempt)
    return other.exclude(pk=task.pk).first()
