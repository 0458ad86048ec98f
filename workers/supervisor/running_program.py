"""A program that runs as a direct child of this process: start it, notice its end, stop it. For short runs."""

import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from workers.supervisor.child import POLL_S, is_there
from workers.supervisor.errors import StartFailed
from workers.supervisor.program import Program

LOG_TAIL = 1200


class RunningProgram:
    """A started program and the file that holds what it says."""

    def __init__(self, program: Program, log: Path) -> None:
        self.program, self.log = program, log
        self.process = program.start(log)

    def wait_for(self, need: str, *, within_s: float) -> None:
        """Return once ``need`` (in the words of ``child.py``) is there.

        Raises:
            StartFailed: the program ended, or ``within_s`` passed; the message holds the end of its log.
        """
        wait_until(lambda: is_there(need), within_s=within_s, otherwise=self._complaint, give_up=self._ended)

    def _ended(self) -> bool:
        return self.process.poll() is not None

    def _complaint(self) -> str:
        ended = self.process.poll()
        what = "did not become ready in time" if ended is None else f"ended with {ended}"
        return f"{self.program.name} {what}; the end of {self.log}:\n{log_tail(self.log)}"

    def stop(self) -> None:
        """Stop the program with its own signal, and kill its whole group if that takes too long."""
        if self.process.poll() is None:
            self.process.send_signal(self.program.stop_signal)
        try:
            self.process.wait(self.program.stop_within_s)
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()


def log_tail(log: Path) -> str:
    """Return the last lines of a log, as far as there is one."""
    return log.read_bytes()[-LOG_TAIL:].decode(errors="replace").strip() if log.exists() else "(it wrote nothing)"


@contextmanager
def running_program(program: Program, log_folder: Path) -> Iterator[RunningProgram]:
    """Run ``program`` until the block ends."""
    log_folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    running = RunningProgram(program, log_folder / f"{program.name}.log")
    try:
        yield running
    finally:
        running.stop()


def wait_until(
    holds: Callable[[], bool],
    *,
    within_s: float,
    otherwise: Callable[[], str],
    give_up: Callable[[], bool] = lambda: False,
) -> None:
    """Return as soon as ``holds``; after ``within_s``, or on ``give_up``, raise ``StartFailed`` of ``otherwise``."""
    deadline = time.monotonic() + within_s
    while not holds():
        if give_up() or time.monotonic() > deadline:
            raise StartFailed(otherwise())
        time.sleep(POLL_S)
