"""A node and its role at work: every delivery finds its handler here, in the worker's thread or beside it."""

import logging
from collections.abc import Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from threading import Lock
from typing import Any, Generic, Literal

from workers.link import LeasedTask
from workers.link.errors import LinkError
from workers.node.job import Job
from workers.node.node import Node
from workers.node.role import Role, Work
from workers.node.runner import End, run

log = logging.getLogger(__name__)


class Station(Generic[Work]):
    """What one worker process has open."""

    def __init__(self, node: Node, role: Role[Work]) -> None:
        self.node, self.role = node, role
        self.work: Work = role.open(node)
        self._beside = ThreadPoolExecutor(max_workers=1, thread_name_prefix="beside")
        self._running: dict[str, Future[None]] = {}
        self._lock = Lock()

    def perform(self, delivery: LeasedTask) -> End | Literal["beside"]:
        """Do a task, or begin it: ``beside`` says that a thread of its own has it and will answer it."""
        if delivery.kind not in self.role.background:
            return run(self.node, delivery, partial(self._carry_out, delivery.kind))
        with self._lock:
            running = self._running.get(delivery.id)
            if running is None or running.done():
                self._running[delivery.id] = self._beside.submit(self._perform_beside, delivery)
        return "beside"

    def close(self) -> None:
        """End what runs beside, close the role, then the node."""
        self.node.stopping.set()
        self._beside.shutdown(wait=True, cancel_futures=True)
        self.work.close()
        self.node.close()

    def _carry_out(self, kind: str, job: Job, payload: Mapping[str, Any]) -> Mapping[str, object]:
        return self.role.kinds[kind](self.work, job, payload)

    def _perform_beside(self, delivery: LeasedTask) -> None:
        """Do a task whose acknowledgement the worker has kept back: end it at the hub here."""
        end = run(self.node, delivery, partial(self._carry_out, delivery.kind))
        tell = self.node.link.release if end == "give_back" else self.node.link.acknowledge
        try:
            if end != "dropped":
                tell(delivery.id)
        except LinkError as error:
            log.warning("the end of task %s did not reach the hub: %s", delivery.id, error.message)
        finally:
            with self._lock:
                self._running.pop(delivery.id, None)
