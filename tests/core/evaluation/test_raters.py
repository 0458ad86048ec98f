"""Two raters of the same cases: McNemar's tests by sums of binomials, DeLong's by pairs, kappas by scikit-learn."""

from itertools import product
from math import comb, sqrt

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import cohen_kappa_score

from primia_core.evaluation import metrics
from primia_core.evaluation.delong import delong, delong_test
from primia_core.evaluation.errors import EvaluationError, ScoreError
from primia_core.evaluation.mcnemar import McNemar


@given(st.integers(0, 30), st.integers(0, 30))
@settings(max_examples=80, deadline=None)
def test_mcnemar_counts_tails(first: int, second: int) -> None:
    test, n, fewer = McNemar(5, first, second, 7), first + second, min(first, second)
    tail = min(1.0, 2 * sum(comb(n, k) for k in range(fewer + 1)) / 2**n) if n else 1.0
    assert test.exact_p == pytest.approx(tail)
    assert test.mid_p == pytest.approx(tail - comb(n, fewer) / 2**n if n else 1.0)
    if n:
        assert test.chi_squared(corrected=True)[0] == pytest.approx((abs(first - second) - 1) ** 2 / n)
        assert test.chi_squared(corrected=False)[0] == pytest.approx((first - second) ** 2 / n)
    else:
        assert test.chi_squared(corrected=True) == (None, None)


def test_mcnemar_counts_who_alone_was_right() -> None:
    test = McNemar.of([0, 1, 2, 2, 1], [0, 1, 0, 2, 0], [0, 0, 0, 1, 1])
    assert test.table == [[1, 2], [1, 1]]
    with pytest.raises(EvaluationError, match="5 cases and 4 and 5 answers"):
        McNemar.of([0] * 5, [0] * 4, [0] * 5)


def by_pairs(positive: list[bool], score: list[float]) -> tuple[float, float]:
    """Return area and variance from every pair, as the paper of 1988 defines them."""
    sick = [s for s, p in zip(score, positive, strict=True) if p]
    well = [s for s, p in zip(score, positive, strict=True) if not p]
    won = {(i, j): (a > b) + (a == b) / 2 for (i, a), (j, b) in product(enumerate(sick), enumerate(well))}
    area = sum(won.values()) / len(won)
    rows = [np.mean([won[i, j] for j in range(len(well))]) for i in range(len(sick))]
    columns = [np.mean([won[i, j] for i in range(len(sick))]) for j in range(len(well))]
    return area, float(np.var(rows, ddof=1) / len(sick) + np.var(columns, ddof=1) / len(well))


@given(st.integers(0, 2**32))
@settings(max_examples=60, deadline=None)
def test_delong_is_its_definition_by_pairs(seed: int) -> None:
    generator = np.random.default_rng(seed)
    positive = [True, True, False, False, *generator.integers(0, 2, 16).astype(bool).tolist()]
    score = (generator.integers(0, 9, 20) / 8).tolist()
    area = delong(positive, score)
    assert (area.auc, area.variance) == pytest.approx(by_pairs(positive, score))
    low, high = area.interval()
    assert 0 <= low <= area.auc <= high <= 1


def test_two_areas_of_the_same_cases_differ_by_what_they_do_not_share() -> None:
    generator = np.random.default_rng(4)
    positive = generator.integers(0, 2, 200).astype(bool)
    clear = positive + generator.normal(0, 1, 200)
    first, second = delong(positive, clear), delong(positive, clear + generator.normal(0, 0.3, 200))
    test = delong_test(first, second)
    assert test.variance < first.variance + second.variance, "errors of the same cases are alike"
    assert test.z == pytest.approx(test.difference / sqrt(test.variance))
    back = delong_test(second, first)
    assert (back.difference, back.p) == pytest.approx((-test.difference, test.p))


def test_equal_scores_show_no_difference() -> None:
    area = delong([True, False, True, False], [0.9, 0.1, 0.8, 0.3])
    test = delong_test(area, area)
    assert (test.difference, test.z, test.p) == (0.0, None, None)


def test_delong_refuses_what_has_no_variance() -> None:
    with pytest.raises(ScoreError, match="1 positive and 3 negative"):
        delong([True, False, False, False], [1, 2, 3, 4])
    with pytest.raises(ScoreError, match="different cases"):
        delong_test(delong([True] * 2 + [False] * 2, range(4)), delong([True] * 3 + [False] * 2, range(5)))


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), min_size=2, max_size=60))
@settings(max_examples=80, deadline=None)
def test_weighted_kappas_are_scikit_learn_s(pairs: list[tuple[int, int]]) -> None:
    first, second = zip(*pairs, strict=True)
    if len({*first, *second}) < 2:
        return
    counts = metrics.confusion_matrix(first, second, classes=4)
    for weights in ("none", "linear", "quadratic"):
        theirs = cohen_kappa_score(first, second, labels=range(4), weights=None if weights == "none" else weights)
        assert metrics.kappa(counts, weights=weights) == pytest.approx(theirs)
