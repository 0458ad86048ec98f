"""Hand a task to the coordinator after commit. It knows names and ids, and nothing of what the task does."""

from uuid import UUID

from django.db import transaction

from backend.common.tasks import Task
from backend.config.celery import app


def enqueue(task: Task, **ids: UUID | int | str) -> None:
    """Send ``task`` with ``ids`` once the present transaction is committed, or at once where there is none.

    A queue that cannot be reached loses the message but not the work: the row says what is due, and the reconciler
    finds it. So the failure is logged and never reaches the caller, whose transaction already stands.
    """
    kwargs = {name: str(value) if isinstance(value, UUID) else value for name, value in ids.items()}

    def send() -> None:
        app.send_task(task.value, kwargs=kwargs, retry=False)

    transaction.on_commit(send, robust=True)
