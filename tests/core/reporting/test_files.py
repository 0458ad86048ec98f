"""What a report is made of, and the forms for programs: read back, checked, and refused where it does not fit."""

import csv
import io
import json

import pytest

from primia_core.evaluation.comparison import Comparison
from primia_core.evaluation.document import EvaluationDocument
from primia_core.reporting.errors import DossierError
from primia_core.reporting.reading import dossier_of, read_dossier, read_part
from primia_core.reporting.rendering import render
from primia_core.reporting.wording import count, decimal, interval, moment, p_value, power, significant
from tests.core.reporting.whole import bare, comparison, evaluation, whole


def test_report_as_json_holds_its_dossier(tmp_path):
    path = tmp_path / "report.json"
    path.write_bytes(render(whole(), "json"))
    assert read_dossier(path) == whole()
    path.write_text(whole().model_dump_json())
    assert read_dossier(path) == whole()


def test_report_that_was_changed_is_refused(tmp_path):
    raw = json.loads(render(whole(), "json"))
    raw["dossier"]["evaluations"][0]["brier"] = 0.01
    path = tmp_path / "report.json"
    path.write_text(json.dumps(raw))
    with pytest.raises(DossierError, match="content hash"):
        read_dossier(path)


@pytest.mark.parametrize("text", ["", "{", "[]", '{"dossier": {}}', "\ud800"])
def test_what_is_no_dossier_is_named(tmp_path, text):
    path = tmp_path / "x.json"
    path.write_bytes(text.encode("utf-8", "surrogatepass"))
    with pytest.raises(DossierError, match=r"x\.json"):
        read_dossier(path)


def test_one_document_is_not_taken_for_another(tmp_path):
    path = tmp_path / "comparison.json"
    path.write_text(comparison().model_dump_json())
    assert read_part(Comparison, path) == comparison()
    with pytest.raises(DossierError, match="no EvaluationDocument"):
        read_part(EvaluationDocument, path)


def test_evaluation_of_other_weights_or_classes_is_refused():
    of_other = {"name": "m", "classes": evaluation().classes, "state_hash": "0" * 64}
    with pytest.raises(DossierError, match="weights"):
        dossier_of(title="t", model=of_other, evaluations=(evaluation(),))
    with pytest.raises(DossierError, match="classes"):
        dossier_of(title="t", model={"name": "m", "classes": ("a", "b")}, evaluations=(evaluation(),))


def test_table_holds_every_figure_in_full():
    rows = list(csv.DictReader(io.StringIO(render(whole(), "csv").decode(), newline="")))
    found = evaluation()
    wilson = next(row for row in rows if row["figure"] == "accuracy" and row["method"] == "wilson")
    assert float(wilson["value"]) == found.accuracy.value
    assert float(wilson["low"]) == found.accuracy.low
    cells = [row for row in rows if row["part"].startswith("evaluation") and row["figure"].startswith("called")]
    assert [int(row["value"]) for row in cells] == [cell for row in found.confusion for cell in row]
    assert {row["part"] for row in rows} >= {"report", "raters", "pairs", "audit", "privacy"}


def test_names_are_no_formulas_in_a_spreadsheet():
    dossier = bare(model={"name": '=HYPERLINK("http://x")', "classes": ("a", "b")}, title="@SUM(1)")
    rows = list(csv.reader(io.StringIO(render(dossier, "csv").decode(), newline="")))
    assert not [cell for row in rows for cell in row if cell.startswith(("=", "@", "+"))]


def test_numbers_are_written_in_one_way():
    found = evaluation().accuracy
    assert interval(found, 2) == f"{found.value:.2f} ({found.low:.2f} to {found.high:.2f})"
    assert [decimal(-0.0004), decimal(-0.5, 1), decimal(None)] == ["0.000", "−0.5", "–"]
    assert [count(1234), count(12345)] == ["1234", "12\u00a0345"]
    assert [power(1e-5), power(2e-5), power(0.0)] == ["10⁻⁵", "2 × 10⁻⁵", "0"]
    assert [significant(1.2), significant(0.0196), significant(3e-7)] == ["1.20", "0.0196", "3 × 10⁻⁷"]
    assert [p_value(0.0004), p_value(0.04)] == ["< 0.001", "0.040"]
    assert moment(whole().dates.latest) == "3 March 2026, 11:30 UTC"
