"""Figures from counts: hand-computed cases, scikit-learn as an oracle, and the reconstructed table of the paper."""

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from sklearn import metrics as oracle

from primia_core.evaluation import (
    ConfusionError,
    accuracy,
    accuracy_interval,
    balanced_accuracy,
    confusion_matrix,
    f1,
    kappa,
    mcc,
    precision,
    report,
    sensitivity,
    specificity,
)
from tests.required import missing

HAND = np.array([[3, 1, 0], [0, 4, 1], [0, 1, 2]])
pairs = st.integers(2, 4).flatmap(
    lambda classes: st.tuples(
        st.just(classes),
        arrays(np.int64, (2, 30), elements=st.integers(0, classes - 1)),
    )
)


def test_hand_computed_figures() -> None:
    assert accuracy(HAND) == 9 / 12
    assert sensitivity(HAND) == [3 / 4, 4 / 5, 2 / 3]
    assert specificity(HAND) == [1.0, 5 / 7, 8 / 9]
    assert precision(HAND) == [1.0, 4 / 6, 2 / 3]
    assert balanced_accuracy(HAND) == pytest.approx((3 / 4 + 4 / 5 + 2 / 3) / 3)
    # c s - sum t p = 108 - (4*3 + 5*6 + 3*3) = 57; s^2 - sum p^2 = 90; s^2 - sum t^2 = 94
    assert mcc(HAND) == pytest.approx(57 / np.sqrt(90 * 94))
    assert kappa(HAND) == pytest.approx(57 / (144 - 51))


def test_two_classes_give_the_phi_coefficient() -> None:
    tn, fp, fn, tp = 50, 10, 5, 35
    phi = (tp * tn - fp * fn) / np.sqrt((tp + fp) * (tp + fn) * (tn + fp) * (tn + fn))
    assert mcc([[tn, fp], [fn, tp]]) == pytest.approx(phi)


@given(pairs)
def test_agrees_with_scikit_learn(drawn: tuple[int, np.ndarray]) -> None:
    classes, (truth, predicted) = drawn
    confusion = confusion_matrix(truth, predicted, classes=classes)
    labels = list(range(classes))
    assert np.array_equal(confusion, oracle.confusion_matrix(truth, predicted, labels=labels))
    assert f1(confusion) == pytest.approx(
        oracle.f1_score(truth, predicted, labels=labels, average=None, zero_division=0)
    )
    if len(set(truth) | set(predicted)) > 1:  # of one class alone scikit-learn warns
        assert mcc(confusion) == pytest.approx(oracle.matthews_corrcoef(truth, predicted), abs=1e-12)
        assert kappa(confusion) == pytest.approx(oracle.cohen_kappa_score(truth, predicted), abs=1e-12)


@given(pairs)
def test_mcc_is_symmetric_bounded_and_blind_to_the_names_of_classes(drawn: tuple[int, np.ndarray]) -> None:
    classes, (truth, predicted) = drawn
    confusion = confusion_matrix(truth, predicted, classes=classes)
    turned = confusion[::-1, ::-1]
    assert -1 - 1e-12 <= mcc(confusion) <= 1 + 1e-12
    assert mcc(confusion) == pytest.approx(mcc(confusion.T), abs=1e-12) == pytest.approx(mcc(turned), abs=1e-12)


def test_mcc_of_a_constant_answer_is_zero_and_of_a_perfect_one_is_one() -> None:
    assert mcc([[6, 0, 0], [3, 0, 0], [1, 0, 0]]) == 0.0
    assert mcc(np.diag([5, 6, 7])) == 1.0


def test_what_nothing_defines_is_none() -> None:
    confusion = [[6, 0, 0], [3, 0, 0], [0, 0, 0]]
    assert sensitivity(confusion) == [1.0, 0.0, None]
    assert precision(confusion) == [6 / 9, None, None]
    assert specificity([[4, 0], [0, 0]])[0] is None
    assert kappa([[4, 0], [0, 0]]) == 1.0


def test_large_counts_do_not_overflow() -> None:
    confusion = np.array([[3 * 10**9, 10**9], [10**9, 3 * 10**9]])
    assert mcc(confusion) == pytest.approx(0.5)
    assert kappa(confusion) == pytest.approx(0.5)


@pytest.mark.parametrize(
    ("confusion", "says"),
    [
        ([[1, 2, 3], [4, 5, 6]], "square"),
        ([[1]], "2 classes"),
        ([[1, -1], [0, 2]], "counts"),
        ([[0.5, 1.0], [1.0, 2.0]], "counts"),
        ([[0, 0], [0, 0]], "0 images"),
    ],
)
def test_what_is_no_confusion_matrix_is_refused(confusion: list[list[float]], says: str) -> None:
    for figure in (accuracy, mcc, kappa, sensitivity, specificity, precision, f1):
        with pytest.raises(ConfusionError, match=says):
            figure(confusion)


def test_indices_and_lengths_are_checked() -> None:
    with pytest.raises(ConfusionError, match="pairs"):
        confusion_matrix([0, 1], [0], classes=2)
    with pytest.raises(ConfusionError, match="outside 0 to 1"):
        confusion_matrix([0, 2], [0, 1], classes=2)


def test_a_report_holds_every_figure_and_turns_into_json() -> None:
    figures = report(HAND, ["normal", "bacterial", "viral"], mean_loss=0.5)
    again = json.loads(figures.model_dump_json())
    assert again["n"] == 12
    assert again["accuracy"]["value"] == 0.75
    assert [one["sensitivity"]["value"] for one in again["classes"]] == sensitivity(HAND)
    assert [one["specificity"]["value"] for one in again["classes"]] == specificity(HAND)
    assert [one["precision"]["value"] for one in again["classes"]] == precision(HAND)
    assert again["mcc"]["low"] <= again["mcc"]["value"] <= again["mcc"]["high"]
    with pytest.raises(ConfusionError, match="3 classes have 2 names"):
        report(HAND, ["a", "b"])


SAME = {
    "accuracy": accuracy,
    "balanced_accuracy": balanced_accuracy,
    "sensitivity": sensitivity,
    "specificity": specificity,
    "ppv": precision,
    "mcc": mcc,
    "kappa_vs_truth": kappa,
    "accuracy_wilson95": lambda confusion: list(accuracy_interval(confusion)),
}


def _same(figure: Callable[[object], object], confusion: object, expected: object) -> None:
    found = figure(confusion)
    if isinstance(found, list):
        assert [value is None for value in found] == [value is None for value in expected]
        pairs = [(a, b) for a, b in zip(found, expected, strict=True) if a is not None]
        found, expected = [a for a, _ in pairs], [b for _, b in pairs]
    assert found == pytest.approx(expected, abs=1e-9)


def test_committed_vectors(shared_data: Path) -> None:
    file = shared_data / "metric_vectors.json"
    if not file.is_file():
        missing(f"no {file.name} in {file.parent}")
    sets = json.loads(file.read_text())["sets"]
    paper, ties, constant = sets["1_paper_table1_reconstruction"], sets["2_tiny_ties"], sets["5_degenerate_constant"]
    cases = [(paper["y_true"], paper["raters"][name], expected) for name, expected in paper["expected"].items()]
    cases += [(ties["y_true"], ties["pred"], ties["expected"]), (ties["y_true"], ties["pred_b"], ties["expected_b"])]
    cases += [(constant["y_true"], constant["pred"], constant["expected"])]
    for truth, predicted, expected in cases:
        confusion = confusion_matrix(truth, predicted, classes=3)
        assert confusion.tolist() == expected["confusion"]
        assert sum(f1(confusion)) / 3 == pytest.approx(expected["f1_macro"])
        for name, figure in SAME.items():
            _same(figure, confusion, expected[name])
    for pair, expected in paper["pairs"].items():
        first, second = (paper["raters"][name] for name in pair.split("|"))
        assert kappa(confusion_matrix(first, second, classes=3)) == pytest.approx(expected["kappa"], abs=1e-9)
