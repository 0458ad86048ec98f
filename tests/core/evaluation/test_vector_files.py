"""Files of expected values as others write them: all that is right agrees, and nothing that is wrong does."""

import copy
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from typer.testing import CliRunner

from primia_core.cli.main import app
from primia_core.evaluation.groups import holm
from primia_core.evaluation.vectors import recompute
from primia_core.evaluation.vectors.leaves import by_name, leaves
from tests.core.evaluation.drawn_vectors import CLASSES, SETS, per_class, plain, softly
from tests.core.evaluation.judging import CASES, Json, judged, wrong


def numbers(value: Json, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Give the path of every number within a value."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, one in inner:
        yield from numbers(one, (*path, name))
    if isinstance(value, int | float) and not isinstance(value, bool):
        yield path


def put(content: Json, path: tuple[Any, ...], value: Json) -> Json:
    """Return a copy in which one value is another."""
    changed = copy.deepcopy(content)
    block = changed
    for name in path[:-1]:
        block = block[name]
    block[path[-1]] = value
    return changed


def at(content: Json, path: tuple[Any, ...]) -> Json:
    return at(content[path[0]], path[1:]) if path else content


@pytest.mark.parametrize("name", SETS)
def test_every_figure_of_a_drawn_set_agrees(name: str) -> None:
    assert wrong(SETS[name]()) == {}


@pytest.mark.parametrize("name", SETS)
def test_a_millionth_is_found_wherever_it_is_added(name: str) -> None:
    content = SETS[name]()
    expected = {leaf.where for leaf in leaves(by_name(content))}
    places = [path for path in numbers(content) if any(tuple(map(str, path))[: len(w)] == w for w in expected)]
    assert len(places) >= len(expected)
    for path in places:
        value = at(content, path)
        found = wrong(put(content, path, value * (1 + 1e-6) if value else 1e-6))
        assert any(".".join(map(str, path)).startswith(where) for where in found), path


def test_figures_of_classes_are_read_from_any_nesting() -> None:
    generator = np.random.default_rng(5)
    y = generator.integers(0, 3, 45)
    a, b = softly(generator, y), softly(generator, y)
    each = plain(per_class(y, a, b))
    cases = plain({"y_true": y, "prob_a": a, "prob_b": b, "class_order": CLASSES})
    for block in (
        {"delong_per_class": each},
        {"delong": dict(zip(CLASSES, each, strict=True))},
        {"delong": {str(k): figures for k, figures in enumerate(each)}},
        {"deLongTest": {f"class_{k}": figures for k, figures in enumerate(each)}},
        {"delong": [{"class": name, **figures} for name, figures in zip(CLASSES, reversed(each), strict=False)][1:2]},
        {"delong_ovr": {figure: [one[figure] for one in each] for figure in each[0]}},
        {"pairs": {"a|b": {"delong": [{"z": one["z"], "ci95": one["ci95_diff"]} for one in each]}}},
        {"expected": {"delong_var": [one["var_a"] for one in each]}},
        {"delong": [{"aucs": [one["auc_a"], one["auc_b"]], "var": [one["var_a"], one["var_b"]]} for one in each]},
        {"delong": {"auc": [[one["auc_a"], one["auc_b"]] for one in each]}},
        {"delong": [{"class_index": 2, "raters": ["a", "b"], "z": each[2]["z"]}, {"label": "viral", **each[2]}]},
    ):
        found = judged({**cases, **block})
        assert {o.status for o in found.values()} == {"agrees"}, block


def test_two_areas_in_a_list_are_of_two_raters_or_of_two_classes() -> None:
    content = SETS["binary"]()
    figures, cases = content["delong"], {name: content[name] for name in ("y_true", "prob_a", "prob_b")}
    areas = [figures["auc_a"], figures["auc_b"]]
    cov = [[figures["var_a"], figures["cov"]], [figures["cov"], figures["var_b"]]]
    assert wrong({**cases, "delong": {"auc": areas, "cov": cov, "p": figures["p"]}}) == {}
    assert wrong({**cases, "delong": {"auc": [areas[0], areas[0]]}}) == {}
    assert wrong({**cases, "delong": {"auc": areas[::-1], "cov": cov[::-1]}}) == {
        "delong.auc": "deviates", "delong.cov": "deviates",
    }  # fmt: skip


def test_a_comparison_may_say_of_nobody_whose_spread_it_means() -> None:
    generator = np.random.default_rng(7)
    y = generator.integers(0, 3, 45)
    a, b = softly(generator, y), softly(generator, y)
    each = plain(per_class(y, a, b))
    cases = plain({"y_true": y, "prob": a, "prob_b": b})
    apart, first = [one["se_diff"] for one in each], [one["var_a"] ** 0.5 for one in each]
    adjusted = holm([one["p"] for one in each])
    assert wrong({**cases, "delong": {"se": apart, "z": [one["z"] for one in each], "p_holm": adjusted}}) == {}
    assert wrong({**cases, "delong": {"se": first}}) == {}
    assert wrong({**cases, "delong": {"se": [*first[:2], apart[2]], "p_holm": [0.9 * p for p in adjusted]}}) == {
        "delong.se": "deviates", "delong.p_holm": "deviates",
    }  # fmt: skip


def test_a_test_alone_is_its_p_or_its_statistic_in_a_whole_set() -> None:
    content = SETS["groups"]()
    groups, tests = content["groups"], content["t_tests"]
    for number in ("p", "t"):
        alone = {name: figures["welch"][number] for name, figures in tests.items()}
        assert wrong({"groups": groups, "welch": alone}) == {}
        alone["raw|sum"] = tests["raw|sum"]["welch"]["t" if number == "p" else "p"]
        assert wrong({"groups": groups, "welch": alone}) == {"welch.raw|sum": "deviates"}


def test_what_a_block_says_of_itself_is_part_of_its_names() -> None:
    content = SETS["groups"]()
    figures = content["t_tests"]["raw|sum"]
    said = {
        "groups": [{"name": name, "values": values} for name, values in content["groups"].items()],
        "tests": [
            {"pair": ["raw", "sum"], "method": "t_test", "equal_var": True, **figures["student"]},
            {"pair": "raw|sum", "method": "t_test", "equal_var": False, **figures["welch"]},
            {"a": "raw", "b": "sum", "ttest_rel": figures["paired"]},
        ],
    }
    assert wrong(said) == {}
    said["tests"][0]["equal_var"] = False
    assert "tests.0.p" in wrong(said)


def test_an_interval_without_a_method_is_of_one_method_in_a_whole_set() -> None:
    exact = {name: judged({**CASES, "expected": {f"{name}_clopper_pearson95": 0}}) for name in ("accuracy", "ppv")}
    intervals = {name: next(iter(found.values())).found for name, found in exact.items()}
    expected = {f"{name}_ci95": interval for name, interval in intervals.items()}
    assert wrong({**CASES, "expected": expected}) == {}
    wilson = judged({**CASES, "expected": {"accuracy_wilson95": 0}})["expected.accuracy_wilson95"].found
    assert wrong({**CASES, "expected": {**expected, "accuracy_ci": wilson, "npv": 0}}).keys() == {
        "expected.accuracy_ci", "expected.npv",
    }  # fmt: skip


def test_groups_and_rows_are_found_without_their_usual_names() -> None:
    content = SETS["groups"]()
    groups, tests = content.pop("groups"), {"anova": content["anova"], "t_tests": content["t_tests"]}
    assert wrong({"attack_errors": groups, **tests}) == {}
    prefixed = {f"mse_{name}": values for name, values in groups.items()}
    assert wrong({**prefixed, "expected": tests}) == {}
    assert set(wrong({**prefixed, "holm": [0.1, 0.2], "surprise": [[1.0]], **tests})) == {"holm", "surprise"}
    rows = SETS["training"]()["rows"]
    columns = {"columns": list(rows[0]), "rows": [list(rows[0].values())], "delta": 1e-5}
    assert wrong(columns) == {}
    columns["rows"][0][-1] += 1e-6
    assert wrong(columns) == {"rows.0.eps_pld": "deviates"}


def test_letters_may_be_joined() -> None:
    groups = {"a": [1.0, 2.0, 4.0], "b": [3.0, 5.0, 5.0], "c": [2.0, 2.0, 9.0]}
    long = judged({"groups": groups, "student": {"a|b": {"t": 0}, "c|b": {"p": 0}}})
    short = {"student_t_ab": long["student.a|b.t"].found, "t_test_cb": {"p": long["student.c|b.p"].found}}
    assert wrong({"groups": groups, **short}) == {}
    assert wrong({**CASES, "kappa_ab": judged({**CASES, "kappa_a_b": 0})["kappa_a_b"].found}) == {}


def test_non_inferiority_needs_its_margin() -> None:
    block = {"margin": 0.5, "noninferior": True, "low": 0}
    low = judged({**CASES, "noninferiority": {"b|a": block}})["noninferiority.b|a.low"].found
    assert -0.5 < low < 0
    assert wrong({**CASES, "noninferiority": {"b|a": {**block, "low": low}}}) == {}
    assert wrong({**CASES, "noninferiority": {"b|a": {**block, "low": low, "margin": -low / 2}}}) == {
        "noninferiority.b|a.noninferior": "deviates",
    }
    assert wrong({**CASES, "noninferiority": {"b|a": {"noninferior": True}}}) == {
        "noninferiority.b|a.noninferior": "unknown",
    }


def test_what_a_paper_printed_is_judged_by_its_own_rounding() -> None:
    cases = {"y_true": [0, 0, 1, 1, 1, 1], "raters": {"a": [0, 0, 1, 1, 1, 0], "b": [0, 1, 1, 1, 1, 1]}}
    printed = {"accuracy": {"a": 0.83, "b": 0.83}, "kappa": {"a|b": 0.33}, "sensitivity": {"a": [1.0, 0.75]}}
    assert wrong({**cases, "paper_printed": printed}) == {}
    printed["accuracy"]["b"] = 0.84  # rounded, where the paper cuts off
    assert wrong({**cases, "paper_printed": printed}) == {"paper_printed.accuracy.b": "deviates"}


@pytest.mark.parametrize(
    ("printed", "said"),
    [
        ({"accuracy": 0.8}, "paper_printed.accuracy is no object"),
        ({"accuracy": {"a": "high"}}, "paper_printed.accuracy.a is 'high'; give a number"),
        ({"accuracy": {"z": 0.8}}, "no answers of 'z'"),
        ({"sensitivity": {"a": [0.5]}}, "has 1 figures; give 2"),
        ({"sensitivity": {"a": 0.5}}, "give a list of numbers"),
        ({"kappa": {"a": 0.5}}, "joins no two raters"),
        ({"youden": {"a": 0.5}}, "which Table 1 does not"),
    ],
)
def test_a_table_that_cannot_be_compared_says_why(printed: Json, said: str, tmp_path: Path) -> None:
    content = {"y_true": [0, 1], "raters": {"a": [0, 1], "b": [1, 1]}, "paper_printed": printed}
    assert said in judged(content)["paper_printed"].reason
    path = tmp_path / "v.json"
    path.write_text(json.dumps({"sets": {"s": content}}))
    found = CliRunner().invoke(app, ["evaluate", "--vectors", str(path), "--paper"])
    assert found.exit_code == 2
    assert found.stderr.endswith("[evaluation.vectors]\n")


def test_an_operating_point_is_the_most_sensitive_that_is_specific_enough() -> None:
    content = {"y_true": [0, 0, 0, 0, 1, 1], "score": [-3.0, -1.0, 0.5, 2.0, 1.0, 3.0]}
    assert wrong({**content, "expected": {"sensitivity_at_specificity_0.75": 1.0, "tpr_at_fpr_0.1": 0.5}}) == {}
    assert set(wrong({**content, "expected": {"sensitivity_at_specificity_0.9": 1.0, "tpr_at_fpr": 1.0}})) == {
        "expected.sensitivity_at_specificity_0.9", "expected.tpr_at_fpr",
    }  # fmt: skip


def test_the_file_in_the_documents_agrees() -> None:
    text = (Path(__file__).parents[3] / "docs" / "expected-values.md").read_text(encoding="utf-8")
    found = recompute(json.loads(text.partition("```json")[2].partition("```")[0]))
    assert [o.status for o in found] == ["agrees"] * 4


def test_an_order_of_raters_is_settled_once_for_a_whole_set() -> None:
    generator = np.random.default_rng(6)
    y = generator.integers(0, 3, 45)
    a, b = softly(generator, y), softly(generator, y)
    each = plain([{"diff": -one["auc_diff"], "z": -one["z"]} for one in per_class(y, a, b)])
    cases = plain({"y_true": y, "prob_a": a, "prob_b": b})
    turned = judged({**cases, "delong": each})
    assert {o.status for o in turned.values()} == {"agrees"}
    assert {o.convention for o in turned.values()} == {"sign of differences of areas: second less first"}
    each[1]["z"] *= -1
    assert wrong({**cases, "delong": each}) == {"delong.1.z": "deviates"}


def test_epochs_become_steps_in_one_way_for_a_whole_row() -> None:
    row = {"sigma": 1.1, "n": 1000, "batch": 32, "epochs": 4, "delta": 1e-5}
    by_steps = judged({"rows": [{**row, "steps": 128, "pld": 0, "rdp_opacus": 0}]})  # 4 times 32 whole and cut batches
    costs = {figure: by_steps[f"rows.0.{figure}"].found for figure in ("pld", "rdp_opacus")}
    found = judged({"rows": [{**row, **costs}]})
    assert {o.status for o in found.values()} == {"agrees"}
    assert all("whole batches and a rest" in o.convention for o in found.values())
    assert wrong({"rows": [{**row, **costs, "pld": by_steps["rows.0.pld"].found + 1e-5}]}) == {"rows.0.pld": "deviates"}


def test_an_epsilon_may_be_printed_with_three_decimals_and_nothing_else_may() -> None:
    row = {"sigma": 1.0, "q": 64 / 1721, "steps": 537, "delta": "1/5163"}
    assert wrong({"rows": [{**row, "rdp_opacus": 5.163, "rdp_dp_accounting": 5.166, "pld": 4.549}]}) == {}
    assert set(
        wrong({"rows": [{**row, "rdp_opacus": 5.164, "rdp_dp_accounting": 5.2, "pld": 4.5490001}]}).values()
    ) == {"deviates"}
    assert wrong({"y_true": [0, 0, 1], "pred": [0, 1, 1], "expected": {"accuracy": 0.667}}) == {
        "expected.accuracy": "deviates"
    }


def test_tiny_p_values_are_compared_by_their_size() -> None:
    groups = {"a": [1.0, 1.1, 1.2, 1.05], "b": [900.0, 900.1, 900.2, 900.05]}
    right = judged({"groups": groups, "student": {"p": 0.0}})["student.p"].found
    assert 0 < right < 1e-15 < 1e-9
    assert wrong({"groups": groups, "student": {"p": right}}) == {}
    assert wrong({"groups": groups, "student": {"p": 1e-12}}) == {"student.p": "deviates"}


def test_undefined_has_one_meaning_however_it_is_written() -> None:
    content = {"y_true": [0, 0, 1, 1], "pred": [0, 0, 0, 0]}
    for undefined in (None, float("nan"), "NaN"):
        assert wrong({**content, "expected": {"ppv": [0.5, undefined]}}) == {}
        assert wrong({**content, "expected": {"ppv": [undefined, undefined]}}) == {"expected.ppv": "deviates"}


def test_labels_may_be_names_or_begin_anywhere() -> None:
    truth, said = [0, 1, 2, 2, 1], [0, 1, 1, 2, 1]
    expected = {"confusion": [[1, 0, 0], [0, 2, 0], [0, 1, 1]], "kappa_linear": judged(
        {"y_true": truth, "pred": said, "expected": {"kappa_linear": 0}})["expected.kappa_linear"].found}  # fmt: skip
    for change in (lambda k: k + 1, lambda k: "abc"[k], lambda k: [10, 20, 30][k]):
        content = {"y_true": [change(k) for k in truth], "pred": [change(k) for k in said], "expected": expected}
        assert wrong(content) == {}
    order = {"classes": ["z", "m", "a"], "y_true": ["zma"[k] for k in truth], "pred": ["zma"[k] for k in said]}
    assert wrong({**order, "expected": expected}) == {}, "the order of the file, not that of the alphabet"


def test_a_tolerance_holds_for_its_block_or_its_figure() -> None:
    content = {**CASES, "expected": {"accuracy": 0.6667, "mcc": 0.6, "tolerance": {"accuracy": 1e-4}}}
    assert wrong(content) == {"expected.mcc": "deviates"}
    assert wrong({**CASES, "expected": {"accuracy": 0.67, "decimals": 2}}) == {}


def test_the_command_says_how_far_off_and_by_which_convention(tmp_path: Path) -> None:
    path = tmp_path / "v.json"
    binary = SETS["binary"]()
    turned = {**binary["delong"], "auc_diff": -binary["delong"]["auc_diff"], "z": -binary["delong"]["z"]}
    turned["ci95_diff"] = [-bound for bound in reversed(turned["ci95_diff"])]
    binary["expected_a"]["mcc"] += 0.001
    path.write_text(json.dumps({"sets": {"s": {**binary, "delong": turned}}}))
    found = CliRunner().invoke(app, ["evaluate", "--vectors", str(path)])
    assert found.exit_code == 1
    assert "off by 0.001" in found.stdout
    assert "read as   s: sign of differences of areas: second less first" in found.stdout
    path.write_text(json.dumps({"sets": {"s": {**binary, "expected_b": {"npv": [float("inf"), float("nan")]}}}}))
    strict = CliRunner().invoke(app, ["evaluate", "--vectors", str(path), "--json"])
    assert strict.exit_code == 1
    assert json.loads(strict.stdout, parse_constant=pytest.fail)["agree"] > 30
