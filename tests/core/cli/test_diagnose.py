"""`primia diagnose` against a platform over HTTP: what it prints, writes, keeps and refuses."""

import csv
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image
from typer.testing import CliRunner, Result

from primia_core.cli.main import app
from primia_core.diagnosis.identity import NodeIdentity
from primia_core.imaging.phantoms import phantom
from tests.core.client.fake_platform import CLASSES, TOKEN, FakePlatform


@pytest.fixture
def platform(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FakePlatform]:
    fake = FakePlatform(tmp_path_factory.mktemp("nodes"))
    yield fake
    fake.stop()


@pytest.fixture
def picture(tmp_path: Path) -> Path:
    path = tmp_path / "chest.png"
    Image.fromarray(phantom("viral", size=96, seed=(1,))).save(path)
    return path


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    root = tmp_path / "xrays"
    root.mkdir()
    for number in range(3):
        Image.fromarray(phantom(CLASSES[number], size=64, seed=(number,))).save(root / f"{number}.png")
    (root / "broken.png").write_bytes(b"no picture")
    return root


def run(*arguments: str | Path, token: str = TOKEN, kept: Path | None = None) -> Result:
    environment = {"COLUMNS": "200", "TERM": "dumb", "PRIMIA_TOKEN": token, "PRIMIA_DIAGNOSES": str(kept or "")}
    result = CliRunner().invoke(app, ["diagnose", *map(str, arguments)], env=environment)
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


@pytest.fixture
def kept(tmp_path: Path) -> Path:
    return tmp_path / "kept"


def test_one_picture_is_answered_with_what_it_is_not(platform: FakePlatform, picture: Path, kept: Path) -> None:
    done = run(picture, "--service", platform.page, "--timings", kept=kept)
    assert done.exit_code == 0
    for name in CLASSES:
        assert name in done.stdout
    assert "not a diagnosis" in done.stdout
    assert "in all" in done.stdout
    for step in ("checking the descriptor", "key confirmed at", "queued", "P0 computes", "answered"):
        assert step in done.stderr
    assert TOKEN not in done.output


def test_json_holds_the_result_the_service_and_the_times(platform: FakePlatform, picture: Path, kept: Path) -> None:
    done = run(picture, "--service", platform.page, "--json", kept=kept)
    told = json.loads(done.stdout)
    assert told["service"]["descriptor"] == platform.descriptor.digest
    assert [party["confirmed_by"] for party in told["service"]["parties"]] == ["origin", "origin"]
    [row] = told["results"]
    assert sum(row["probabilities"].values()) == pytest.approx(1)
    assert row["label"] == max(row["probabilities"], key=row["probabilities"].__getitem__)
    assert row["error"] is None
    assert set(row["seconds"]) == {"seal", "send", "wait", "collect", "open"}
    assert done.stderr == ""


def test_a_folder_becomes_a_table_a_csv_and_reports(
    platform: FakePlatform, folder: Path, tmp_path: Path, kept: Path
) -> None:
    table, reports = tmp_path / "results.csv", tmp_path / "reports"
    done = run(folder, "--service", platform.page, "--csv", table, "--fhir", reports, kept=kept)
    assert done.exit_code == 1, "one picture has no result"
    assert "no result: broken.png" in done.stderr
    assert "4 of 4 done" in done.stderr
    assert "queued" not in done.stderr
    with table.open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["picture"] for row in rows] == ["0.png", "1.png", "2.png", "broken.png"]
    assert [row["error"] for row in rows] == ["", "", "", "input.not_an_image"]
    assert sum(float(rows[0][f"probability of {name}"]) for name in CLASSES) == pytest.approx(1, abs=1e-5)
    found = [json.loads(file.read_text()) for file in sorted(reports.iterdir())]
    assert len(found) == 3
    assert {report["resourceType"] for report in found} == {"DiagnosticReport"}
    assert {report["status"] for report in found} == {"preliminary"}
    assert not list(kept.glob("*.pending.json"))


def test_an_interrupted_call_is_collected_later(platform: FakePlatform, picture: Path, kept: Path) -> None:
    platform.answering = False
    late = run(picture, "--service", platform.page, "--within", "1", kept=kept)
    assert late.exit_code == 2
    assert "client.not_answered" in late.stderr
    platform.work_off()
    done = run("--collect", "--service", platform.page, "--json", kept=kept)
    [row] = json.loads(done.stdout)["results"]
    assert row["path"] == str(picture)
    assert row["label"] in CLASSES
    again = run("--collect", "--service", platform.page, kept=kept)
    assert again.exit_code == 0
    assert "Nothing is left" in again.stdout


def test_an_unknown_party_key_ends_it_before_anything_is_sent(
    platform: FakePlatform, picture: Path, tmp_path: Path, kept: Path
) -> None:
    platform.shown["p0"] = NodeIdentity.create(tmp_path / "other", "p0").public
    done = run(picture, "--service", platform.page, kept=kept)
    assert done.exit_code == 2
    assert "[diagnosis.untrusted_party]" in done.stderr
    assert not platform.rows
    prints = [f"--trust={party.fingerprint}" for party in platform.descriptor.parties]
    assert run(picture, "--service", platform.page, *prints, kept=kept).exit_code == 0


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["PICTURE"], "cli.settings"),
        (["PICTURE", "--service", "https://hub.example/"], "client.bad_address"),
        (["PICTURE", "--service", "http://hub.example/services/3f9a2b1c-0000-4000-8000-000000000001"],
         "client.bad_address"),
        (["PICTURE", "--service", "http://127.0.0.1:9/services/3f9a2b1c-0000-4000-8000-000000000001"],
         "client.unreachable"),
        (["/nowhere/chest.png", "--service", "PAGE"], "cli.settings"),
        (["--service", "PAGE"], "cli.settings"),
        (["PICTURE", "--collect", "--service", "PAGE"], "cli.settings"),
        (["PICTURE", "--service", "PAGE", "--trust", "3f9a"], "diagnosis.untrusted_party"),
        (["EMPTY", "--service", "PAGE"], "client.no_pictures"),
        (["PHOTO", "--service", "PAGE"], "input.colour"),
        (["SMALL", "--service", "PAGE"], "input.too_small"),
        (["TEXT", "--service", "PAGE"], "input.not_an_image"),
    ],
)  # fmt: skip
def test_a_mistake_is_told_in_one_line_with_its_code(
    platform: FakePlatform, picture: Path, tmp_path: Path, kept: Path, arguments: list[str], code: str
) -> None:
    (tmp_path / "empty").mkdir()
    Image.new("RGB", (96, 96), (200, 30, 30)).save(tmp_path / "photo.jpg")
    Image.new("L", (16, 16), 90).save(tmp_path / "small.png")
    (tmp_path / "text.png").write_text("no picture")
    names = {"PICTURE": picture, "PAGE": platform.page, "EMPTY": tmp_path / "empty", "PHOTO": tmp_path / "photo.jpg",
             "SMALL": tmp_path / "small.png", "TEXT": tmp_path / "text.png"}  # fmt: skip
    done = run(*(names.get(argument, argument) for argument in arguments), kept=kept)
    assert done.exit_code == 2
    assert f"[{code}]" in done.stderr
    assert done.stderr.strip().splitlines()[-1].startswith("primia: ")
    assert not platform.rows


def test_no_token_says_where_to_get_one(platform: FakePlatform, picture: Path, kept: Path) -> None:
    done = run(picture, "--service", platform.page, token="", kept=kept)
    assert done.exit_code == 2
    assert "API access" in done.stderr


@pytest.mark.parametrize("state", ["closed", "opening"])
def test_a_service_that_is_shut_says_so(platform: FakePlatform, picture: Path, kept: Path, state: str) -> None:
    platform.state = state
    done = run(picture, "--service", platform.page, "--json", kept=kept)
    assert done.exit_code == 2
    assert json.loads(done.stdout)["error"]["code"] in {"service.closed", "service.not_open"}
