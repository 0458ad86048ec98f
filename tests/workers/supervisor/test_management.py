"""Management commands: on a platform that runs, with its settings; and one line where something is missing."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from primia_core.cli.main import app
from workers.supervisor.errors import NotRunning
from workers.supervisor.hub_variables import CODE
from workers.supervisor.management import run_management
from workers.supervisor.state_folder import StateFolder

NEEDED = ("DATABASE_URL", "REDIS_URL", "PRIMIA_STORAGE", "PRIMIA_HUB_IDENTITY", "PRIMIA_SECRET_KEY")


@pytest.fixture
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> StateFolder:
    for name in NEEDED:
        monkeypatch.delenv(name, raising=False)
    folder = StateFolder(tmp_path)
    folder.make()
    return folder


def test_command_has_the_settings_of_the_platform_that_runs(state: StateFolder):
    with state.claimed():
        assert run_management(state, ["check"]) == 0


def test_command_is_not_run_where_nothing_runs(state: StateFolder):
    with pytest.raises(NotRunning, match="primia up"):
        run_management(state, ["check"])
    answer = CliRunner().invoke(app, ["manage", "--state", str(state.path), "check", "--help"])
    assert answer.exit_code == 2
    assert "nothing runs on" in answer.stderr


def test_setting_that_is_missing_is_one_line_and_no_traceback(state: StateFolder):
    answer = subprocess.run(
        [sys.executable, str(CODE / "manage.py"), "check"],
        env={name: value for name, value in os.environ.items() if name not in NEEDED},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert answer.returncode == 1
    (line,) = answer.stderr.splitlines()
    assert line == (
        "manage.py: PRIMIA_SECRET_KEY is not set; `primia up` and docker-compose.yml set it, "
        "`primia manage` uses it [backend.environment]"
    )
