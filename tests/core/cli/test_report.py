"""`primia report`: from weights and what other commands printed to files, and what it refuses."""

import json

import pytest
from typer.testing import CliRunner

from primia_core.cli.main import app
from primia_core.models import ModelSpec, build_model
from primia_core.models.weights import Manifest, PixelScale, save, state_hash
from tests.core.reporting.whole import comparison, evaluation, privacy


@pytest.fixture
def weights(tmp_path):
    """A file of weights, and an evaluation as if of them."""
    spec = ModelSpec(name="small_cnn")
    state = build_model(spec, seed=1).state_dict()
    digest = state_hash(state)
    found = evaluation()
    manifest = Manifest(
        spec=spec, classes=found.classes, image_size=64, normalisation=PixelScale(mean=0.5, std=0.2), state_hash=digest
    )
    path = save(tmp_path / "model.safetensors", state, manifest)
    of_it = found.model_copy(update={"model": found.model.model_copy(update={"hash": digest})})
    (tmp_path / "evaluation.json").write_text(of_it.model_dump_json())
    (tmp_path / "comparison.json").write_text(comparison().model_dump_json())
    (tmp_path / "privacy.json").write_text(privacy().model_dump_json())
    return path


def run(*words):
    return CliRunner().invoke(app, ["report", *(str(word) for word in words)])


def test_report_of_weights_is_written_in_all_forms_and_again_from_its_json(weights, tmp_path):
    (tmp_path / "answers.json").write_text('{"claim.44": "Nobody paid."}')
    out = tmp_path / "out"
    said = run(
        weights, "--evaluation", tmp_path / "evaluation.json", "--comparison", tmp_path / "comparison.json",
        "--privacy", tmp_path / "privacy.json", "--answers", tmp_path / "answers.json", "--date", "2026-03-02",
        "--out", out, "--json",
    )  # fmt: skip
    assert said.exit_code == 0, said.output
    told = json.loads(said.output)
    assert sorted(path.name for path in out.iterdir()) == ["report.csv", "report.html", "report.json", "report.pdf"]
    page = (out / "report.html").read_text()
    assert told["content_hash"] in page
    assert "2 March 2026" in page
    assert "Nobody paid." in page
    again = run(out / "report.json", "--out", tmp_path / "again.pdf")
    assert again.exit_code == 0
    assert (tmp_path / "again.pdf").read_bytes() == (out / "report.pdf").read_bytes()


def test_evaluation_of_other_weights_is_refused(weights, tmp_path):
    (tmp_path / "other.json").write_text(evaluation().model_dump_json())
    said = run(weights, "--evaluation", tmp_path / "other.json", "--out", tmp_path / "report.html")
    assert said.exit_code == 2
    assert "[reporting.dossier]" in said.stderr
    assert not (tmp_path / "report.html").exists()


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        (["--evaluation", "comparison.json", "--out", "r.html"], "no EvaluationDocument"),
        (["--answers", "nothing.json", "--out", "r.html"], "cannot be read"),
        (["--out", "report.docx"], "reports end with"),
    ],
)
def test_what_cannot_be_done_is_said_in_one_line(weights, tmp_path, monkeypatch, words, reason):
    monkeypatch.chdir(tmp_path)
    said = run(weights, *words)
    assert said.exit_code == 2
    assert reason in said.stderr
    assert said.stderr.count("\n") == 1


def test_dossier_takes_no_other_documents(weights, tmp_path):
    assert run(weights, "--out", tmp_path / "report.json").exit_code == 0
    said = run(tmp_path / "report.json", "--title", "x", "--out", tmp_path / "r.html")
    assert said.exit_code == 2
    assert "cli.settings" in said.stderr
