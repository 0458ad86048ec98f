"""The Celery application of the queue ``webhooks``: ``celery -A workers.hub.webhooks worker -Q webhooks``.

Receivers may be slow, and the coordinator has jobs to move on: so messages have a worker of their own. It knows no
model and no job, which keeps it small.
"""

from uuid import UUID

from celery import shared_task
from django.utils import timezone

import workers.hub.start  # noqa: F401
from backend.apps.diagnosis.services.webhook_delivery import webhook_deliver
from backend.common.tasks import Task
from backend.config.celery import app
from workers.hub.retries import DATABASE_AWAY

__all__ = ["app"]


@shared_task(name=Task.WEBHOOK_DELIVER.value, soft_time_limit=8, time_limit=12, **DATABASE_AWAY)
def deliver_webhook(*, delivery_id: str) -> None:
    """Send one message, with a bound on how long its receiver may take; a broken attempt is made again when due."""
    webhook_deliver(delivery_id=UUID(delivery_id), now=timezone.now())
