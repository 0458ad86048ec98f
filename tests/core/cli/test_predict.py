"""`primia predict`: a folder of drawn chests, in the clear and encrypted, with what it says, writes and refuses."""

import json
import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from primia_core.cli.main import app
from primia_core.imaging import phantoms


def run(*arguments: str | Path) -> Result:
    result = CliRunner().invoke(app, [*map(str, arguments)], env={"COLUMNS": "200", "TERM": "dumb"})
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


@pytest.fixture(scope="module")
def chests(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("drawn") / "chests"
    phantoms.draw(folder, 40, seed=1, size=32)
    return folder


@pytest.fixture(scope="module")
def model(chests: Path) -> Path:
    out = chests.parent / "model.safetensors"
    options = ("--model", "small_cnn", "--image-size", "32", "--threads", "1", "--epochs", "1")
    assert run("train", chests, "-o", out, *options).exit_code == 0
    return out


@pytest.fixture(scope="module")
def few(chests: Path) -> Path:
    folder = chests.parent / "few"
    folder.mkdir()
    for picture in sorted((chests / "viral").glob("*.png"))[:3]:
        shutil.copy(picture, folder)
    (folder / "broken.png").write_bytes(b"not a picture")
    (folder / "notes.txt").write_text("no image at all")
    return folder


def test_every_readable_image_is_classified_and_the_rest_named(model: Path, few: Path) -> None:
    told = json.loads(run("predict", model, few, "--json").stdout)
    assert len(told["predictions"]) == 3
    assert [entry["path"] for entry in told["left_out"]] == ["broken.png"]
    assert told["encrypted"] is None
    for prediction in told["predictions"]:
        assert sum(prediction["probabilities"]) == pytest.approx(1)
        best = max(range(3), key=prediction["probabilities"].__getitem__)
        assert told["classes"][best] == prediction["label"]


def test_encrypted_answers_are_the_plain_ones(model: Path, few: Path, chests: Path) -> None:
    plain = json.loads(run("predict", model, few, "--json").stdout)["predictions"]
    options = ("--encrypted", "--protocol", "tables", "--batch", "2", "--calibration", chests / "normal", "--json")
    told = json.loads(run("predict", model, few, *options).stdout)
    assert told["encrypted"]["labels_agree"] == 3
    assert told["encrypted"]["max_logit_error"] < 0.02
    assert told["encrypted"]["calibrated_on"] == str(chests / "normal")
    for one, other in zip(plain, told["predictions"], strict=True):
        assert one["label"] == other["label"]
        assert one["logits"] != other["logits"], "the encrypted answer is a copy of the plain one"


def test_a_label_alone_tells_no_probability(model: Path, few: Path) -> None:
    result = run("predict", model, few, "--encrypted", "--label", "--protocol", "tables", "--json")
    told = json.loads(result.stdout)
    assert [p["probabilities"] for p in told["predictions"]] == [None] * 3
    assert told["encrypted"]["max_logit_error"] is None
    assert told["encrypted"]["calibrated_on"] == "these very images"


def test_what_does_not_fit_is_said_in_one_line(model: Path, few: Path, tmp_path: Path) -> None:
    for arguments, said in (
        ((model, tmp_path / "nowhere"), "does not exist"),
        ((model, few / "notes.txt"), "0 readable images"),
        ((model, few, "--label"), "--encrypted"),
        ((model, few, "--encrypted", "--protocol", "securenn", "--profile", "precise"), "prepare the model with"),
    ):
        result = run("predict", *arguments)
        assert result.exit_code == 2
        assert said in result.stderr
        assert len(result.stderr.strip().splitlines()) == 1
