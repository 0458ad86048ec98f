"""The one folder that holds a running platform's state, and the lock that lets one `primia up` have it at a time."""

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from workers.supervisor.errors import FolderInUse
from workers.supervisor.private_folder import socket_folder
from workers.supervisor.running_program import wait_until

RELEASE_WITHIN_S = 20.0


@dataclass(frozen=True)
class StateFolder:
    """Where things lie below ``path``, which is usually ``.primia``."""

    path: Path

    @property
    def run(self) -> Path:
        """Markers, generated configuration and environments: all of it made anew by each start."""
        return self.path / "run"

    @property
    def logs(self) -> Path:
        return self.path / "logs"

    @property
    def sites(self) -> Path:
        """One folder for each hospital's agent that runs on this machine."""
        return self.path / "sites"

    @property
    def nodes(self) -> Path:
        """One folder for each compute party, dealer and model owner that runs on this machine."""
        return self.path / "nodes"

    @property
    def storage(self) -> Path:
        return self.path / "storage"

    @property
    def identity(self) -> Path:
        return self.path / "hub-identity"

    @property
    def configuration(self) -> Path:
        return self.run / "supervisord.conf"

    @property
    def pid_file(self) -> Path:
        return self.run / "supervisord.pid"

    @property
    def migrated(self) -> Path:
        """Exists once this start has brought the database's tables up to date."""
        return self.run / "migrated"

    @property
    def ready(self) -> Path:
        """Exists while the platform serves; says where, for programs."""
        return self.run / "ready.json"

    @property
    def control_socket(self) -> Path:
        return socket_folder(self.path) / "supervisor.sock"

    @property
    def lock_file(self) -> Path:
        return self.path / "lock"

    def make(self) -> None:
        """Make the folders, closed to other users."""
        for folder in (self.path, self.run, self.logs, self.sites, self.nodes, self.storage, self.identity):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)

    def holder(self) -> int | None:
        """Return the process that last took the folder, if the folder is still held. The process may have died."""
        try:
            with self.lock_file.open() as file:
                if _try_lock(file.fileno()):
                    return None
                return _pid_in(file.read())
        except FileNotFoundError:
            return None

    @contextmanager
    def claimed(self) -> Iterator[int]:
        """Hold the folder until the block ends, and every process that inherits the yielded descriptor has ended.

        A holder that was killed leaves its children behind for the moment that they need to stop: that is waited for.

        Raises:
            FolderInUse: a living process holds it.
        """
        descriptor = os.open(self.lock_file, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            self._take(descriptor)
            os.ftruncate(descriptor, 0)
            os.pwrite(descriptor, json.dumps({"pid": os.getpid()}).encode(), 0)
            yield descriptor
        finally:
            os.close(descriptor)

    def _take(self, descriptor: int) -> None:
        if _try_lock(descriptor):
            return
        pid = _pid_in(os.pread(descriptor, 100, 0).decode())
        if pid is None or is_alive(pid):
            raise FolderInUse(f"process {pid} runs the platform on {self.path}; stop it with `primia down` first")
        wait_until(
            lambda: _try_lock(descriptor),
            within_s=RELEASE_WITHIN_S,
            otherwise=lambda: f"what the killed process {pid} left on {self.path} did not stop; see `primia status`",
        )


def is_alive(pid: int) -> bool:
    """Say whether a process exists and has not ended: one that nobody has waited for yet has."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return False
    return state not in "ZX"


def _try_lock(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _pid_in(text: str) -> int | None:
    return int(json.loads(text)["pid"]) if text else None
