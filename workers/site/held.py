"""Tasks that wait for a person: the worker is done with them for now, the hub is not.

One thread keeps their leases and, when the person has decided, sends the answer. It knows neither Celery nor plans.
"""

import logging
import threading
from collections.abc import Callable

from workers.link.errors import HubRefused, HubUnavailable, LinkError, TaskStopped
from workers.site.agent import Agent
from workers.site.outbox import Answer
from workers.site.runner import deliver

log = logging.getLogger(__name__)

LOOK_EVERY_S = 2.0

Look = Callable[[], Answer | None]


class HeldTasks:
    """The tasks that are waiting, and the thread that looks after them.

    Args:
        agent: whose link and outbox are used.
        every_s: seconds between looks.
    """

    def __init__(self, agent: Agent, *, every_s: float = LOOK_EVERY_S) -> None:
        self._agent, self._every_s = agent, every_s
        self._tasks: dict[str, Look] = {}
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None

    def hold(self, task_id: str, look: Look) -> None:
        """Wait with a task; ``look`` returns its answer once there is one. Holding it again replaces ``look``."""
        with self._lock:
            self._tasks[task_id] = look
            if self._thread is None or not self._thread.is_alive():
                self._thread = threading.Thread(target=self._run, name="held-tasks", daemon=True)
                self._thread.start()

    def __contains__(self, task_id: object) -> bool:
        with self._lock:
            return task_id in self._tasks

    def stop(self) -> None:
        """Let the thread end, and give its tasks back."""
        if self._thread is not None:
            self._thread.join(timeout=30)
        for task_id in list(self._tasks):
            try:
                self._agent.link.release(task_id)
            except LinkError as error:
                log.warning("releasing %s: %s", task_id, error.message)

    def _run(self) -> None:
        while not self._agent.stopping.wait(self._every_s):
            with self._lock:
                waiting = dict(self._tasks)
            for task_id, look in waiting.items():
                if self._look(task_id, look):
                    with self._lock:
                        self._tasks.pop(task_id, None)
            with self._lock:
                if not self._tasks:
                    self._thread = None
                    return

    def _look(self, task_id: str, look: Look) -> bool:
        """Look once, and say whether the task is over."""
        try:
            answer = look()
            if answer is None:
                return self._agent.link.renew(task_id, None).status != "ok"
            deliver(self._agent, task_id, answer)
            self._agent.link.acknowledge(task_id)
        except (HubUnavailable, TaskStopped) as error:
            log.warning("task %s waits on: %s", task_id, error.message)
            return False
        except HubRefused as error:
            log.error("task %s: %s", task_id, error.message)
        return True
