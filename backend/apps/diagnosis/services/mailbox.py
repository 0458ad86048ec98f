"""Put instructions into nodes' mailboxes, and take unfinished ones out. What an answer means is in ``answers``."""

from datetime import datetime
from typing import Any

from backend.apps.diagnosis.models import Diagnosis, DiagnosisService, Node, NodeTask
from backend.apps.link.bell import ring_node_on_commit

State = NodeTask.State
UNFINISHED = (State.QUEUED, State.LEASED)


def node_task_queue(
    *,
    service: DiagnosisService,
    node: Node,
    kind: str,
    payload: dict[str, Any],
    order: int,
    attempt: int,
    now: datetime,
    diagnosis: Diagnosis | None = None,
) -> NodeTask:
    """Put one task into a node's mailbox and ring."""
    task = NodeTask.objects.create(
        service=service,
        node=node,
        kind=kind,
        payload={"service": str(service.pk), **payload},
        order=order,
        attempt=attempt,
        diagnosis=diagnosis,
        created_at=now,
    )
    ring_node_on_commit(node.pk)
    return task


def node_tasks_cancel(*, tasks: Any, now: datetime) -> int:
    """Cancel all unfinished tasks of a queryset; the caller holds the service. Nodes hear of it when they renew."""
    unfinished = tasks.filter(state__in=UNFINISHED)
    return int(unfinished.update(state=State.CANCELLED, lease_until=None, finished_at=now))


def role_of(service: DiagnosisService, node_id: Any) -> str:
    """Return which of the service's nodes this is."""
    return next(role for role in ("p0", "p1", "dealer", "owner") if getattr(service, f"{role}_id") == node_id)


def ring_parties(service: DiagnosisService) -> None:
    """Tell both parties to look again: something that kept their tasks back is over."""
    ring_node_on_commit(service.p0_id)
    ring_node_on_commit(service.p1_id)
