"""A reader study on the real platform in a real browser: answers arrive, and pictures stay with their reader."""

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from primia_core.evaluation.readings import read_readings
from primia_core.imaging import Cohort, phantoms, write_csv
from tests.integration.consortium import Consortium
from tests.integration.harness import ROOT
from tests.integration.real_browser import browse

pytestmark = [pytest.mark.platform, pytest.mark.slow]

READER, PASSWORD = "rosa", "seven quiet radiographs"
PICTURES = 6
WITHIN_S = 300


@dataclass(frozen=True)
class Prepared:
    """Six pictures whose names tell their class, and the table that the command line made of them."""

    folder: Path
    cohort: Cohort
    table: Path


@pytest.fixture
def consortium(consortium: Consortium) -> Consortium:
    """The folder's consortium, with a clinician in it."""
    consortium.manage("user_create", READER, PRIMIA_PASSWORD=PASSWORD)
    ((slug,),) = consortium.rows("select slug from federations_federation")
    consortium.manage("membership_grant", slug, READER, "clinician")
    return consortium


@pytest.fixture
def prepared(tmp_path: Path) -> Prepared:
    """Draw phantoms, keep six of all classes, and number them as a coordinator would."""
    drawn = phantoms.draw(tmp_path / "pictures", patients=24, seed=3, size=128)
    kept = [[one for one in drawn.records if one.label == name][:2] for name in drawn.classes]
    cohort = drawn.with_records(record for two in kept for record in two)
    for record in set(drawn.records) - set(cohort.records):
        drawn.file(record).unlink()
    write_csv(cohort, cohort.root / "cohort.csv")
    table = tmp_path / "cases.csv"
    primia = Path(sys.executable).with_name("primia")
    command = [primia, "readings", "prepare", str(cohort.root), "--out", str(table)]
    subprocess.run(command, check=True, cwd=ROOT, capture_output=True)
    return Prepared(cohort.root, cohort, table)


@pytest.mark.timeout(WITHIN_S + 300)
def test_a_reader_reads_blinded_and_no_picture_or_name_of_a_file_leaves_the_browser(
    consortium: Consortium, prepared: Prepared, tmp_path: Path
) -> None:
    saw = tmp_path / "saw.json"
    access = consortium.access
    browse(
        "reader", consortium.url, access.username, access.password, within_s=WITHIN_S,
        reader=READER, reader_password=PASSWORD, cases=prepared.table, pictures=prepared.folder, saw=saw,
    )  # fmt: skip
    _check_result(json.loads(saw.read_text()), tmp_path)
    _check_rows(consortium)
    _check_logs(consortium, prepared)


def _check_result(saw: dict[str, str], folder: Path) -> None:
    """Two of six are viral, and the reader said so of all."""
    assert "33.3 %" in saw["row"]
    table = folder / "readings.csv"
    table.write_text(saw["table"])
    readings = read_readings(table, classes=["normal", "bacterial", "viral"])
    assert (list(readings.raters), len(readings.cases)) == (["Reader 1"], PICTURES)
    assert readings.raters["Reader 1"].tolist() == [2] * PICTURES
    assert (readings.truth == 2).sum() == 2


def _check_rows(consortium: Consortium) -> None:
    """Each picture once, in the order that was drawn for this reader, with time on it."""
    rows = consortium.rows(
        "select r.position, r.revision, r.seconds > 0, r.shown_at <= r.read_at, r.case_id::text "
        "from readings_reading r order by r.position"
    )
    ((order,),) = consortium.rows("select \"order\" from readings_rater where kind = 'reader'")
    assert [row[:4] for row in rows] == [(n, 1, True, True) for n in range(1, PICTURES + 1)]
    assert [row[4] for row in rows] == order


def _check_logs(consortium: Consortium, prepared: Prepared) -> None:
    """No name of a file is anywhere in what the platform wrote."""
    names = [Path(record.path).name.encode() for record in prepared.cohort.records]
    for file in consortium.platform.state.logs.rglob("*"):
        content = file.read_bytes() if file.is_file() else b""
        assert not [name for name in names if name in content], file
