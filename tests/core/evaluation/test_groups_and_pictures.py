"""Tests on groups and likeness of pictures, on numbers worked out by hand."""

import numpy as np
import pytest

from primia_core.evaluation import groups, intervals, metrics, pictures
from primia_core.evaluation.errors import EvaluationError, PictureError


def test_anova_of_two_groups_is_the_square_of_student_s_t() -> None:
    first, second = [1.0, 2.0, 4.0], [3.0, 5.0, 5.0, 8.0]
    student = groups.t_test(first, second, equal_variances=True)
    assert groups.anova([first, second]).statistic == pytest.approx(student.statistic**2)
    assert groups.anova([first, second]).p == pytest.approx(student.p)


def test_welch_divides_by_each_group_s_own_variance() -> None:
    first, second = np.array([1.0, 2.0, 4.0]), np.array([3.0, 5.0, 5.0, 8.0])
    spread = first.var(ddof=1) / 3 + second.var(ddof=1) / 4
    found = groups.t_test(first, second, equal_variances=False)
    assert found.statistic == pytest.approx((first.mean() - second.mean()) / np.sqrt(spread))


def test_pairs_are_tested_by_their_differences() -> None:
    first, second = np.array([1.0, 2.0, 4.0]), np.array([1.5, 2.0, 5.5])
    apart = first - second
    want = apart.mean() / (apart.std(ddof=1) / np.sqrt(3))
    assert groups.paired_t_test(first, second).statistic == pytest.approx(want)
    with pytest.raises(EvaluationError, match="no pairs"):
        groups.paired_t_test(first, [1.0, 2.0])


def test_holm_steps_down() -> None:
    assert groups.holm([0.01, 0.04, 0.03]) == pytest.approx([0.03, 0.06, 0.06])
    with pytest.raises(EvaluationError, match="between 0 and 1"):
        groups.holm([0.5, 1.5])


def test_groups_of_one_say_nothing() -> None:
    with pytest.raises(EvaluationError, match=r"groups of \[1, 3\]"):
        groups.anova([[1.0], [1.0, 2.0, 3.0]])


def test_likeness_of_pictures() -> None:
    black, grey = np.zeros((16, 16)), np.full((16, 16), 0.5)
    assert pictures.mse(black, grey) == 0.25
    assert pictures.mse(black, grey, scale=0.25) == 4.0
    assert pictures.psnr(black, grey) == pytest.approx(10 * np.log10(4))
    assert pictures.psnr(grey, grey) == float("inf")
    for gaussian in (False, True):
        assert pictures.ssim(grey, grey, gaussian=gaussian) == pytest.approx(1.0)
        assert pictures.ssim(black, grey, gaussian=gaussian) < 0.01
    with pytest.raises(PictureError, match="two of one shape"):
        pictures.mse(black, np.zeros((4, 4)))


def test_frechet_distance_of_normals_on_a_line_is_closed() -> None:
    """(mean - mean')**2 + (deviation - deviation')**2."""
    first, second = np.array([[0.0], [2.0]]), np.array([[5.0], [5.0 + 6.0]])
    assert pictures.frechet_distance(first, second, ddof=0) == pytest.approx(7**2 + (1 - 3) ** 2)
    with pytest.raises(PictureError, match="2 of each"):
        pictures.frechet_distance(first, second[:1])


def test_the_exact_interval_holds_the_tails() -> None:
    assert intervals.clopper_pearson(0, 10) == (0.0, pytest.approx(1 - 0.025**0.1))
    assert intervals.clopper_pearson(10, 10) == (pytest.approx(0.025**0.1), 1.0)
    low, high = intervals.clopper_pearson(3, 10)
    assert intervals.wilson(3, 10)[0] > low
    assert intervals.wilson(3, 10)[1] < high


def test_f1_over_classes_leaves_out_what_never_occurs() -> None:
    counts = [[3, 1, 0], [1, 2, 0], [0, 0, 0]]
    assert metrics.f1_macro(counts) == pytest.approx((6 / 8 + 4 / 6) / 2)
    assert metrics.f1_weighted(counts) == pytest.approx((4 * 6 / 8 + 3 * 4 / 6) / 7)
    assert metrics.negative_predictive_value(counts) == [2 / 3, 3 / 4, 1.0]
