"""Append events. It does not know what they mean, nor who listens."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import F

from backend.apps.events.bell import ring_on_commit
from backend.apps.events.models import Event, EventCounter
from backend.apps.federations.models import Site


@transaction.atomic
def event_append(*, job_id: UUID, kind: str, payload: dict[str, Any], now: datetime, site: Site | None = None) -> Event:
    """Add one event with the job's next number, in the caller's transaction.

    The counter's row stays locked until that transaction ends, so that numbers become visible in their order: who has
    read number n never meets a smaller one later. Keep transactions that append short.
    """
    advanced = EventCounter.objects.filter(job_id=job_id).update(last_seq=F("last_seq") + 1)
    if not advanced:
        EventCounter.objects.bulk_create([EventCounter(job_id=job_id)], ignore_conflicts=True)
        EventCounter.objects.filter(job_id=job_id).update(last_seq=F("last_seq") + 1)
    seq = EventCounter.objects.values_list("last_seq", flat=True).get(job_id=job_id)
    event = Event.objects.create(job_id=job_id, seq=seq, time=now, site=site, kind=kind, payload=payload)
    ring_on_commit(job_id)
    return event
