"""Kept requests: readable by their owner alone, found again by one process at a time, gone when they are done."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from primia_core.client.errors import PendingUnreadable
from primia_core.client.pending import Pending, PendingRequests

PLATFORM = "https://hub.example"


def request(diagnosis: str = "d1", **changes: object) -> Pending:
    given = {
        "diagnosis": diagnosis,
        "platform": PLATFORM,
        "service": "s1",
        "batch": None,
        "picture": "aa",
        "path": "chest.png",
        "descriptor": {"version": 1},
        "request_digest": "00",
        "answer_key": "SECRET KEY",
        "shares": ("c2hhcmUw", "c2hhcmUx"),
        "receipt": "cmVjZWlwdA==",
    }
    return Pending(**{**given, **changes})  # type: ignore[arg-type]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "kept"


def test_a_request_comes_back_as_it_was_kept(folder: Path) -> None:
    kept = PendingRequests(folder)
    kept.keep(request())
    kept.keep(request().collected([{"party": 0, "sealed": "x", "signature": "y"}]))
    kept.close()
    [found] = PendingRequests(folder).left(platform=PLATFORM)
    assert found == request().collected([{"party": 0, "sealed": "x", "signature": "y"}])


def test_only_its_owner_can_read_a_kept_request(folder: Path) -> None:
    PendingRequests(folder).keep(request())
    assert folder.stat().st_mode & 0o777 == 0o700
    assert {file.stat().st_mode & 0o777 for file in folder.iterdir()} == {0o600}


def test_no_secret_is_in_a_repr() -> None:
    shown = repr(request().collected([{"sealed": "PRIVATE"}]))
    assert "SECRET" not in shown
    assert "c2hhcm" not in shown
    assert "cmVjZWlwdA" not in shown
    assert "PRIVATE" not in shown


def test_a_request_is_seen_to_by_one_at_a_time(folder: Path) -> None:
    first, second = PendingRequests(folder), PendingRequests(folder)
    first.keep(request())
    assert not list(second.left(platform=PLATFORM))
    assert not list(first.left(platform=PLATFORM)), "the same process sees to it already"
    first.leave("d1")
    assert [one.diagnosis for one in second.left(platform=PLATFORM)] == ["d1"]
    assert not list(first.left(platform=PLATFORM))


def test_a_dead_process_leaves_its_requests_to_others(folder: Path) -> None:
    code = (
        "import os, sys; from pathlib import Path; from tests.core.client.test_pending import request;"
        "from primia_core.client.pending import PendingRequests;"
        "PendingRequests(Path(sys.argv[1])).keep(request()); os._exit(9)"
    )
    ended = subprocess.run([sys.executable, "-c", code, str(folder)], check=False, cwd=Path(__file__).parents[3])
    assert ended.returncode == 9
    assert [one.diagnosis for one in PendingRequests(folder).left(platform=PLATFORM)] == ["d1"]


def test_what_is_left_is_chosen_by_platform_service_and_picture(folder: Path) -> None:
    kept = PendingRequests(folder)
    kept.keep(request("d1"))
    kept.keep(request("d2", service="s2", picture="bb"))
    kept.keep(request("d3", platform="https://other.example"))
    kept.close()

    def left(**chosen: str) -> list[str]:
        looking = PendingRequests(folder)
        found = [one.diagnosis for one in looking.left(**{"platform": PLATFORM, **chosen})]
        looking.close()
        return found

    assert left() == ["d1", "d2"]
    assert left(service="s2") == ["d2"]
    assert left(picture="aa") == ["d1"]
    assert left(picture="cc") == []


def test_a_forgotten_request_leaves_no_file(folder: Path) -> None:
    kept = PendingRequests(folder)
    kept.keep(request())
    kept.forget("d1")
    kept.forget("d1")
    assert not list(folder.iterdir())


def test_nothing_is_kept_without_a_folder() -> None:
    kept = PendingRequests(None)
    kept.keep(request())
    assert not list(kept.left(platform=PLATFORM))
    kept.forget("d1")


def test_a_file_open_to_others_or_damaged_is_refused_by_name(folder: Path) -> None:
    kept = PendingRequests(folder)
    kept.keep(request())
    kept.close()
    [file] = folder.glob("*.pending.json")
    os.chmod(file, 0o644)
    with pytest.raises(PendingUnreadable, match="chmod 600"):
        list(kept.left(platform=PLATFORM))
    os.chmod(file, 0o600)
    file.write_text('{"diagnosis": 1}')
    with pytest.raises(PendingUnreadable, match=r"d1\.pending\.json"):
        list(kept.left(platform=PLATFORM))
