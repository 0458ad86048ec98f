"""Files of expected values: what agrees, what deviates, what nobody knows; and the paper's table."""

import json
import os
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from typer.testing import CliRunner

from primia_core.cli.main import app
from primia_core.evaluation.delong import delong
from primia_core.evaluation.errors import VectorsError
from primia_core.evaluation.paper import table_1
from primia_core.evaluation.vectors import read, recompute

TINY = {
    "description": "six cases",
    "y_true": [0, 0, 1, 1, 2, 2],
    "pred": [0, 1, 1, 1, 2, 0],
    "pred_b": [0, 0, 1, 1, 2, 2],
    "expected": {"accuracy": 4 / 6, "confusion": [[1, 1, 0], [0, 2, 0], [1, 0, 1]], "ppv": [0.5, 2 / 3, 1.0]},
    "mcnemar": {"table": [[4, 0], [2, 0]], "exact_p": 0.5, "note": "two cases differ"},
}


def outcomes(content: dict[str, Any]) -> dict[str, str]:
    return {outcome.where: outcome.status for outcome in recompute({"sets": {"s": content}})}


def data() -> Path | None:
    """Return the file of vectors that comes with the real images, where it is."""
    root = Path(os.environ.get("PRIMIA_DATA") or Path(__file__).parents[4] / "shared" / "data")
    path = root / "metric_vectors.json"
    return path if path.exists() else None


def test_every_expected_value_is_judged() -> None:
    found = outcomes(TINY)
    assert set(found.values()) == {"agrees"}
    assert set(found) == {
        "s.expected.accuracy",
        "s.expected.confusion",
        "s.expected.ppv",
        "s.mcnemar.table",
        "s.mcnemar.exact_p",
    }


@pytest.mark.parametrize(
    ("changes", "where", "status"),
    [
        ({"expected": {"accuracy": 4 / 6 + 2e-9}}, "s.expected.accuracy", "deviates"),
        ({"expected": {"accuracy": 4 / 6 + 1e-10}}, "s.expected.accuracy", "agrees"),
        ({"expected": {"ppv": [0.5, 2 / 3]}}, "s.expected.ppv", "deviates"),
        ({"expected": {"ppv": None}}, "s.expected.ppv", "deviates"),
        ({"expected": {"youden": 0.1}}, "s.expected.youden", "unknown"),
        ({"expected": {"log_loss": 0.1}}, "s.expected.log_loss", "unknown"),
        ({"surprise": 1}, "s.surprise", "unknown"),
        ({"mcnemar": {"stuart_p": 1}}, "s.mcnemar.stuart_p", "unknown"),
    ],
)
def test_nothing_passes_unseen(changes: dict[str, Any], where: str, status: str) -> None:
    assert outcomes({**TINY, **changes})[where] == status


def test_two_classes_may_expect_the_figures_of_the_second_alone() -> None:
    truth, prob, other = [0, 0, 0, 1, 1, 1], [0.1, 0.6, 0.2, 0.7, 0.5, 0.9], [0.2, 0.1, 0.6, 0.7, 0.4, 0.8]
    area = delong(np.array(truth) == 1, prob)
    content = {
        "y_true": truth, "prob": prob, "prob_b": other,
        "expected": {"auc": area.auc, "sensitivity": 2 / 3, "specificity": [2 / 3, 2 / 3]},
        "delong": {"auc": area.auc, "var": area.variance, "ci95": list(area.interval()), "auc_b": 8 / 9},
    }  # fmt: skip
    assert set(outcomes(content).values()) == {"agrees"}


def test_groups_are_tested_by_name() -> None:
    content = {
        "groups": {"a": [1.0, 2.0, 4.0], "b": [3.0, 5.0, 5.0, 8.0]},
        "anova": {"F": 4.117647058823529, "p": 0.0983115690174},
        "t_tests": {"a|b": {"student_t": -2.0292, "welch_t": -2.1398}},
        "holm": [0.03, 0.06, 0.06], "p_values": [0.01, 0.04, 0.03],
    }  # fmt: skip
    body = {"sets": {"s": content}}
    found = {o.where: o for o in recompute(body)}
    assert found["s.holm"].status == "agrees"
    student, welch = found["s.t_tests.a|b.student_t"].found, found["s.t_tests.a|b.welch_t"].found
    assert found["s.anova.F"].found == pytest.approx(student**2)
    assert welch != pytest.approx(student)


def test_what_is_no_file_of_vectors_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "v.json"
    for text, said in (("{", "cannot be read as JSON"), ('{"sets": {}}', "holds no sets"), ("[]", "holds no sets")):
        path.write_text(text)
        with pytest.raises(VectorsError, match=said):
            read(path)


def test_the_command_lists_what_deviates_and_fails(tmp_path: Path) -> None:
    path = tmp_path / "v.json"
    path.write_text(json.dumps({"sets": {"s": TINY}}))
    good = CliRunner().invoke(app, ["evaluate", "--vectors", str(path)])
    assert (good.exit_code, good.stdout) == (0, "5 of 5 expected values agree\n")
    path.write_text(json.dumps({"sets": {"s": {**TINY, "expected": {"mcc": 0.9, "magic": 1}}}}))
    bad = CliRunner().invoke(app, ["evaluate", "--vectors", str(path)])
    assert bad.exit_code == 1
    assert "deviates  s.expected.mcc: expected 0.9, computed" in bad.stdout
    assert "unknown   s.expected.magic: no figure of this name is known" in bad.stdout
    as_json = json.loads(CliRunner().invoke(app, ["evaluate", "--vectors", str(path), "--json"]).stdout)
    assert [row["status"] for row in as_json["wrong"]] == ["deviates", "unknown"]


def test_the_paper_cuts_off_and_rounds() -> None:
    content = {
        "y_true": [0, 0, 0, 1, 1, 1, 2, 2],
        "raters": {"a": [0, 0, 1, 1, 1, 1, 2, 0], "b": [0, 0, 0, 1, 1, 0, 2, 2]},
        "paper_printed": {
            "accuracy": {"a": 0.75, "b": 0.87}, "mcnemar_p": {"a|b": 1.0}, "sensitivity": {"a": [0.67, 1, 0.5]},
        },
    }  # fmt: skip
    lines = table_1(content)
    assert all(line.agrees for line in lines)
    assert {line.part for line in lines} == {"1a", "1b"}
    content["paper_printed"]["accuracy"]["b"] = 0.88
    wrong = [line for line in table_1(content) if not line.agrees]
    assert [(line.of, line.figure, line.shown) for line in wrong] == [("b", "accuracy", 0.87)]


@pytest.mark.skipif(data() is None, reason="the file of vectors is not on this machine")
def test_the_file_of_vectors_agrees_in_full_and_so_does_the_paper_s_table() -> None:
    path = data()
    assert path is not None
    body = read(path)
    assert [o.where for o in recompute(body) if o.status != "agrees"] == []
    lines = table_1(body["sets"]["1_paper_table1_reconstruction"])
    assert len(lines) == 48
    assert all(line.agrees for line in lines)
    assert {line.of for line in lines if line.note} == {"locally_trained|expert_1", "locally_trained|expert_2"}
