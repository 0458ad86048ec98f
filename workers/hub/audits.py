"""The Celery application of the queue ``audits``: ``celery -A workers.hub.audits worker -Q audits``.

Attacking drawings keeps a core busy for minutes, so it has a worker of its own, with a child for each task that gives
its memory back. The science is imported in the child, when there is something to attack.
"""

from uuid import UUID

from celery import shared_task
from django.utils import timezone

import workers.hub.start  # noqa: F401
from backend.common.tasks import Task
from backend.config.celery import app
from workers.hub.retries import DATABASE_AWAY

__all__ = ["app"]


@shared_task(name=Task.DEMONSTRATION_DRAW.value, **DATABASE_AWAY)
def draw_demonstration(*, audit_id: str) -> None:
    """Attack drawings as an audit attacked real images, and keep the pictures."""
    import torch

    from backend.apps.evidence.services.demonstration_draw import demonstration_draw

    torch.set_num_threads(1)
    demonstration_draw(audit_id=UUID(audit_id), now=timezone.now())
