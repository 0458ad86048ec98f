"""Which cohorts of a federation a job can use: ready, of one task, at sites whose fingerprint a person confirmed."""

from uuid import UUID

from django.db.models import QuerySet

from backend.apps.datasets.models import Dataset


def ready_cohorts(federation_id: UUID, *, task: str, classes: tuple[str, ...]) -> QuerySet[Dataset]:
    """Return the cohorts that fit a job's data, in the order of their sites."""
    ready = Dataset.objects.filter(site__federation_id=federation_id, site__confirmed=True, ready=True, task=task)
    return ready.filter(classes=list(classes)).select_related("site").order_by("site__slug", "-reported_at")


def common_task(federation_id: UUID) -> tuple[str, tuple[str, ...]] | None:
    """Return the task and classes of the federation's ready cohorts, where they all have the same."""
    ready = Dataset.objects.filter(site__federation_id=federation_id, ready=True)
    found = {(task, tuple(classes)) for task, classes in ready.values_list("task", "classes")}
    return found.pop() if len(found) == 1 else None
