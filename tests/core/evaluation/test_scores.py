"""Probabilities against definitions written out: counts of pairs, sums over cases."""

from itertools import product
from math import log

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from primia_core.evaluation import scores
from primia_core.evaluation.errors import ScoreError
from primia_core.evaluation.scores import Scored

CASES = st.integers(0, 2**32).map(lambda seed: drawn(seed))


def drawn(seed: int, n: int = 24, classes: int = 3) -> Scored:
    """Return cases with ties: probabilities in steps of a tenth."""
    generator = np.random.default_rng(seed)
    truth = np.concatenate([np.arange(classes), generator.integers(0, classes, n - classes)])
    return Scored.of(truth, generator.multinomial(10, np.ones(classes) / classes, n) / 10)


def by_pairs(scored: Scored, k: int) -> float:
    """Return how often a case of the class is scored above another one, ties for half."""
    score = scored.probabilities[:, k]
    pairs = list(product(score[scored.truth == k], score[scored.truth != k]))
    return sum((a > b) + (a == b) / 2 for a, b in pairs) / len(pairs)


@given(CASES)
@settings(max_examples=60, deadline=None)
def test_an_area_is_the_share_of_pairs_in_order(scored: Scored) -> None:
    areas = scores.auc_per_class(scored)
    assert areas == pytest.approx([by_pairs(scored, k) for k in range(3)])
    counts = np.bincount(scored.truth, minlength=3)
    assert scores.auc(scored, strategy="ovr", average="macro") == pytest.approx(np.mean(areas))
    assert scores.auc(scored, strategy="ovr", average="weighted") == pytest.approx(np.average(areas, weights=counts))


@given(CASES)
@settings(max_examples=60, deadline=None)
def test_losses_are_their_definitions(scored: Scored) -> None:
    rows = list(zip(scored.truth, scored.probabilities, strict=True))
    squares = [sum((p - (j == t)) ** 2 for j, p in enumerate(row)) for t, row in rows]
    assert scores.brier(scored) == pytest.approx(np.mean(squares))
    if all(row[t] > 0 for t, row in rows):
        assert scores.log_loss(scored) == pytest.approx(np.mean([-log(row[t]) for t, row in rows]))


def test_of_two_classes_one_column_is_enough() -> None:
    truth, positive = [0, 1, 1, 0], [0.1, 0.8, 0.3, 0.3]
    both = Scored.of(truth, [[1 - p, p] for p in positive])
    alone = Scored.of(truth, positive)
    assert np.allclose(both.probabilities, alone.probabilities)
    assert scores.auc(alone, strategy="ovo", average="macro") == pytest.approx(0.875)


def test_hard_labels_have_the_area_of_their_confusion() -> None:
    hard = Scored.hard([0, 0, 0, 0, 1, 1], [0, 0, 0, 1, 1, 0], classes=2)
    assert scores.auc(hard, strategy="ovr", average="macro") == pytest.approx((0.75 + 0.5) / 2)


def test_a_class_without_cases_leaves_areas_undefined() -> None:
    scored = Scored.of([0, 1, 0], np.full((3, 3), 1 / 3))
    assert scores.auc(scored, strategy="ovr", average="macro") is None
    assert scores.auc_per_class(scored) == [0.5, 0.5, None]


def test_a_bin_holds_its_upper_edge_and_not_its_lower_one() -> None:
    scored = Scored.of([0, 0, 1, 1], [[0.5, 0.5], [0.75, 0.25], [0.75, 0.25], [0.0, 1.0]])
    found = scores.reliability(scored, bins=4)
    assert [b.count for b in found] == [0, 1, 2, 1]
    assert [b.accuracy for b in found] == [None, 1.0, 0.5, 1.0]
    assert scores.expected_calibration_error(scored, bins=4) == pytest.approx((0.5 + 2 * 0.25 + 0) / 4)


def test_net_benefit_weighs_false_alarms_by_the_odds() -> None:
    scored = Scored.of([1, 1, 0, 0, 0], [0.9, 0.2, 0.6, 0.1, 0.1])
    benefit = scores.decision_curve(scored, positive=1, thresholds=[0.15, 0.5])
    assert benefit == pytest.approx([2 / 5 - 1 / 5 * 0.15 / 0.85, 1 / 5 - 1 / 5])


@pytest.mark.parametrize(
    ("truth", "probabilities", "said"),
    [
        ([0, 1], [[0.5, 0.5]], "2 true classes and probabilities of shape (1, 2)"),
        ([0, 1], [[0.5, 0.6], [0.5, 0.5]], "a row's sum is off by 0.1"),
        ([0, 1], [[1.2, -0.2], [0.5, 0.5]], "run from -0.2"),
        ([0, 1], [[float("nan"), 1], [0.5, 0.5]], "run from nan"),
        ([0, 2], [[0.5, 0.5], [0.5, 0.5]], "outside 0 to 1"),
        ([], [], "0 true classes"),
    ],
)
def test_what_is_no_distribution_is_refused(truth: object, probabilities: object, said: str) -> None:
    with pytest.raises(ScoreError, match=said.replace("(", r"\(").replace(")", r"\)")):
        Scored.of(truth, probabilities)
