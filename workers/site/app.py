"""The agent as a Celery worker: ``celery -A workers.site.app worker --pool solo``, in the folder that
``PRIMIA_SITE_FOLDER`` names.

It holds the worker's beginning and end; the tasks are in ``tasks``.
"""

import logging
import sys
import threading

from celery import signals

from primia_core.errors import PrimiaError
from workers.link.agent_app import AgentApp, agent_app
from workers.link.errors import LinkError
from workers.link.patience import patiently
from workers.site.current import current, leave, open_agent
from workers.site.folder import SiteFolder

log = logging.getLogger(__name__)
logging.getLogger("httpx").setLevel(logging.WARNING)  # else every poll is a line


def make_app(folder: SiteFolder) -> AgentApp:
    """Return the app of one hospital's agent.

    Raises:
        NotEnrolled, FolderError: the folder is not ready.
    """
    return agent_app("primia-site", folder.address(), queue="site", include=("workers.site.tasks",))


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
