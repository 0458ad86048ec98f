"""`primia attack membership` and `likeness`, as a person runs them."""

import json
from pathlib import Path

import pytest
import torch
from torchvision import models
from typer.testing import CliRunner

from primia_core.attacks.document import AuditDocument
from primia_core.cli.main import app
from primia_core.models.weights import load


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Return a file of weights and the cohort that they were trained on."""
    folder = tmp_path_factory.mktemp("membership")
    chests, model = folder / "chests", folder / "model.safetensors"
    made = CliRunner().invoke(
        app, ["data", "phantoms", str(chests), "--patients", "120", "--size", "32", "--seed", "1"]
    )
    assert made.exit_code == 0, made.output
    options = ["--model", "small_cnn", "--image-size", "32", "--epochs", "2", "--json"]
    done = CliRunner().invoke(app, ["train", str(chests), "--out", str(model), *options])
    assert done.exit_code == 0, done.output
    return model, chests


def test_a_model_is_attacked_beside_its_controls(trained: tuple[Path, Path]) -> None:
    model, chests = trained
    options = ["--references", "2", "--epochs", "2", "--control-patients", "12", "--json"]
    ran = CliRunner().invoke(app, ["attack", "membership", str(model), str(chests), *options])
    found = json.loads(ran.stdout)
    assert ran.exit_code == (0 if found["valid"] else 1)
    assert {found[name]["auc"]["value"] is not None for name in ("attack", "null", "positive")} == {True}
    assert 70 < found["attack"]["members"] < 95, "one image of each patient of the training"
    assert found["attack"]["tpr_at_0_1pct"]["value"] is None
    assert found["statement"]


def test_figures_go_into_an_audit_of_the_same_model_only(trained: tuple[Path, Path], tmp_path: Path) -> None:
    model, chests = trained
    example = json.loads((Path(__file__).parents[1] / "attacks" / "audit.example.json").read_text())
    file = tmp_path / "audit.json"
    options = ["--references", "2", "--epochs", "1", "--control-patients", "12", "--add-to", str(file)]
    command = ["attack", "membership", str(model), str(chests), *options]
    file.write_text(json.dumps(example))
    other = CliRunner().invoke(app, command)
    assert "is about the weights" in str(other.exception) + other.output
    example["model"]["hash"] = load(model).manifest.state_hash
    file.write_text(json.dumps({**example, "membership": None}))
    CliRunner().invoke(app, command)
    added = AuditDocument.model_validate_json(file.read_bytes())
    assert added.membership is not None
    assert (added.membership.method, added.membership.references) == ("RMIA, gamma 1", 2)


def test_an_odd_number_of_references_is_explained(trained: tuple[Path, Path]) -> None:
    model, chests = trained
    ran = CliRunner().invoke(app, ["attack", "membership", str(model), str(chests), "--references", "3"])
    assert ran.exit_code != 0
    assert "3 is odd, take 4" in str(ran.exception) + ran.output


def test_few_pictures_are_refused_with_how_many_it_takes(trained: tuple[Path, Path], tmp_path: Path) -> None:
    weights = tmp_path / "mine.pth"
    torch.save(models.resnet18(weights=None).state_dict(), weights)
    one, other = tmp_path / "one", tmp_path / "other"
    for folder, patients in ((one, "3"), (other, "3")):
        CliRunner().invoke(app, ["data", "phantoms", str(folder), "--patients", patients, "--size", "32"])
    options = ["--weights", str(weights), "--architecture", "resnet18"]
    ran = CliRunner().invoke(app, ["attack", "likeness", str(one), str(other), *options])
    assert ran.exit_code != 0
    assert "5120 needed" in str(ran.exception) + ran.output
