"""The agent as a Celery worker: ``celery -A workers.site.app worker --pool solo``, in the folder that
``PRIMIA_SITE_FOLDER`` names.

It holds Celery's settings and the worker's beginning and end; the tasks are in ``tasks``.
"""

import logging
import sys
import threading
import warnings
from functools import cached_property

from celery import Celery, signals
from celery.exceptions import CPendingDeprecationWarning

from primia_core.errors import PrimiaError
from workers.link import register
from workers.link.errors import LinkError
from workers.link.patience import patiently
from workers.site.current import current, leave, open_agent
from workers.site.folder import SiteFolder

log = logging.getLogger(__name__)
logging.getLogger("httpx").setLevel(logging.WARNING)  # else every poll is a line
warnings.filterwarnings("ignore", message=".*worker with superuser privileges")  # containers do; only JSON is read
warnings.filterwarnings("ignore", category=CPendingDeprecationWarning)  # says what the setting below decides

QUIET = {"without_gossip": True, "without_mingle": True, "without_heartbeat": True, "task_events": False}


class SiteApp(Celery):
    """A Celery app whose worker keeps to itself: it talks to the hub about its tasks, and about nothing else."""

    @cached_property
    def Worker(self):  # noqa: N802 - Celery's name
        """Return the worker's class."""
        base = super().Worker

        class SiteWorker(base):
            def __init__(self, *args: object, **kwargs: object) -> None:
                super().__init__(*args, **{**kwargs, **QUIET})

        return SiteWorker


def make_app(folder: SiteFolder) -> SiteApp:
    """Return the app of one hospital's agent.

    Raises:
        NotEnrolled, FolderError: the folder is not ready.
    """
    register()
    app = SiteApp("primia-site", include=["workers.site.tasks"], set_as_current=True)
    app.conf.update(
        broker_url=folder.address().broker_url,
        broker_connection_retry_on_startup=True,
        broker_connection_max_retries=None,
        broker_heartbeat=0,
        broker_pool_limit=1,
        task_default_queue="site",
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


@signals.celeryd_init.connect
def _begin(**_: object) -> None:
    """Claim the folder and open the rows before anything is consumed; a worker that cannot do that ends at once."""
    try:
        open_agent(SiteFolder.from_environment())
    except PrimiaError as error:
        sys.exit(f"{error.code}: {error.message}")


@signals.worker_ready.connect
def _report(**_: object) -> None:
    threading.Thread(target=_report_dataset, name="report-dataset", daemon=True).start()


@signals.worker_shutting_down.connect
def _stopping(**_: object) -> None:
    current().agent.stopping.set()


@signals.worker_shutdown.connect
def _end(**_: object) -> None:
    leave()


def _report_dataset() -> None:
    agent = current().agent
    try:
        patiently(agent.report_dataset, for_s=600, stop=agent.stopping.is_set)
    except LinkError as error:
        log.warning("the hub was not told of this site's dataset: %s", error.message)
    except PrimiaError as error:
        log.error("this site's dataset: %s", error.message)


app = make_app(SiteFolder.from_environment())
