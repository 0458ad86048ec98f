"""What the platform's commands refuse before they start anything."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from primia_core.cli.main import app


@pytest.mark.parametrize("command", ["up", "demo"])
@pytest.mark.parametrize("port", ["0", "-5", "65536"])
def test_port_that_no_machine_has_is_refused_and_no_folder_is_made(command: str, port: str, tmp_path: Path):
    answer = CliRunner().invoke(app, [command, "--port", port, "--state", str(tmp_path / "state")])
    assert answer.exit_code == 2
    assert "--port" in answer.stderr
    assert not (tmp_path / "state").exists()
