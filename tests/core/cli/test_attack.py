"""`primia attack`: an audit from the command line, its document, its pictures, and what it refuses."""

import json
from pathlib import Path

import pytest
from typer.main import get_command
from typer.testing import CliRunner

from primia_core.attacks.document import AuditDocument
from primia_core.attacks.plan import NoisySteps
from primia_core.cli.attack import attack
from primia_core.cli.main import app
from primia_core.imaging.phantoms import draw

SHORT = ["--iterations", "12", "--restarts", "1", "--victims", "1", "--positive-victims", "1", "--threads", "1"]


@pytest.fixture(scope="module")
def chests(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("chests")
    draw(folder, 290, seed=3, size=32, classes=("normal", "bacterial"))
    return folder


def invoke(*arguments: object):
    return CliRunner().invoke(app, ["attack", *map(str, arguments)])


def test_audit_writes_document_and_pictures_and_fails_where_it_is_too_weak(chests, tmp_path):
    file, pictures = tmp_path / "audit.json", tmp_path / "pictures"
    found = invoke(
        "audit", "--model", "small_cnn", chests, "--split", "all", "--batch-size", 2, *SHORT, "--public",
        "--json", file, "--pictures", pictures,
    )  # fmt: skip
    assert found.exit_code == 1, found.output
    assert "verdict: audit invalid" in found.output
    document = AuditDocument.model_validate_json(file.read_text())
    assert [view.view for view in document.views] == ["gradient", "update", "secure_sum"]
    assert document.model.weights == "random"
    assert document.images.kind == "public"
    assert document.pictures
    assert (pictures / "index.html").is_file()


def test_inversion_attacks_one_view_and_keeps_pictures_of_patients_out_of_the_document(chests):
    found = invoke(
        "inversion", "--model", "small_cnn", chests, "--split", "all", "--view", "secure-sum", "--batch-size", 2,
        *SHORT, "--json", "-",
    )  # fmt: skip
    assert found.exit_code == 1, found.output
    document = AuditDocument.model_validate(json.loads(found.stdout))
    assert [(view.view, view.images_in_release) for view in document.views] == [("secure_sum", 6)]
    assert document.images.kind == "real"
    assert document.pictures == ()


def test_both_commands_take_the_same_options_with_the_same_defaults():
    own = {"view", "batch_size"}
    inversion, audit = (
        {parameter.name: (parameter.opts, parameter.default) for parameter in get_command(attack).commands[name].params}
        for name in ("inversion", "audit")
    )
    assert set(inversion) - set(audit) == {"view"}
    assert {name: inversion[name] for name in set(inversion) - own} == {name: audit[name] for name in set(audit) - own}
    assert {"--noise", "--tv-weight", "--json"} <= {option for opts, _ in audit.values() for option in opts}


def test_options_reach_the_plan(chests):
    found = invoke(
        "inversion", "--model", "small_cnn", "--normalisation", "group", chests, "--split", "all", *SHORT, "--sites", 4,
        "--noise", 1.5, "--clip", 0.5, "--local-optimizer", "adam", "--batch-norm", "eval", "--json", "-",
    )  # fmt: skip
    assert found.exit_code == 1, found.output
    document = AuditDocument.model_validate(json.loads(found.stdout))
    plan = document.plan
    assert (plan.sites_in_sum, plan.local_optimizer, plan.batch_norm) == (4, "adam", "eval")
    assert plan.privacy == NoisySteps(noise_multiplier=1.5, clip=0.5)
    assert (plan.iterations, plan.restarts, plan.victims, plan.positive_victims) == (12, 1, 1, 1)
    assert document.model.normalisation == "group"


def test_what_does_not_fit_is_one_line(chests, tmp_path):
    for arguments, wanted in (
        (["audit"], "give a file of weights"),
        (["audit", "--model", "small_cnn", chests, chests], "give one"),
        (["audit", "--model", "small_cnn", chests, "--json", tmp_path / "no" / "a.json"], "is no folder"),
        (["audit", "--model", "small_cnn", chests, "--batch-size", 300], "1 to 256"),
        (["audit", "--model", "small_cnn", chests, "--split", "all", "--noise", 1], "with GroupNorm"),
        (["audit", "--model", "small_cnn", chests, "--noise", -1], "greater than 0"),
        (["audit", "--model", "small_cnn", chests, *SHORT, "--split", "test"], "needs 99"),
    ):
        found = invoke(*arguments)
        assert found.exit_code == 2, found.output
        assert wanted in " ".join(found.output.split())
