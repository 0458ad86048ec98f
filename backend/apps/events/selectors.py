"""Read a job's events. Who may see a job may see all its events."""

from typing import Any
from uuid import UUID

from django.db.models import F

from backend.apps.accounts.models import User
from backend.apps.events.models import Event, EventCounter
from backend.apps.jobs.selectors.jobs import visible_to as jobs_visible_to

EventFrame = dict[str, Any]


def events_after(*, job_id: UUID, after: int, limit: int) -> list[EventFrame]:
    """Return up to ``limit`` events of the job with a number above ``after``, in order, as the frames of the API."""
    rows = (
        Event.objects.filter(job_id=job_id, seq__gt=after)
        .order_by("seq")
        .values_list("seq", "time", F("site__slug"), "kind", "payload")[:limit]
    )
    return [
        {"seq": seq, "time": time.isoformat(), "site": site, "kind": kind, "payload": payload}
        for seq, time, site, kind, payload in rows
    ]


def last_seq(*, job_id: UUID) -> int:
    """Return the number of the job's last event, 0 where there is none."""
    return EventCounter.objects.filter(job_id=job_id).values_list("last_seq", flat=True).first() or 0


def may_follow(*, user: User, job_id: UUID) -> bool:
    """Say whether the user may see the job."""
    return jobs_visible_to(user).filter(pk=job_id).exists()
