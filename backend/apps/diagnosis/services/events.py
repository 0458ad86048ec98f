"""Append a diagnosis's events. It does not know what they mean, nor who listens."""

from datetime import datetime
from typing import Any

from backend.apps.diagnosis import bell
from backend.apps.diagnosis.models import Diagnosis, DiagnosisEvent
from backend.apps.diagnosis.selectors.events import last_seq


def event_append(*, diagnosis: Diagnosis, kind: str, now: datetime, **payload: Any) -> DiagnosisEvent:
    """Add one event with the diagnosis's next number; the caller holds the diagnosis, so numbers have no gaps."""
    event = DiagnosisEvent.objects.create(
        diagnosis=diagnosis, seq=last_seq(diagnosis_id=diagnosis.pk) + 1, time=now, kind=kind, payload=payload
    )
    bell.ring_on_commit(diagnosis.pk)
    return event
