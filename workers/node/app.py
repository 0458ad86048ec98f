"""A node as a Celery worker: its queue, tasks, beginning and end. Each role's ``app`` is one call of ``make_app``."""

import logging
import sys
from typing import Any

from celery import Task, signals
from celery.exceptions import Reject

from primia_core.errors import PrimiaError
from workers.link import keep_back
from workers.link.agent_app import AgentApp, agent_app
from workers.link.messages import leased_task
from workers.node.folder import NodeFolder
from workers.node.node import Node
from workers.node.role import Role
from workers.node.station import Station

log = logging.getLogger(__name__)
logging.getLogger("httpx").setLevel(logging.WARNING)  # else every poll is a line


def make_app(role: Role[Any]) -> AgentApp:
    """Return the app of the node whose folder ``PRIMIA_NODE_FOLDER`` names.

    Raises:
        NotEnrolled, FolderError: the folder is not ready.
    """
    folder = NodeFolder.from_environment()
    app = agent_app(f"primia-{role.name}", folder.address(), queue=folder.settings().queue)
    worker = _Worker(folder, role)

    def perform(task: Task, payload: dict[str, Any]) -> None:
        worker.perform(task, payload)

    for kind in role.kinds:
        app.task(perform, name=kind, bind=True, acks_late=True, ignore_result=True)
    signals.celeryd_init.connect(worker.begin, weak=False)
    signals.worker_shutting_down.connect(worker.stopping, weak=False)
    signals.worker_shutdown.connect(worker.end, weak=False)
    return app


class _Worker:
    """The one station of this process, opened when the worker begins and closed when it ends."""

    def __init__(self, folder: NodeFolder, role: Role[Any]) -> None:
        self._folder, self._role = folder, role
        self._station: Station[Any] | None = None

    def begin(self, **_: object) -> None:
        """Claim the folder and open what the role needs; a worker that cannot do that ends at once."""
        try:
            self._station = Station(Node(self._folder), self._role)
        except PrimiaError as error:
            sys.exit(f"{error.code}: {error.message}")

    def stopping(self, **_: object) -> None:
        """Let whatever runs find out that this process is to end."""
        if self._station is not None:
            self._station.node.stopping.set()

    def end(self, **_: object) -> None:
        """Close everything."""
        if self._station is not None:
            self._station.close()
            self._station = None

    def perform(self, task: Task, payload: dict[str, Any]) -> None:
        """Do one delivered task. Celery is done with it afterwards; the hub is when it has the answer."""
        request, station = task.request, self._station
        assert station is not None
        end = station.perform(leased_task(request, task.name, payload))
        if end == "give_back":
            raise Reject("given back", requeue=True)
        if end != "dropped":  # answered, or running beside: then the hub has heard, or will hear, of its end
            keep_back(request.id)
