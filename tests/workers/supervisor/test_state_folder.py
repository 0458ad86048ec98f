"""The lock on a state folder: one holder, who is named, and whose death frees it."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from workers.supervisor.errors import FolderInUse, FolderUnsafe
from workers.supervisor.private_folder import socket_folder
from workers.supervisor.state_folder import StateFolder

HOLD = """
import sys
from pathlib import Path
from workers.supervisor.state_folder import StateFolder
with StateFolder(Path(sys.argv[1])).claimed():
    print("held", flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def state(tmp_path: Path) -> StateFolder:
    folder = StateFolder(tmp_path)
    folder.make()
    return folder


def test_second_claim_names_the_holder(state: StateFolder):
    with state.claimed():
        assert state.holder() == os.getpid()
        with pytest.raises(FolderInUse, match=f"process {os.getpid()} runs the platform"), state.claimed():
            pass
    assert state.holder() is None


def test_killed_holder_leaves_a_stale_file_that_is_taken_over(state: StateFolder):
    command = [sys.executable, "-c", HOLD, str(state.path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        assert state.holder() == holder.pid
        holder.send_signal(signal.SIGKILL)
    assert json.loads(state.lock_file.read_text())["pid"] == holder.pid
    with state.claimed():
        assert state.holder() == os.getpid()


def test_sockets_are_not_put_into_somebody_elses_folder(state: StateFolder, tmp_path: Path):
    (state.path / "elsewhere").mkdir()
    state.run.rmdir()
    state.run.symlink_to(state.path / "elsewhere")
    with pytest.raises(FolderUnsafe, match="is a link"):
        socket_folder(state.path)
