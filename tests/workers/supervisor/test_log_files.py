"""Reading the processes' logs together."""

from pathlib import Path

import pytest

from workers.supervisor.errors import NotRunning
from workers.supervisor.log_files import LogFiles


def test_last_lines_carry_their_process_and_fresh_ones_follow_rotation(tmp_path: Path):
    (tmp_path / "web.log").write_text("one\ntwo\nthree\n")
    (tmp_path / "beat.log").write_text("tick\n")
    files = LogFiles(tmp_path, None)
    assert [line.split() for line in files.last(2)] == [
        ["beat", "|", "tick"],
        ["web", "|", "two"],
        ["web", "|", "three"],
    ]
    assert list(files.fresh()) == []
    with (tmp_path / "web.log").open("a") as log:
        log.write("four\n")
    (tmp_path / "beat.log").write_text("x\n")
    assert [line.split() for line in files.fresh()] == [["beat", "|", "x"], ["web", "|", "four"]]


def test_unknown_process_is_answered_with_the_known_ones(tmp_path: Path):
    (tmp_path / "web.log").touch()
    with pytest.raises(NotRunning, match=r"no log of wep .* there are: web"):
        LogFiles(tmp_path, "wep")
