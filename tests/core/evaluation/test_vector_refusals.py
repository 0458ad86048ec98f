"""Files of expected values that are not understood, cannot be computed or are broken: nothing is passed over."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from primia_core.cli.main import app
from primia_core.evaluation.errors import VectorsError
from primia_core.evaluation.vectors import read, recompute
from tests.core.evaluation.judging import CASES, Json, judged, wrong


@pytest.mark.parametrize(
    ("block", "where"),
    [
        ({"expected": {"accuracy_of_training": 2 / 3}}, "expected.accuracy_of_training"),
        ({"expected": {"accuracy_7": 2 / 3}}, "expected.accuracy_7"),
        ({"expected": {"accuracy": {"low": 0.3}, "mcc_low": 0.5}}, "expected.mcc_low"),
        ({"expected": {"sensitivity_3": 0.5}}, "expected.sensitivity_3"),
        ({"expected": {}}, "expected"),
        ({"expected": {"sensitivity": []}}, "expected.sensitivity"),
        ({"expected": {"verdict": "not inferior"}}, "expected.verdict"),
        ({"classes": {"0": {"sensitivity": 0.5}, "1": {"specificity": 0.5}, "2": {"odd": 1}}}, "classes.2.odd"),
        ({"models": {"c": {"pred": [0, 1, 1, 1, 2, 0], "surprise": 1}}}, "models.c.surprise"),
        ({"pairs": {"a|z": {"kappa": 1.0}}}, "pairs.a|z.kappa"),
        ({"pred_c": [0, 1]}, "pred_c"),
        ({"f1_score": [0.5, 0.8, 2 / 3, 1.0]}, "f1_score"),
        ({"holm": {"a|b": 0.5}, "tests": {"b": 1}}, "tests.b"),
    ],
)
def test_what_is_not_understood_is_listed_by_its_path(block: Json, where: str) -> None:
    found = wrong({**CASES, **block})
    assert where in found


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ({"y_true": [0, 1, 1], "pred": [0, 1], "expected": {"mcc": 1.0}}, "2 labels for 3 cases"),
        ({"y_true": [0, 1], "prob": [[0.5, 0.6], [0.5, 0.5]], "expected": {"auc": 1.0}}, "a row's sum is off by 0.1"),
        ({"pred": [0, 1], "expected": {"mcc": 1.0}}, "no `y_true`"),
        ({"y_true": [0, 1], "pred": [[0], [1]], "expected": {"mcc": 1.0}}, "cannot be computed"),
        ({"y_true": [0, 0.5], "pred": [0, 1], "expected": {"mcc": 1.0}}, "labels are names or whole numbers"),
        ({"y_true": [0, 1], "pred": [0, 1], "positive": "ill", "expected": {"f1": 1.0}}, "'ill' is no class"),
        ({"groups": {"a": [1, "x"], "b": [2, 3]}, "anova": {"F": 1.0}}, "could not convert"),
        ({"groups": {"a": [1], "b": [2, 3]}, "anova": {"F": 1.0}}, r"groups of [1, 2] measurements"),
        ({"image_a": [[0.0]], "mse": 0.0}, "the set gives no two of image"),
        ({"y_true": [0, 1], "pred": [0, 1], "expected": {"mcc": 1.0}, "tolerance": "wide"}, "a tolerance of 'wide'"),
        ({"dp": {"sigma": 1.0, "delta": 1e-5, "steps": 1, "q": 2.0, "pld": 1.0}}, "sample_rate is 2.0"),
        ({"raters": [], "expected": {"mcc": 1}}, "answers of []"),
        ([], "a set is an object"),
        ({}, "the set expects nothing"),
    ],
)
def test_what_cannot_be_computed_says_why(content: Json, said: str) -> None:
    reasons = [o.reason for o in judged(content).values() if o.status != "agrees"]
    assert any(said in reason for reason in reasons), reasons


KEYS = st.sampled_from(
    [
        *(
            "y_true",
            "pred",
            "prob",
            "score_b",
            "raters",
            "classes",
            "positive",
            "threshold",
            "a|b",
            "0",
            "name",
            "pair",
        ),
        *("groups", "anova", "p", "holm", "p_values", "rows", "columns", "sigma", "delta", "q", "steps", "expected"),
        *(
            "accuracy",
            "delong",
            "z",
            "ci95",
            "image_a",
            "image_b",
            "mse",
            "tolerance",
            "level",
            "class",
            "paper_printed",
        ),
    ]
)


ANY = st.recursive(
    st.none() | st.booleans() | st.integers(-2, 3) | st.floats(-2, 2) | st.sampled_from(("a", "", "b", "nan")),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=5),
    max_leaves=20,
)


@given(st.dictionaries(KEYS, ANY, max_size=8))
@settings(max_examples=100, deadline=None)
def test_no_set_is_so_odd_that_it_is_not_judged(content: Json) -> None:
    found = recompute({"sets": {"s": content}})
    assert found
    assert {o.status for o in found} <= {"agrees", "deviates", "unknown"}


def test_a_name_said_twice_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "v.json"
    path.write_text('{"sets": {"s": {"y_true": [0, 1], "pred": [0, 1], "expected": {"mcc": 0.5, "mcc": 1.0}}}}')
    with pytest.raises(VectorsError, match=r"says \['mcc'\] twice"):
        read(path)


def test_what_stands_beside_the_sets_is_not_passed_over() -> None:
    content = {"y_true": [0, 1], "pred": [0, 1], "expected": {"mcc": 1.0}}
    outcomes = recompute({"sets": {"s": content}, "extra": {"mcc": 1.0}, "comment": "drawn"})
    assert [(o.where, o.status) for o in outcomes] == [("extra", "unknown"), ("s.expected.mcc", "agrees")]


def test_a_broken_file_fails_with_one_line(tmp_path: Path) -> None:
    path = tmp_path / "v.json"
    path.write_text('{"sets": {')
    for options in ([], ["--paper"]):
        found = CliRunner().invoke(app, ["evaluate", "--vectors", str(path), *options])
        assert found.exit_code == 2
        assert found.stderr.startswith(f"primia: {path} cannot be read as JSON")
        assert found.stderr.count("\n") == 1
