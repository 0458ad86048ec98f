"""The root of the command line: quick to import, complete, and one line for an error."""

import json
import os
import subprocess
import sys

import pytest
import typer
from typer.testing import CliRunner

from primia_core.cli import main as root
from primia_core.cli.output import SettingsError, settings
from primia_core.errors import PrimiaError
from primia_core.training import LocalTraining

HEAVY = {"torch", "torchvision", "numpy", "pydantic", "rich.progress", "django"}


class _Broken(PrimiaError):
    code = "test.broken"


def _register(app: typer.Typer) -> None:
    @app.command("break")
    def break_(as_json: bool = typer.Option(False, "--json")) -> None:
        raise _Broken("7 is\nabove 5; take less")

    @app.command("interrupt")
    def interrupt() -> None:
        raise KeyboardInterrupt


@pytest.fixture
def app(monkeypatch: pytest.MonkeyPatch) -> typer.Typer:
    """The root with one more room, found by entry point."""

    class Point:
        def load(self) -> object:
            return _register

    monkeypatch.setattr(root.metadata, "entry_points", lambda group: [Point()] if group == "primia.commands" else [])
    return root.app


def test_importing_it_loads_nothing_heavy() -> None:
    program = f"import sys, primia_core.cli.main; print(sorted({HEAVY!r} & set(sys.modules)))"
    found = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"


def children_times() -> float:
    """Return the processor's seconds of all processes that this one has started and waited for."""
    times = os.times()
    return times.children_user + times.children_system


def test_importing_it_takes_well_under_a_second() -> None:
    def seconds(program: str) -> float:
        before = children_times()
        subprocess.run([sys.executable, "-c", program], check=True)
        return children_times() - before  # of the processor: what else the machine does is not this program's doing

    assert min(seconds("import primia_core.cli.main") for _ in range(3)) < 1.0  # 0.2 s


def test_every_room_is_listed_and_says_what_it_does(app: typer.Typer) -> None:
    result = CliRunner().invoke(app, ["--help"], env={"COLUMNS": "120"})
    assert result.exit_code == 0
    for name in ("data", "train", "evaluate", "break"):
        assert f" {name} " in result.stdout


def test_an_error_of_ours_is_one_line_with_its_code(app: typer.Typer) -> None:
    result = CliRunner().invoke(app, ["break"])
    assert result.exit_code == 2
    assert result.stderr == "primia: 7 is above 5; take less [test.broken]\n"
    assert result.stdout == ""


def test_an_error_of_ours_is_one_object_with_json(app: typer.Typer) -> None:
    result = CliRunner().invoke(app, ["break", "--json"])
    assert result.exit_code == 2
    assert json.loads(result.stdout) == {"error": {"code": "test.broken", "message": "7 is above 5; take less"}}


def test_an_interrupt_ends_quietly(app: typer.Typer) -> None:
    result = CliRunner().invoke(app, ["interrupt"])
    assert (result.exit_code, result.stderr) == (130, "stopped\n")


def test_an_unknown_command_is_refused(app: typer.Typer) -> None:
    result = CliRunner().invoke(app, ["brake"])
    assert result.exit_code == 2
    assert "brake" in result.stderr


def test_settings_out_of_range_are_named_as_the_option_is_spelt() -> None:
    with pytest.raises(SettingsError, match=r"^--learning-rate 20: .*less than or equal to 10; see --help$"):
        settings(LocalTraining, learning_rate=20)
    with pytest.raises(SettingsError, match=r"^final_learning_rate 1\.0 is above"):
        settings(LocalTraining, final_learning_rate=1.0)
