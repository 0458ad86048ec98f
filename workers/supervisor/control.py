"""The talk with a running supervisord over its private socket: what runs, and what is to run."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPException
from pathlib import Path
from typing import Any
from xmlrpc.client import Fault, ServerProxy

from supervisor.xmlrpc import SupervisorTransport

from workers.supervisor.errors import NotRunning


@dataclass(frozen=True)
class ProcessState:
    """One process as supervisord sees it. ``state`` is its word: STARTING, RUNNING, BACKOFF, EXITED, FATAL, STOPPED."""

    name: str
    state: str
    pid: int
    seconds: int
    exit_status: int

    @property
    def ended(self) -> bool:
        """Say whether nothing of it runs or is about to."""
        return self.state in ("EXITED", "FATAL", "STOPPED")


@dataclass(frozen=True)
class Control:
    """A supervisord behind ``socket``. Every call raises ``NotRunning`` where nobody listens there."""

    socket: Path

    @contextmanager
    def _calls(self) -> Iterator[Any]:
        transport = SupervisorTransport(None, None, f"unix://{self.socket}")
        try:
            with ServerProxy("http://localhost", transport=transport, allow_none=True) as proxy:
                yield proxy.supervisor
        except (OSError, HTTPException) as error:
            raise NotRunning(f"no supervisor answers on {self.socket}; start the platform with `primia up`") from error

    def processes(self) -> list[ProcessState]:
        """Return every process, in the order of its start."""
        with self._calls() as supervisor:
            found = supervisor.getAllProcessInfo()
        return [
            ProcessState(
                name=info["name"],
                state=info["statename"],
                pid=info["pid"],
                seconds=max(0, info["now"] - info["start"]) if info["pid"] else 0,
                exit_status=info["exitstatus"],
            )
            for info in found
        ]

    def update(self) -> tuple[list[str], list[str]]:
        """Make supervisord follow its changed configuration; return the names that it started and those it stopped."""
        with self._calls() as supervisor:
            added, changed, removed = supervisor.reloadConfig()[0]
            for name in (*removed, *changed):
                supervisor.stopProcessGroup(name)
                supervisor.removeProcessGroup(name)
            for name in (*changed, *added):
                supervisor.addProcessGroup(name)
        return [*changed, *added], [*changed, *removed]

    def start(self, name: str) -> None:
        """Start a process that has ended; one that runs stays as it is."""
        with self._calls() as supervisor, _harmless():
            supervisor.startProcess(name, False)

    def stop(self, names: Iterable[str]) -> None:
        """Begin to stop processes, all at once and without waiting for their ends."""
        with self._calls() as supervisor:
            for name in names:
                with _harmless():
                    supervisor.stopProcess(name, False)


@contextmanager
def _harmless() -> Iterator[None]:
    """Let pass that a process already is what it should become."""
    try:
        yield
    except Fault as fault:
        if not fault.faultString.startswith(("NOT_RUNNING", "ALREADY_STARTED")):
            raise
