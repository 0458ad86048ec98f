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
from primia_core.evaluation.groups import anova, holm, paired_t_test, t_test
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
        ({"expected": {"gwet_ac1": 0.1}}, "s.expected.gwet_ac1", "unknown"),
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
        "expected": {"auc": area.auc, "sensitivity": 1.0, "specificity": [1.0, 2 / 3]},
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


def test_tests_of_groups_are_known_by_many_names() -> None:
    given = {"raw_grad": [1.0, 2.0, 4.0], "update": [3.0, 5.0, 5.0], "sum": [2.0, 2.0, 9.0]}
    student, welch, paired = (
        t_test(given["raw_grad"], given["update"], equal_variances=True),
        t_test(given["raw_grad"], given["update"], equal_variances=False),
        paired_t_test(given["raw_grad"], given["update"]),
    )
    others = [t_test(given[a], given[b], equal_variances=True).p for a, b in (("raw_grad", "sum"), ("update", "sum"))]
    first, second, third = holm([student.p, *others])
    content = {
        "groups": given,
        "anova_p": anova(list(given.values())).p,
        "ttest_raw_grad_vs_update": {"t": student.statistic, "p_value": student.p},
        "welch": {"raw_grad|update": [welch.statistic, welch.p]},
        "tests": {"odd": 1},
        "paired_t_test": {"raw_grad|update": {"statistic": paired.statistic}},
        "student": {
            "raw_grad|update": {"p_holm": first}, "raw_grad|sum": {"p_holm": second}, "update|sum": {"p_holm": third},
        },
        "t_test_p": 0.5,
    }  # fmt: skip
    found = outcomes(content)
    assert found.pop("s.tests.odd") == "unknown"
    assert found.pop("s.t_test_p") == "unknown", "of which two of three groups?"
    assert set(found.values()) == {"agrees"}


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


def test_rows_of_private_trainings_are_recomputed_by_the_accountant_that_they_name() -> None:
    """The published example: 1,721 images in batches of 64, noise 1, 20 epochs, delta 1/5163."""
    row = {
        "n": 1721, "batch": 64, "sigma": 1.0, "epochs": 20, "delta": 1 / 5163, "epsilon_pld": 4.549,
        "epsilon_prv": 4.559, "rdp_opacus": 5.163, "rdp_dp_accounting": 5.166, "total_steps": 537,
    }  # fmt: skip
    by_rate = {"q": 64 / 1721, "noise_multiplier": 1.0, "steps": 537, "delta": 1 / 5163, "epsilon": 4.549, "zcdp": 1}
    found = outcomes({"tolerance": 2e-4, "dp_rows": [row, by_rate]})
    assert found.pop("s.dp_rows.1.zcdp") == "unknown"
    assert set(found.values()) == {"agrees"}
    assert set(outcomes({"dp": {"published": row}}).values()) == {"agrees"}, "as they are printed"
    in_full = {**row, "epsilon_pld": 4.5490001, "rdp_opacus": 5.1630001}
    assert set(outcomes({"dp": {"published": in_full}}).values()) == {"agrees", "deviates"}, "5.163 is not 5.1630001"
    assert outcomes({"dp": [{"sigma": 1.0, "delta": 1e-5, "pld": 1.0}]}) == {"s.dp.0.pld": "unknown"}
