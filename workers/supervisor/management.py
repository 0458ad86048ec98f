"""`primia manage`: the hub's management commands, with the settings of the platform that runs on a state folder."""

import os
import subprocess
import sys
from collections.abc import Sequence

from workers.supervisor.embedded import EmbeddedServices
from workers.supervisor.errors import NotRunning
from workers.supervisor.hub_variables import CODE, hub_variables
from workers.supervisor.state_folder import StateFolder


def run_management(state: StateFolder, arguments: Sequence[str]) -> int:
    """Run one management command at the caller's terminal, and return its exit status.

    Raises:
        NotRunning: nothing runs on the folder, so there is no database to speak with.
    """
    if state.holder() is None:
        raise NotRunning(f"nothing runs on {state.path}; start the platform with `primia up`")
    variables = hub_variables(state, EmbeddedServices(state.path), os.environ)
    command = [sys.executable, str(CODE / "manage.py"), *arguments]
    return subprocess.run(command, env={**os.environ, **variables}, check=False).returncode  # noqa: S603
