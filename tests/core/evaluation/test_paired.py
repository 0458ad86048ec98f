"""The paired bootstrap: every resample by brute force, drawing images or patients, and what it must not say."""

from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from primia_core.evaluation import ConfusionError, EvaluationError, confusion_matrix, mcc, mcc_difference_interval

TRUTH = np.array([0, 0, 1, 1, 2])
FIRST = np.array([0, 0, 1, 1, 1])
SECOND = np.array([0, 1, 1, 0, 2])

answers = arrays(np.int64, (3, 24), elements=st.integers(0, 2))


def _difference(truth: np.ndarray, first: np.ndarray, second: np.ndarray) -> float:
    scores = [mcc(confusion_matrix(truth, each, classes=3)) for each in (first, second)]
    return scores[0] - scores[1]


def _every_resample(units: list[np.ndarray]) -> np.ndarray:
    """Return the difference in each of the equally likely resamples of a few units, sorted."""
    drawn = (np.concatenate(draw) for draw in product(units, repeat=len(units)))
    return np.sort([_difference(TRUTH[draw], FIRST[draw], SECOND[draw]) for draw in drawn])


@pytest.mark.parametrize("level", [0.5, 0.8, 0.95])
@pytest.mark.parametrize("patients", [None, ["b", "b", "a", "a", "c"], [7, 3, 7, 3, 7]])
def test_interval_cuts_the_same_tails_as_all_resamples_of_a_small_case(
    patients: list[str] | list[int] | None, level: float
) -> None:
    of = np.arange(5) if patients is None else np.array(patients)
    scores = _every_resample([np.flatnonzero(of == unit) for unit in np.unique(of)])
    low, high = mcc_difference_interval(
        TRUTH, FIRST, SECOND, classes=3, seed=5, patients=patients, draws=40_000, level=level
    )
    tail = (1 - level) / 2
    expected = np.quantile(np.repeat(scores, 1000), [tail - 0.01, tail + 0.01, 1 - tail - 0.01, 1 - tail + 0.01])
    assert expected[0] - 1e-9 <= low <= expected[1] + 1e-9
    assert expected[2] - 1e-9 <= high <= expected[3] + 1e-9
    assert low < high


def test_interval_is_that_of_drawing_images_in_pairs() -> None:
    rng = np.random.default_rng(2)
    truth = rng.integers(0, 3, 150)
    first = np.where(rng.random(150) < 0.8, truth, rng.integers(0, 3, 150))
    second = np.where(rng.random(150) < 0.9, first, rng.integers(0, 3, 150))
    draws = rng.integers(0, 150, (2000, 150))
    scores = [_difference(truth[draw], first[draw], second[draw]) for draw in draws]
    found = mcc_difference_interval(truth, first, second, classes=3, seed=1)
    assert found == pytest.approx(np.quantile(scores, [0.025, 0.975]), abs=0.012)
    assert found[0] < _difference(truth, first, second) < found[1]


def test_repeated_images_of_a_patient_say_nothing_new() -> None:
    once = mcc_difference_interval(TRUTH, FIRST, SECOND, classes=3, seed=4)
    thrice = [np.repeat(each, 3) for each in (TRUTH, FIRST, SECOND)]
    patients = np.repeat(np.arange(5), 3)
    assert mcc_difference_interval(*thrice, classes=3, seed=4, patients=patients) == pytest.approx(once, abs=1e-12)
    narrow = mcc_difference_interval(*thrice, classes=3, seed=4)
    assert narrow[1] - narrow[0] < 0.8 * (once[1] - once[0])


@given(answers, st.booleans())
def test_swapping_the_classifiers_mirrors_the_interval(three: np.ndarray, by_patient: bool) -> None:
    truth, first, second = three
    patients = np.arange(24) // 3 if by_patient else None
    low, high = mcc_difference_interval(truth, first, second, classes=3, seed=9, patients=patients, draws=200)
    mirrored = mcc_difference_interval(truth, second, first, classes=3, seed=9, patients=patients, draws=200)
    assert (-high, -low) == pytest.approx(mirrored, abs=1e-12)


@given(answers)
def test_equal_answers_differ_by_exactly_nothing(three: np.ndarray) -> None:
    assert mcc_difference_interval(three[0], three[1], three[1], classes=3, seed=0, draws=100) == (0.0, 0.0)


def test_interval_is_fixed_by_its_seed() -> None:
    rng = np.random.default_rng(6)
    three = rng.integers(0, 3, (3, 60))
    one = mcc_difference_interval(*three, classes=3, seed=1)
    assert (
        one == mcc_difference_interval(*three, classes=3, seed=1) != mcc_difference_interval(*three, classes=3, seed=2)
    )


def test_resamples_of_one_class_count_as_no_correlation() -> None:
    # Of two images, half of the resamples hold one twice: no class to tell apart, and both score 0.
    low, high = mcc_difference_interval([0, 1], [0, 1], [1, 0], classes=2, seed=0)
    assert (low, high) == (0.0, 2.0)
    assert mcc_difference_interval([1, 1, 1], [0, 1, 2], [2, 2, 1], classes=3, seed=0) == (0.0, 0.0)


def test_interval_covers_the_true_difference_about_as_often_as_it_says() -> None:
    rng = np.random.default_rng(8)
    cells = rng.dirichlet(np.full(27, 0.4))
    joint = (cells.reshape(3, 3, 3) * 10**7).round().astype(np.int64)
    true = mcc(joint.sum(2)) - mcc(joint.sum(1))
    inside = 0
    for seed in range(200):
        drawn = rng.choice(27, 200, p=cells)
        low, high = mcc_difference_interval(drawn // 9, drawn // 3 % 3, drawn % 3, classes=3, seed=seed, draws=400)
        inside += low <= true <= high
    assert 0.89 <= inside / 200 <= 0.99


@pytest.mark.parametrize(
    ("truth", "first", "second", "patients", "error", "says"),
    [
        ([0, 1], [0, 1, 1], [0, 1], None, ConfusionError, "2 true classes and 3 predictions"),
        ([0, 1], [0, 1], [0], None, ConfusionError, "2 true classes and 1 predictions"),
        ([0, 1], [0, 3], [0, 1], None, ConfusionError, "outside 0 to 2"),
        ([], [], [], None, ConfusionError, "counts 0 images"),
        ([0, 1], [0, 1], [0, 1], ["a"], EvaluationError, "2 images have 1 patients"),
        ([0, 1], [0, 1], [0, 1], ["a", "a"], EvaluationError, "2 or more"),
        ([0], [0], [1], None, EvaluationError, "2 or more"),
    ],
)
def test_what_makes_no_interval_is_refused(
    truth: list[int],
    first: list[int],
    second: list[int],
    patients: list[str] | None,
    error: type[EvaluationError],
    says: str,
) -> None:
    with pytest.raises(error, match=says):
        mcc_difference_interval(truth, first, second, classes=3, seed=0, patients=patients)


@pytest.mark.parametrize(("draws", "level"), [(99, 0.95), (2000, 0.0), (2000, 1.0)])
def test_too_few_draws_and_levels_that_are_none_are_refused(draws: int, level: float) -> None:
    with pytest.raises(EvaluationError):
        mcc_difference_interval(TRUTH, FIRST, SECOND, classes=3, seed=0, draws=draws, level=level)
