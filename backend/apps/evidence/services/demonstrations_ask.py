"""Ask again for demonstrations that nobody has made: their message was lost, or their worker died."""

from datetime import datetime, timedelta

from backend.apps.evidence.models import Demonstration
from backend.common.enqueue import enqueue
from backend.common.tasks import Task

AGAIN_AFTER = timedelta(minutes=15)
"""Longer than most take; one that is still being made is not made twice."""


def demonstrations_ask(*, now: datetime) -> None:
    """Enqueue what has waited too long, once each time that passes."""
    overdue = Demonstration.objects.filter(state=Demonstration.State.WAITING, asked_at__lte=now - AGAIN_AFTER)
    for audit_id in list(overdue.values_list("pk", flat=True)):
        if overdue.filter(pk=audit_id).update(asked_at=now):
            enqueue(Task.DEMONSTRATION_DRAW, audit_id=audit_id)
