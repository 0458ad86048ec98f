"""Ring a job's bell after commit. The bell carries nothing; whoever hears it reads the rows."""

from uuid import UUID

from asgiref.sync import async_to_sync
from channels.layers import get_channel_layer
from django.db import transaction


def group(job_id: UUID | str) -> str:
    """Return the name of the group that hears of the job."""
    return f"job.{job_id}"


def ring_on_commit(job_id: UUID) -> None:
    """Ring after commit. A lost ring costs a moment only, since listeners also look by the clock."""

    def ring() -> None:
        async_to_sync(get_channel_layer().group_send)(group(job_id), {"type": "bell"})

    transaction.on_commit(ring, robust=True)
