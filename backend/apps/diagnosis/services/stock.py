"""Keep the parties' stock of correlations filled: the dealer makes some, the parties fetch them, until it is full."""

from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from backend.apps.diagnosis.models import DiagnosisService, Node, NodeTask, StockSample
from backend.apps.diagnosis.services.locking import hold_service, next_order
from backend.apps.diagnosis.services.mailbox import UNFINISHED, node_task_queue, ring_parties, role_of
from backend.common.errors import NotFound

MOST_AT_ONCE = 2
"""Sets of one order: few, so that an empty stock fills soon and a waiting request need not wait for the last set."""

AGAIN_AFTER = timedelta(seconds=15)
"""An order that brought nothing is not repeated sooner."""

Kind, State = NodeTask.Kind, NodeTask.State


def stock_report(*, service: DiagnosisService, role: str, level: int, now: datetime) -> None:
    """Note how many sets a party says it holds; the caller holds the service."""
    before = getattr(service, f"stock_{role}")
    if level == before:
        return
    setattr(service, f"stock_{role}", level)
    service.save(update_fields=[f"stock_{role}"])
    StockSample.objects.create(service=service, p0=service.stock_p0, p1=service.stock_p1, at=now)
    if before == 0:
        ring_parties(service)


@transaction.atomic
def stock_note(*, node_id: UUID, service_id: UUID, level: int, now: datetime) -> None:
    """Hear from a party how many sets it holds.

    Raises:
        NotFound: the node is no party of such a service.
    """
    part = Q(p0=node_id) | Q(p1=node_id)
    if not DiagnosisService.objects.filter(part, pk=service_id).exists():
        raise NotFound("this node is no party of such a service")
    service = hold_service(service_id)
    stock_report(service=service, role=role_of(service, node_id), level=level, now=now)
    stock_advance(service=service, now=now)


def stock_advance(*, service: DiagnosisService, now: datetime) -> None:
    """Order what is due next; the caller holds the service. While an order is under way, nothing more is dealt."""
    if service.state != DiagnosisService.State.OPEN:
        return
    _note_filling(service)
    orders = NodeTask.objects.filter(service=service, kind__in=NodeTask.REPEATED)
    dealt = orders.filter(kind=Kind.DEAL).order_by("-order").first()
    if dealt is not None and dealt.state == State.DONE:
        fetched = [_fetch(service, node, dealt, now) for node in (service.p0, service.p1)]
        if not all(fetched):
            return
    if service.filling and not _too_soon(dealt, now) and not orders.filter(state__in=UNFINISHED).exists():
        room = service.stock_full - _level(service)
        _order(service, service.dealer, Kind.DEAL, min(MOST_AT_ONCE, room), now)


def _note_filling(service: DiagnosisService) -> None:
    """Begin to fill below ``stock_low``, end at ``stock_full``; in between go on with what was begun."""
    level = _level(service)
    filling = level < service.stock_low or (service.filling and level < service.stock_full)
    if filling != service.filling:
        service.filling = filling
        service.save(update_fields=["filling"])


def _level(service: DiagnosisService) -> int:
    return min(service.stock_p0, service.stock_p1)


def _fetch(service: DiagnosisService, node: Node, dealt: NodeTask, now: datetime) -> bool:
    """Let a party fetch what was dealt since it last fetched, and say whether it has.

    An order that comes later has a higher number. A party that takes nothing in is asked again, but not at once, and
    nothing more is dealt for the other one meanwhile.
    """
    last = NodeTask.objects.filter(service=service, node=node, kind=Kind.FETCH).order_by("-order").first()
    new = last is None or (last.order < dealt.order and last.state not in UNFINISHED)
    if new or (_in_vain(last) and not _too_soon(last, now)):
        _order(service, node, Kind.FETCH, dealt.payload["count"], now)
        return False
    return last.order > dealt.order and last.state == State.DONE and not _in_vain(last)


def _order(service: DiagnosisService, node: Node, kind: str, count: int, now: datetime) -> None:
    node_task_queue(
        service=service, node=node, kind=kind, payload={"count": count}, order=next_order(), attempt=1, now=now
    )


def _in_vain(last: NodeTask) -> bool:
    return last.state == State.FAILED or (
        last.kind == Kind.FETCH and last.result is not None and not last.result["taken"]
    )


def _too_soon(last: NodeTask | None, now: datetime) -> bool:
    if last is None or not _in_vain(last) or last.finished_at is None:
        return False
    return last.finished_at + AGAIN_AFTER > now
