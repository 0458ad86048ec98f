"""`primia simulate` runs a whole secure job and says in one line what is wrong with its options."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from primia_core.cli.main import app
from primia_core.imaging import phantoms
from primia_core.models.weights import load

SMALL = ("--model", "small_cnn", "--steps", "2", "--batch-size", "8", "--image-size", "32", "--rounds", "2")


@pytest.fixture(scope="module")
def chests(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("chests")
    phantoms.draw(folder, patients=45, seed=1, size=48)
    return folder


def test_simulate_prints_what_became_public_and_writes_the_chosen_model(chests: Path, tmp_path: Path) -> None:
    out = tmp_path / "model.safetensors"
    done = CliRunner().invoke(app, ["simulate", str(chests), *SMALL, "--json", "--out", str(out)])
    assert done.exit_code == 0, done.output
    answer = json.loads(done.stdout)
    assert (answer["sites"], answer["secure"], answer["best_round"]) == (3, True, 2)
    assert [row["round"] for row in answer["validation"]] == [0, 1, 2]
    assert load(out).manifest.plan_hash == answer["plan_hash"]


def test_simulate_names_the_option_that_does_not_fit(chests: Path) -> None:
    done = CliRunner().invoke(app, ["simulate", str(chests), *SMALL, "--strategy", "fedprox"])
    assert done.exit_code == 2
    assert "mu is for fedprox" in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1


def test_simulate_refuses_more_hospitals_than_patients(chests: Path) -> None:
    done = CliRunner().invoke(app, ["simulate", str(chests), *SMALL, "--sites", "60"])
    assert done.exit_code == 2
    assert "cannot be divided among 60 hospitals" in done.stderr


def test_simulate_leaves_pixels_in_the_cache_and_no_key(chests: Path, tmp_path: Path) -> None:
    done = CliRunner().invoke(app, ["simulate", str(chests), *SMALL, "--plain", "--json", "--cache", str(tmp_path)])
    assert done.exit_code == 0, done.output
    assert any(tmp_path.iterdir())
    assert not list(tmp_path.rglob("keys.json"))
