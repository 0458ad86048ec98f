"""Tables of reader studies: cases, what raters said of them, and the curve of one who gives probabilities."""

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from primia_core.evaluation.errors import ReadingsError
from primia_core.evaluation.opinions import parse_opinions
from primia_core.evaluation.rater_curve import POINTS, rater_curves
from primia_core.evaluation.readings import read_readings, write_readings
from primia_core.evaluation.scores import Scored
from primia_core.evaluation.study_cases import StudyCase, parse_cases, write_cases

CLASSES = ("normal", "bacterial", "viral")
CASES = tuple(StudyCase(f"{n:04}", f"{n:064x}", CLASSES[n % 3]) for n in range(7))


def test_cases_come_back_as_they_were_written() -> None:
    assert parse_cases("\ufeff" + write_cases(CASES), classes=CLASSES) == CASES
    assert "viral" not in repr(CASES[2])


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("sha256", "hash", "it needs `case`, `sha256` and `truth`"),
        ("0003,", "0002,", "2 of 7 rows, the first of them row 4, name a case that another row names"),
        ("0003,", "person 3,", "1 of 7 rows, the first of them row 5, name no case"),
        (f"{3:064x}", f"{2:064x}", "have the file of another row"),
        (f"{3:064x}", f"{3:064x}"[:-1], "lack a SHA-256"),
        ("viral", "fungal", "have a truth that is none of"),
    ],
)
def test_table_of_cases_that_does_not_fit_is_refused_by_its_row(old: str, new: str, said: str) -> None:
    with pytest.raises(ReadingsError, match=said):
        parse_cases(write_cases(CASES).replace(old, new), classes=CLASSES)


def test_table_of_readings_is_what_it_was_read_from(tmp_path) -> None:
    file = tmp_path / "readings.csv"
    file.write_text("case,truth,A,B\n1,viral,viral,normal\n2,normal,viral,normal\n")
    assert write_readings(read_readings(file, classes=CLASSES)) == file.read_text()


def test_opinions_of_several_raters_leave_gaps_where_a_cell_is_empty() -> None:
    first, second = parse_opinions("case,truth,A,B\n1,viral,viral,\n2,,normal,viral\n", classes=CLASSES)
    assert (first.rater, second.rater, first.by_file) == ("A", "B", False)
    assert {key: one.label for key, one in second.by_case.items()} == {"2": "viral"}
    assert first.truth == {"1": "viral"}


def test_predictions_keep_their_probabilities_by_file() -> None:
    (one,) = parse_opinions("sha256,label,normal,bacterial,viral\nab,viral,0.1,0.2,0.7004\n", classes=CLASSES)
    assert one.by_file
    assert one.by_case["ab"].probabilities == pytest.approx((0.1 / 1.0004, 0.2 / 1.0004, 0.7004 / 1.0004))


@pytest.mark.parametrize(
    ("table", "said"),
    [
        ("name,label\nx,viral\n", "it needs `case` or `sha256`"),
        ("case,label\n", "0 rows"),
        ("case\n1\n", "it needs `label`, or a column for each rater"),
        ("case,label\n1,viral\n1,viral\n", "row 3 names no case, or one that was named before"),
        ("case,label\n1,fungal\n", "has 'fungal' in row 2"),
        ("case,label,normal,bacterial,viral\n1,viral,0.5,0.5,0.5\n", "row 2 has no probabilities"),
        ("case,label,normal,bacterial,viral\n1,viral,nan,0.5,0.5\n", "row 2 has no probabilities"),
        ("case,label,normal,bacterial,viral\n1,viral,-1,1,1\n", "row 2 has no probabilities"),
    ],
)
def test_opinions_that_do_not_fit_are_refused(table: str, said: str) -> None:
    with pytest.raises(ReadingsError, match=said):
        parse_opinions(table, classes=CLASSES)


def test_curve_of_a_rater_is_short_whole_and_has_the_area_of_all_points() -> None:
    generator = np.random.default_rng(5)
    truth = generator.integers(0, 3, 900)
    shares = generator.dirichlet((1, 1, 1), 900) + 0.5 * np.eye(3)[truth]
    scored = Scored.of(truth, shares / shares.sum(1, keepdims=True))
    for k, curve in enumerate(rater_curves(scored, CLASSES)):
        assert curve.auc.value == pytest.approx(roc_auc_score(truth == k, scored.probabilities[:, k]))
        assert len(curve.fpr) == len(curve.tpr) <= POINTS
        assert (curve.fpr[0], curve.tpr[0], curve.fpr[-1], curve.tpr[-1]) == (0, 0, 1, 1)
        assert all(np.diff(curve.fpr) >= 0)
        assert all(np.diff(curve.tpr) >= 0)


def test_class_of_one_case_has_no_curve() -> None:
    scored = Scored.of([0, 0, 1, 1, 2], np.full((5, 3), 1 / 3))
    assert [curve.name for curve in rater_curves(scored, CLASSES)] == ["normal", "bacterial"]
