"""A real `primia up` for tests: its own process, its own state folder; what runs, who died, what is left behind."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from workers.supervisor.control import Control, ProcessState
from workers.supervisor.errors import NotRunning
from workers.supervisor.secrets_file import free_port
from workers.supervisor.state_folder import StateFolder

ROOT = Path(__file__).resolve().parents[2]
COMMAND = [sys.executable, "-m", "workers.supervisor"]
START_WITHIN_S, RESTART_WITHIN_S, STOP_WITHIN_S = 180.0, 90.0, 40.0
HUB_VARIABLES = ("DATABASE_URL", "REDIS_URL", "PRIMIA_STORAGE", "PRIMIA_HUB_IDENTITY", "PRIMIA_SECRET_KEY")


@dataclass
class RunningPlatform:
    """One `primia up` on ``state``, started with ``start`` and stopped by the fixture if the test has not."""

    state: StateFolder
    port: int
    process: subprocess.Popen[bytes] | None = None
    started: list[subprocess.Popen[bytes]] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def control(self) -> Control:
        return Control(self.state.control_socket)

    def start(self) -> float:
        """Start `primia up`, wait until it serves, and return the seconds that this took."""
        began = time.monotonic()
        self.state.make()
        with (self.state.logs / "up.out").open("ab") as output:
            self.process = subprocess.Popen(
                [*COMMAND, "up", "--state", str(self.state.path), "--port", str(self.port)],
                cwd=ROOT,
                env=_environment(),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        self.started.append(self.process)
        wait_for(self._serves, within_s=START_WITHIN_S, what=lambda: f"the platform serves: {self.output()}")
        return time.monotonic() - began

    def _serves(self) -> bool:
        process = self.process
        assert process is not None
        assert process.poll() is None, f"primia up ended with {process.returncode}: {self.output()}"
        ready = self.state.ready
        return ready.exists() and json.loads(ready.read_text())["pid"] == process.pid

    def runs(self) -> bool:
        """Say whether the last `primia up` that was started still runs."""
        return self.process is not None and self.process.poll() is None

    def start_if_stopped(self) -> None:
        """Start it if it never was, or again if a test stopped it."""
        if not self.runs():
            self.start()

    def output(self) -> str:
        """Return what `primia up` said so far."""
        return (self.state.logs / "up.out").read_text(errors="replace")

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run another of the platform's commands on the same folder."""
        command = [*COMMAND, *arguments, "--state", str(self.state.path)]
        return subprocess.run(
            command, cwd=ROOT, env=_environment(), capture_output=True, text=True, check=False, timeout=180
        )

    def process_of(self, name: str) -> ProcessState | None:
        """Return how a process stands, or nothing where nobody answers."""
        try:
            return next((process for process in self.control.processes() if process.name == name), None)
        except NotRunning:
            return None

    def wait_for_process(self, name: str, *, other_than: int = 0, within_s: float = RESTART_WITHIN_S) -> int:
        """Wait until ``name`` runs as another process than ``other_than``; return its process id."""

        def runs_anew() -> bool:
            process = self.process_of(name)
            return process is not None and process.state == "RUNNING" and process.pid != other_than

        wait_for(runs_anew, within_s=within_s, what=lambda: f"{name} runs: {self.process_of(name)}\n{self.output()}")
        process = self.process_of(name)
        assert process is not None
        return process.pid

    def kill(self, name: str) -> float:
        """Kill a process the hard way, wait until it runs again, and return the seconds that this took."""
        pid = self.wait_for_process(name)
        began = time.monotonic()
        os.kill(pid, signal.SIGKILL)
        self.wait_for_process(name, other_than=pid)
        return time.monotonic() - began

    def interrupt(self) -> float:
        """Press Ctrl-C, wait for the end, and return the seconds that this took."""
        assert self.process is not None
        began = time.monotonic()
        self.process.send_signal(signal.SIGINT)
        self.process.wait(STOP_WITHIN_S)
        return time.monotonic() - began

    def left_behind(self) -> list[str]:
        """Return every process that names the state folder in its command line or environment."""
        return [f"{pid}: {words}" for pid, words in all_processes() if str(self.state.path) in words]

    def clean_up(self) -> None:
        """Stop whatever the test left running."""
        for process in self.started:
            if process.poll() is None:
                process.terminate()
                process.wait(STOP_WITHIN_S)
        wait_for(lambda: not self.left_behind(), within_s=STOP_WITHIN_S, what=lambda: f"gone: {self.left_behind()}")


@contextmanager
def platform_in(folder: Path) -> Iterator[RunningPlatform]:
    """Give a platform with its state below ``folder`` that is not started yet; nothing of it outlives the block."""
    platform = RunningPlatform(StateFolder(folder / "state"), free_port())
    try:
        yield platform
    finally:
        platform.clean_up()


def _environment() -> dict[str, str]:
    """The tests' own servers are in this process's environment; the platform under test brings its own."""
    return {name: value for name, value in os.environ.items() if name not in HUB_VARIABLES}


def wait_for(holds: Callable[[], bool], *, within_s: float, what: Callable[[], str]) -> None:
    """Return as soon as ``holds``; fail the test after ``within_s``."""
    deadline = time.monotonic() + within_s
    while not holds():
        assert time.monotonic() < deadline, f"not within {within_s:.0f} s that {what()}"
        time.sleep(0.05)


def all_processes() -> list[tuple[int, str]]:
    """Return each process's id, and its command line and environment on two lines."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and int(entry.name) != os.getpid():
            try:
                words = (entry / "cmdline").read_bytes() + b"\n" + (entry / "environ").read_bytes()
            except OSError:
                continue  # it ended, or is somebody else's
            found.append((int(entry.name), words.replace(b"\0", b" ").decode(errors="replace")))
    return found
