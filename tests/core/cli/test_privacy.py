"""`primia privacy` computes what the accountants say, and `primia simulate --dp` runs a private job."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from primia_core.cli.main import app
from primia_core.imaging import phantoms


def answer(*arguments: str) -> dict:
    done = CliRunner().invoke(app, [*arguments, "--json"])
    assert done.exit_code == 0, done.output
    return json.loads(done.stdout)


def test_privacy_gives_the_published_example() -> None:
    found = answer("privacy", "--noise", "1", "--rate", str(64 / 1721), "--steps", "537", "--delta", str(1 / 5163))
    assert found["epsilon_pld"] == pytest.approx(4.549, abs=5e-4)
    assert found["epsilon_rdp"] == pytest.approx(5.166, abs=5e-4)


def test_privacy_finds_the_noise_of_a_target() -> None:
    found = answer("privacy", "--epsilon", "3", "--rate", "0.1", "--steps", "20")
    assert 2.97 < found["epsilon_pld"] <= 3


def test_privacy_prints_noise_that_keeps_the_target_when_it_is_given_back() -> None:
    done = CliRunner().invoke(app, ["privacy", "--epsilon", "3", "--rate", "0.1", "--steps", "20"])
    noise = done.stdout.split("noise multiplier ")[1].split(",")[0]
    assert 2.97 < answer("privacy", "--noise", noise, "--rate", "0.1", "--steps", "20")["epsilon_pld"] <= 3


def test_privacy_wants_one_of_noise_and_epsilon() -> None:
    done = CliRunner().invoke(app, ["privacy", "--rate", "0.1", "--steps", "20"])
    assert done.exit_code == 2
    assert "either --noise" in done.stderr


@pytest.mark.parametrize("mode", ["local", "distributed"])
def test_a_private_simulation_says_its_epsilon(tmp_path: Path, mode: str) -> None:
    phantoms.draw(tmp_path, patients=30, seed=1, size=48)
    found = answer(
        "simulate", str(tmp_path), "--model", "small_cnn", "--steps", "2", "--batch-size", "4", "--image-size", "32",
        "--rounds", "2", "--dp", mode, "--rate", "0.3", "--noise", "2",
    )  # fmt: skip
    assert found["secure"]
    assert 0 < found["privacy"]["epsilon_pld"] <= found["privacy"]["epsilon_rdp"]
    assert found["privacy"]["unit"] == "patient"
