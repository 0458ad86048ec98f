"""`primia attack canaries`, as a person runs it."""

import json

from typer.testing import CliRunner

from primia_core.cli.main import app


def test_the_promise_stands_and_the_control_is_caught() -> None:
    ran = CliRunner().invoke(
        app, ["attack", "canaries", "--canaries", "240", "--steps", "3", "--image-size", "16", "--json"]
    )
    found = json.loads(ran.stdout)
    assert ran.exit_code == 0, found
    assert found["valid"]
    assert found["kept"]
    assert found["control"]["epsilon_at_least"] > found["control"]["claimed"] > found["sum"]["epsilon_at_least"]


def test_too_few_canaries_are_refused_with_how_many_it_takes() -> None:
    ran = CliRunner().invoke(app, ["attack", "canaries", "--canaries", "8", "--image-size", "16", "--steps", "1"])
    assert ran.exit_code == 2
    assert "8 canaries cannot refute epsilon" in ran.output
