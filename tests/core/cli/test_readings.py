"""`primia readings`: numbers that tell nothing, copies that tell nothing, and a model that reads the same files."""

import hashlib
import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from primia_core.cli.main import app
from primia_core.cli.output import FAILED
from primia_core.cli.reader_cases import number_pictures
from primia_core.evaluation.opinions import parse_opinions
from primia_core.evaluation.study_cases import parse_cases
from primia_core.imaging import Cohort, phantoms


def _run(*arguments: str | Path) -> Result:
    result = CliRunner().invoke(app, [*map(str, arguments)], env={"COLUMNS": "200", "TERM": "dumb"})
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


def _refusal(*arguments: str | Path) -> str:
    """Return the one line that a command ends with."""
    result = _run(*arguments)
    assert result.exit_code == FAILED
    return result.stderr


@pytest.fixture(scope="module")
def cohort(tmp_path_factory: pytest.TempPathFactory) -> Cohort:
    return phantoms.draw(tmp_path_factory.mktemp("drawn") / "chests", 30, seed=4, size=64)


def digest(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()


def test_prepared_table_and_copies_are_the_cohorts_files_under_numbers(cohort: Cohort, tmp_path: Path) -> None:
    table, copies = tmp_path / "cases.csv", tmp_path / "for-readers"
    told = json.loads(_run("readings", "prepare", cohort.root, "--out", table, "--copies", copies, "--json").stdout)
    cases = parse_cases(table.read_text(), classes=cohort.classes)
    assert (told["cases"], told["repeated"], sum(told["per_class"].values())) == (len(cohort), 0, len(cohort))
    truth = {record.sha256: record.label for record in cohort.records}
    assert {one.sha256: one.truth for one in cases} == truth
    files = sorted(copies.iterdir())
    assert {file.stem: digest(file) for file in files} == {one.case: one.sha256 for one in cases}
    assert len({file.stat().st_mtime for file in files}) == 1
    assert "is there already" in _refusal("readings", "prepare", cohort.root, "--out", table)
    assert "is not empty" in _refusal(
        "readings", "prepare", cohort.root, "--out", table, "--overwrite", "--copies", copies
    )


def test_order_of_numbers_is_drawn_anew_and_not_that_of_the_classes(cohort: Cohort) -> None:
    orders = {tuple(one.sha256 for one in number_pictures(cohort, split=None).cases) for _ in range(3)}
    assert len(orders) == 3
    assert tuple(record.sha256 for record in cohort.records) not in orders


def test_one_file_under_two_labels_is_refused_and_twice_under_one_is_numbered_once(tmp_path: Path) -> None:
    for folder, content in (("a/1.png", b"x"), ("a/2.png", b"x"), ("b/3.png", b"y")):
        file = tmp_path / folder
        file.parent.mkdir(exist_ok=True)
        file.write_bytes(content)
    told = json.loads(_run("readings", "prepare", tmp_path, "--out", tmp_path / "t.csv", "--json").stdout)
    assert (told["cases"], told["repeated"]) == (2, 1)
    (tmp_path / "b" / "4.png").write_bytes(b"x")
    assert "one of the labels is wrong" in _refusal("readings", "prepare", tmp_path, "--out", tmp_path / "u.csv")


def test_split_without_pictures_is_refused(cohort: Cohort, tmp_path: Path) -> None:
    assert "0 pictures in test" in _refusal(
        "readings", "prepare", cohort.root, "--out", tmp_path / "cases.csv", "--split", "test"
    )


def test_model_reads_the_same_files_by_their_hash(cohort: Cohort, tmp_path: Path) -> None:
    model, out = tmp_path / "model.safetensors", tmp_path / "predictions.csv"
    options = ("--model", "small_cnn", "--image-size", "32", "--threads", "1", "--epochs", "1")
    _run("train", cohort.root, "-o", model, *options)
    (cohort.root / "broken.png").write_bytes(b"not a picture")
    told = json.loads(_run("readings", "predict", model, cohort.root, "--out", out, "--json").stdout)
    assert (told["pictures"], [one["path"] for one in told["left_out"]]) == (len(cohort), ["broken.png"])
    (said,) = parse_opinions(out.read_text(), classes=cohort.classes)
    assert set(said.by_case) == {record.sha256 for record in cohort.records}
    plain = json.loads(_run("predict", model, cohort.root, "--json").stdout)["predictions"]
    for one in plain:
        opinion = said.by_case[digest(cohort.root / one["path"])]
        assert opinion.label == one["label"]
        assert opinion.probabilities == pytest.approx(one["probabilities"], abs=1e-6)
