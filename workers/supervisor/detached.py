"""`primia up --detach`: the same `primia up`, in a session of its own, waited for until it serves."""

import json
import subprocess
import sys

from workers.supervisor.hub_variables import CODE
from workers.supervisor.platform import READY_WITHIN_S
from workers.supervisor.running_program import log_tail, wait_until
from workers.supervisor.state_folder import StateFolder


def start_detached(state: StateFolder, port: int | None) -> str:
    """Start the platform in the background and return the dashboard's address.

    Raises:
        StartFailed: it ended, or did not serve in time; the message holds the end of its output.
    """
    state.make()
    output = state.logs / "up.out"
    command = [sys.executable, "-m", "workers.supervisor", "up", "--state", str(state.path)]
    with output.open("wb") as file:
        process = subprocess.Popen(  # noqa: S603
            [*command, *(() if port is None else ("--port", str(port)))],
            cwd=CODE,
            stdin=subprocess.DEVNULL,
            stdout=file,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    wait_until(
        lambda: _pid_that_serves(state) == process.pid,
        within_s=READY_WITHIN_S,
        otherwise=lambda: log_tail(output),
        give_up=lambda: process.poll() is not None,
    )
    return str(json.loads(state.ready.read_text())["url"])


def _pid_that_serves(state: StateFolder) -> int | None:
    return json.loads(state.ready.read_text())["pid"] if state.ready.exists() else None
