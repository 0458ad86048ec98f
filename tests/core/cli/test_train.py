"""`primia train` and `primia evaluate` together, on drawn chests: what they write, print, repeat and refuse."""

import json
from pathlib import Path

import pytest
import torch
import torchvision
from typer.testing import CliRunner, Result

from primia_core.cli.main import app
from primia_core.evaluation.document import EvaluationDocument
from primia_core.imaging import cohort_from_csv, phantoms, split_by_patient, write_csv
from primia_core.models.weights import load, read_manifest

QUICK = ("--model", "small_cnn", "--image-size", "32", "--threads", "1")


def _run(*arguments: str | Path) -> Result:
    result = CliRunner().invoke(app, [*map(str, arguments)], env={"COLUMNS": "200", "TERM": "dumb"})
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


def _json(*arguments: str | Path) -> dict:
    result = _run(*arguments, "--json")
    assert result.exit_code == 0, result.stdout + result.stderr
    return json.loads(result.stdout)


@pytest.fixture(scope="module")
def chests(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("drawn") / "chests"
    phantoms.draw(folder, 60, seed=1, size=64)
    return folder


@pytest.fixture(scope="module")
def trained(chests: Path) -> tuple[Path, dict]:
    out = chests.parent / "model.safetensors"
    return out, _json("train", chests, "-o", out, *QUICK, "--epochs", "3", "--class-weights")


def test_training_writes_weights_that_say_what_they_are(trained: tuple[Path, dict]) -> None:
    out, told = trained
    manifest = load(out).manifest
    assert told["manifest"] == manifest.model_dump(mode="json")
    assert (manifest.spec.name, manifest.image_size, manifest.split_seed) == ("small_cnn", 32, 0)
    assert manifest.classes == ("normal", "bacterial", "viral")
    assert [epoch["epoch"] for epoch in told["epochs"]] == [1, 2, 3]
    assert told["images_per_second"] > 0
    best = min(told["epochs"], key=lambda epoch: epoch["validation_loss"])
    assert told["best_epoch"] == best["epoch"]
    assert told["validation"]["mean_loss"] == pytest.approx(best["validation_loss"], abs=1e-3)
    assert told["validation"]["n"] == told["images"]["validation"]


def test_training_repeats_itself(chests: Path, trained: tuple[Path, dict], tmp_path: Path) -> None:
    told = _json("train", chests, "-o", tmp_path / "again", *QUICK, "--epochs", "3", "--class-weights")
    assert told["manifest"]["state_hash"] == trained[1]["manifest"]["state_hash"]


def test_evaluation_finds_the_split_of_the_training_and_its_figures(chests: Path, trained: tuple[Path, dict]) -> None:
    out, told = trained
    validation = _json("evaluate", out, chests, "--split", "validation")
    assert validation["confusion"] == told["validation"]["confusion"]
    assert validation["mcc"] == told["validation"]["mcc"]
    test = _json("evaluate", out, chests)
    assert test["n"] == told["images"]["test"]
    assert test["notes"] == ["split by the seed 0 of the training"]
    assert EvaluationDocument.model_validate(test).model_dump(mode="json") == test
    assert test["accuracy"]["low"] <= test["accuracy"]["value"] <= test["accuracy"]["high"]
    everything = _json("evaluate", out, chests, "--split", "all")
    assert everything["n"] == sum(told["images"].values())


def test_people_get_tables_and_the_next_step(chests: Path, trained: tuple[Path, dict], tmp_path: Path) -> None:
    out = tmp_path / "m.safetensors"
    shown = _run("train", chests, "-o", out, *QUICK, "--epochs", "2", "--no-augment")
    assert shown.exit_code == 0
    assert "validation loss" in shown.stderr
    assert "finished after 2 epochs" in shown.stderr
    assert f"next: primia evaluate {out} {chests} --split test" in shown.stdout
    shown = _run("evaluate", out, chests)
    for word in ("accuracy", "mcc", "kappa", "sensitivity", "called viral", "95 % interval"):
        assert word in shown.stdout
    assert shown.stderr.strip() == ""


def test_what_cannot_be_decoded_is_left_out_and_named(chests: Path, tmp_path: Path) -> None:
    folder = tmp_path / "chests"
    cohort = split_by_patient(phantoms.draw(folder, 30, seed=2, size=64), seed=0)
    write_csv(cohort, folder / "cohort.csv")
    broken = next(record for record in cohort.records if record.split == "train")
    (folder / broken.path).write_bytes(b"\x89PNG damaged")
    told = _json("train", folder, "-o", tmp_path / "m", *QUICK, "--epochs", "1")
    assert [entry["path"] for entry in told["quarantined"]] == [broken.path]
    assert sum(told["images"].values()) == len(cohort) - 1
    assert broken.path in _run("train", folder, "-o", tmp_path / "m", *QUICK, "--epochs", "1").stderr
    assert read_manifest(tmp_path / "m").split_seed is None
    assert _json("evaluate", tmp_path / "m", folder)["notes"] == ["split by the cohort's own table"]


def test_early_stopping_ends_the_run_and_is_said(chests: Path, tmp_path: Path) -> None:
    told = _json(
        *("train", chests, "-o", tmp_path / "m", *QUICK, "--epochs", "12", "--patience", "1"),
        *("--optimizer", "sgd", "--learning-rate", "3", "--final-learning-rate", "3"),
    )
    assert told["stopped_early"] is True
    assert len(told["epochs"]) == told["best_epoch"] + 1 < 12


def test_imagenet_weights_are_a_start(chests: Path, tmp_path: Path) -> None:
    torch.manual_seed(0)
    torch.save(torchvision.models.resnet18().state_dict(), tmp_path / "resnet18.pth")
    shown = _run(
        *("train", chests, "-o", tmp_path / "m", "--imagenet", tmp_path / "resnet18.pth"),
        *("--image-size", "16", "--epochs", "1", "--threads", "1"),
    )
    assert shown.exit_code == 0
    assert "started from resnet18.pth: 119 tensors as they are, fresh: fc.bias, fc.weight" in shown.stderr


@pytest.mark.parametrize(
    ("options", "code", "says"),
    [
        (["--learning-rate", "20"], "cli.settings", "--learning-rate 20.0"),
        (["--final-learning-rate", "1"], "cli.settings", "the rate decays"),
        (["--model", "vgg16", "--image-size", "16"], "models.architecture", "32 or more"),
        (["--imagenet", "nowhere.pth"], "models.file", "nowhere.pth is no file"),
    ],
)
def test_training_refuses_in_one_line(options: list[str], code: str, says: str, chests: Path, tmp_path: Path) -> None:
    result = _run("train", chests, "-o", tmp_path / "m", *QUICK[:2], *options)
    assert result.exit_code == 2
    lines = [line for line in result.stderr.splitlines() if line.startswith("primia: ")]
    assert len(lines) == 1
    assert says in lines[0]
    assert lines[0].endswith(f"[{code}]")
    assert not (tmp_path / "m").exists()


def test_training_names_an_option_as_it_was_typed(tmp_path: Path) -> None:
    result = _run("train", tmp_path, "-o", tmp_path / "m", "--mixup", "-1")
    assert result.exit_code == 2
    assert "'--mixup'" in result.stderr


def test_training_refuses_a_place_it_cannot_write_to_before_it_trains(chests: Path, tmp_path: Path) -> None:
    result = _run("train", chests, "-o", tmp_path / "nowhere" / "m", *QUICK)
    assert result.exit_code == 2
    assert "is no folder; make it first" in result.stderr


def test_training_refuses_a_class_that_it_would_never_see(tmp_path: Path) -> None:
    folder = tmp_path / "chests"
    phantoms.draw(folder, 20, seed=3, size=64)
    cohort = split_by_patient(cohort_from_csv(folder / "cohort.csv"), seed=0)
    rows = (record for record in cohort.records if record.label != "viral" or record.split != "train")
    write_csv(cohort.with_records(rows), folder / "cohort.csv")
    result = _run("train", folder, "-o", tmp_path / "m", *QUICK)
    assert "no readable training image is of ['viral']" in result.stderr


def test_evaluation_refuses_foreign_classes_files_and_splits(
    chests: Path, trained: tuple[Path, dict], tmp_path: Path
) -> None:
    out, _ = trained
    table = tmp_path / "cohort.csv"
    record = cohort_from_csv(chests / "cohort.csv").records[0]
    (tmp_path / "1.png").write_bytes((chests / record.path).read_bytes())
    table.write_text("path,label,patient_id,split\n1.png,fracture,a,test\n")
    assert "the model does not know; it knows ['normal'" in _run("evaluate", out, table).stderr
    table.write_text("path,label,patient_id,split\n1.png,normal,a,train\n")
    assert "0 readable test images" in _run("evaluate", out, table).stderr
    assert _json("evaluate", out, table, "--split", "train")["n"] == 1
    refused = json.loads(_run("evaluate", table, table, "--json").stdout)
    assert refused["error"]["code"] == "models.file"


def test_evaluation_guesses_no_split(chests: Path, trained: tuple[Path, dict], tmp_path: Path) -> None:
    from primia_core.models.weights import save

    loaded = load(trained[0])
    save(tmp_path / "m", loaded.state, loaded.manifest.model_copy(update={"split_seed": None}))
    assert "which images are for testing" in _run("evaluate", tmp_path / "m", chests).stderr


def test_decoded_images_are_kept_only_where_they_are_asked_for(chests: Path, tmp_path: Path) -> None:
    _json("train", chests, "-o", tmp_path / "m", *QUICK, "--epochs", "1", "--cache", tmp_path / "cache")
    assert len([kept for kept in (tmp_path / "cache").iterdir() if kept.is_dir()]) == 1
