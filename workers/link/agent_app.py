"""A Celery app for an agent of the hub: one task at a time, acknowledged late, and silent about everything else.

It knows no task and no folder.
"""

import warnings
from functools import cached_property

from celery import Celery
from celery.exceptions import CPendingDeprecationWarning

from workers.link.address import LinkAddress
from workers.link.transport import register

warnings.filterwarnings("ignore", message=".*worker with superuser privileges")  # containers do; only JSON is read
warnings.filterwarnings("ignore", category=CPendingDeprecationWarning)  # says what the setting below decides

QUIET = {"without_gossip": True, "without_mingle": True, "without_heartbeat": True, "task_events": False}


class AgentApp(Celery):
    """A Celery app whose worker keeps to itself: it talks to the hub about its tasks, and about nothing else."""

    @cached_property
    def Worker(self):  # noqa: N802 - Celery's name
        """Return the worker's class."""
        base = super().Worker

        class QuietWorker(base):
            def __init__(self, *args: object, **kwargs: object) -> None:
                super().__init__(*args, **{**kwargs, **QUIET})

        return QuietWorker


def agent_app(name: str, address: LinkAddress, *, queue: str, include: tuple[str, ...] = ()) -> AgentApp:
    """Return an app whose broker is the hub.

    Args:
        name: of the app.
        address: where the hub is and who asks.
        queue: what the agent's mailbox is called here; the hub never hears it.
        include: modules with its tasks.
    """
    register()
    app = AgentApp(name, include=list(include), set_as_current=True)
    app.conf.update(
        broker_url=address.broker_url,
        broker_connection_retry_on_startup=True,
        broker_connection_max_retries=None,
        broker_heartbeat=0,
        broker_pool_limit=1,
        task_default_queue=queue,
        task_acks_late=True,
        task_acks_on_failure_or_timeout=True,
        task_ignore_result=True,
        task_serializer="json",
        accept_content=["json"],
        worker_pool="solo",
        worker_concurrency=1,
        worker_prefetch_multiplier=1,
        worker_enable_prefetch_count_reduction=False,
        worker_enable_remote_control=False,
        worker_send_task_events=False,
        worker_cancel_long_running_tasks_on_connection_loss=False,
        worker_redirect_stdouts=False,
        enable_utc=True,
    )
    return app
