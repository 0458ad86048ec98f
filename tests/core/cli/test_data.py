"""`primia data` on a drawn cohort: what it prints, writes, refuses, and its exit status."""

import json
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner, Result

from primia_core.cli import data
from primia_core.imaging import CohortError, cohort_from_csv, phantoms

APP = typer.Typer()
data.register(APP)


@APP.callback()
def _root() -> None:
    """Stand in for the root of the command line."""


def _run(*arguments: str | Path) -> Result:
    result = CliRunner().invoke(APP, ["data", *map(str, arguments)], env={"COLUMNS": "200"})
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


@pytest.fixture
def drawn(tmp_path: Path) -> Path:
    phantoms.draw(tmp_path / "chests", 40, seed=1, size=64)
    return tmp_path / "chests"


def test_phantoms_are_drawn_split_and_found_ready(tmp_path: Path) -> None:
    folder = tmp_path / "chests"
    told = json.loads(_run("phantoms", folder, "--patients", "40", "--size", "64", "--json").stdout)
    assert told["images"] == sum(told["images_per_class"].values()) == len(cohort_from_csv(folder / "cohort.csv"))
    assert _run("inspect", folder, "--json").exit_code == 1  # not split yet
    assert _run("split", folder, "--overwrite").exit_code == 0
    result = _run("inspect", folder, "--json")
    assert result.exit_code == 0
    assert json.loads(result.stdout)["ready"] is True


def test_inspect_explains_what_fails_and_what_is_in_quarantine(drawn: Path) -> None:
    record = cohort_from_csv(drawn / "cohort.csv").records[0]
    (drawn / record.path).write_bytes(b"\xff\xd8\xff damaged")
    result = _run("inspect", drawn)
    assert result.exit_code == 1
    assert "not ready" in result.stdout
    assert "some images are in no split" in result.stdout
    assert f"{record.path}  imaging.unreadable" in result.stdout


def test_split_is_by_patient_and_fixed_by_its_seed(drawn: Path) -> None:
    for name, seed in (("a", 1), ("b", 1), ("c", 2)):
        assert _run("split", drawn, "-o", drawn / f"{name}.csv", "--seed", str(seed), "--test", "0.2").exit_code == 0
    a, b, c = ((drawn / f"{name}.csv").read_text() for name in "abc")
    assert a == b != c
    cohort = cohort_from_csv(drawn / "a.csv")
    assert len({(record.patient_id, record.split) for record in cohort.records}) == 40
    assert abs(len(cohort.of_split("test")) / len(cohort) - 0.2) < 0.06


def test_split_among_sites_shares_out_the_patients(drawn: Path) -> None:
    told = json.loads(_run("split", drawn, "--sites", "3", "--json").stdout)
    cohorts = [cohort_from_csv(part["file"]) for part in told["cohorts"]]
    assert [Path(part["file"]).name for part in told["cohorts"]] == ["cohort-1.csv", "cohort-2.csv", "cohort-3.csv"]
    patients = [cohort.patients for cohort in cohorts]
    assert sum(map(len, patients)) == len(frozenset().union(*patients)) == 40


def test_a_split_without_test_images_is_possible(drawn: Path) -> None:
    assert _run("split", drawn, "-o", drawn / "a.csv", "--test", "0").exit_code == 0
    assert not cohort_from_csv(drawn / "a.csv").of_split("test")


def test_nothing_of_the_users_is_overwritten(drawn: Path) -> None:
    before = (drawn / "cohort.csv").read_text()
    with pytest.raises(CohortError, match="--overwrite"):
        _run("split", drawn)
    with pytest.raises(CohortError, match="not empty"):
        _run("phantoms", drawn)
    assert (drawn / "cohort.csv").read_text() == before


@pytest.mark.parametrize("command", ["inspect", "split", "phantoms"])
def test_every_command_teaches_by_example(command: str) -> None:
    assert f"primia data {command}" in _run(command, "--help").stdout
