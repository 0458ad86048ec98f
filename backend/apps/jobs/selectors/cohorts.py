"""Which cohorts of a federation a job can use: ready, of one task, at sites that are confirmed and still there."""

from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import QuerySet

from backend.apps.datasets.models import Dataset

GONE_AFTER = timedelta(days=1)
"""A site not heard of for this long is not asked: a plan starts only when everybody in it has signed."""


def ready_cohorts(federation_id: UUID, *, task: str, classes: tuple[str, ...], now: datetime) -> QuerySet[Dataset]:
    """Return the cohorts that fit a job's data and whose sites are still there, in the order of their sites."""
    ready = Dataset.objects.filter(site__federation_id=federation_id, site__confirmed=True, ready=True, task=task)
    ready = ready.exclude(site__last_seen_at__lt=now - GONE_AFTER)
    return ready.filter(classes=list(classes)).select_related("site").order_by("site__slug", "-reported_at")


def common_task(federation_id: UUID) -> tuple[str, tuple[str, ...]] | None:
    """Return the task and classes of the federation's ready cohorts, where they all have the same."""
    ready = Dataset.objects.filter(site__federation_id=federation_id, ready=True)
    found = {(task, tuple(classes)) for task, classes in ready.values_list("task", "classes")}
    return found.pop() if len(found) == 1 else None
