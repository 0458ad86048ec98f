"""Read a diagnosis's events, and say who may follow them: its requester alone."""

from typing import Any
from uuid import UUID

from django.db.models import Max

from backend.apps.accounts.models import User
from backend.apps.diagnosis.models import DiagnosisEvent
from backend.apps.diagnosis.selectors.diagnoses import diagnoses_visible_to


def events_after(*, diagnosis_id: UUID, after: int, limit: int) -> list[dict[str, Any]]:
    """Return events above ``after`` in order, as they go out."""
    events = DiagnosisEvent.objects.filter(diagnosis_id=diagnosis_id, seq__gt=after).order_by("seq")[:limit]
    return [
        {"seq": event.seq, "time": event.time.isoformat(), "kind": event.kind, "payload": event.payload}
        for event in events
    ]


def last_seq(*, diagnosis_id: UUID) -> int:
    """Return the number of the last event, or 0."""
    return DiagnosisEvent.objects.filter(diagnosis_id=diagnosis_id).aggregate(last=Max("seq"))["last"] or 0


def may_follow(*, user: User, diagnosis_id: UUID) -> bool:
    """Say whether the user may follow the diagnosis."""
    return diagnoses_visible_to(user).filter(pk=diagnosis_id).exists()
