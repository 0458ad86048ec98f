"""What the operating system refuses is told in one line, whichever command it refuses it to."""

import errno
import json
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from primia_core.cli import main as root


@pytest.mark.parametrize("as_json", [False, True])
def test_file_in_the_place_of_a_folder_is_one_line_and_no_traceback(tmp_path: Path, as_json: bool) -> None:
    place = tmp_path / "notes.txt"
    place.write_text("of a person")
    asked = ["data", "phantoms", str(place), "--patients", "3", *(["--json"] if as_json else [])]
    answer = CliRunner().invoke(root.app, asked)
    assert answer.exit_code == 2
    said = json.loads(answer.stdout)["error"] if as_json else {}
    (line,) = [said["message"]] if as_json else answer.stderr.splitlines()
    assert line.removeprefix("primia: ").startswith(f"{place}: not a directory; ")
    assert said.get("code", line.rpartition(" [")[2].rstrip("]")) == "cli.file"
    assert place.read_text() == "of a person"


def test_training_into_a_folder_is_refused_before_anything_is_read(tmp_path: Path) -> None:
    answer = CliRunner().invoke(root.app, ["train", str(tmp_path / "no images"), "--out", str(tmp_path)])
    assert answer.exit_code == 2
    assert "is a folder; name the file of weights in it" in answer.stderr


def test_reader_that_hangs_up_is_no_trouble_of_files(monkeypatch: pytest.MonkeyPatch) -> None:
    class Room:
        @staticmethod
        def register(app: typer.Typer) -> None:
            @app.command("data")
            def hang_up() -> None:
                raise BrokenPipeError(errno.EPIPE, "Broken pipe")

    monkeypatch.setattr(root, "import_module", lambda _name: Room)
    monkeypatch.setattr(root.Commands, "commands", {}, raising=False)
    answer = CliRunner().invoke(root.app, ["data"])
    assert "cli.file" not in answer.output
    assert answer.exit_code != 0
