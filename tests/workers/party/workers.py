"""The same service, with both parties as Celery workers in processes of their own, which lease their tasks."""

import os
import subprocess
from concurrent.futures import Future
from pathlib import Path
from typing import Any

from tests.workers.node.node_hub import Task
from tests.workers.party.trio import Trio
from workers.node.roles import worker_command

ROOT = Path(__file__).resolve().parents[3]
WITHIN_S = 120.0


class Workers(Trio):
    """Two parties as processes; the dealer stays in this one."""

    def __init__(self, *arguments: Any, **settings: Any) -> None:
        self.processes: dict[str, subprocess.Popen[bytes]] = {}
        super().__init__(*arguments, **settings)

    def start(self, role: str) -> None:
        if role == "dealer":
            return super().start(role)
        folder = self.folders[role].path
        variables = {**os.environ, "PRIMIA_NODE_FOLDER": str(folder), "MALLOC_MMAP_MAX_": "0"}
        variables |= {"MALLOC_TRIM_THRESHOLD_": str(2**30), "OMP_NUM_THREADS": "1"}
        with (folder / "worker.log").open("ab") as log:
            self.processes[role] = subprocess.Popen(
                worker_command(role, role), cwd=ROOT, env=variables, stdout=log, stderr=log
            )
        return None

    def stop(self, role: str) -> None:
        if role == "dealer":
            return super().stop(role)
        process = self.processes.pop(role)
        process.terminate()
        process.wait(30)
        return None

    def close(self) -> None:
        for role in list(self.processes):
            self.stop(role)
        super().close()

    def begin(self, task: Task) -> "Future[str]":
        """Wait for a task whose worker leases it."""
        return self.threads[task.role].submit(self._answered, task)

    def log(self, role: str) -> str:
        return (self.folders[role].path / "worker.log").read_text()

    def _answered(self, task: Task) -> str:
        self.hub.wait_for(lambda: task.answer, WITHIN_S)
        return "answered"
