"""The document of an evaluation: the figures that other modules compute, from counts alone; and the example of one."""

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from primia_core.evaluation import accuracy_interval, report
from primia_core.evaluation.curves import Curve
from primia_core.evaluation.delong import delong
from primia_core.evaluation.document import ROC_POINTS, CohortRef, EvaluationDocument, ModelRef
from primia_core.evaluation.documenting import document_of
from primia_core.evaluation.errors import ConfusionError
from primia_core.evaluation.score_report import score_report
from primia_core.evaluation.scores import Scored, decision_curve
from primia_core.evaluation.sums import ScoreSums, SumShape
from primia_core.evaluation.tally import Tally
from tests.core.evaluation.drawn_answers import AGES, CLASSES, drawn_answers

EXAMPLE = Path(__file__).with_name("document.example.json")


def document(scored: Scored, **wanted) -> EvaluationDocument:
    given = {
        "classes": CLASSES[: scored.classes],
        "split": "test",
        "model": ModelRef(hash="a" * 64, name="Drawn"),
        "cohort": CohortRef(versions=("b" * 64,)),
        "made": "local",
    }
    tally = Tally.of(scored, **{name: wanted.pop(name) for name in ("patients", "groups") if name in wanted})
    return document_of(tally, **{**given, **wanted})


def test_a_document_says_what_the_reports_say() -> None:
    scored = drawn_answers().scored
    found, worth = document(scored), score_report(scored, CLASSES)
    counts = report(np.array(found.confusion), CLASSES)
    for name in ("auc_ovr_macro", "auc_ovr_weighted", "auc_ovo_macro", "auc_ovo_weighted", "auc_hardlabel_ovr_macro"):
        assert getattr(found, name) == pytest.approx(getattr(worth, name), abs=1e-12), name
    for name in ("brier", "log_loss", "expected_calibration_error"):
        assert getattr(found, name) == pytest.approx(getattr(worth, name), abs=1e-12), name
    assert (found.accuracy, found.balanced_accuracy, found.kappa) == (
        counts.accuracy, counts.balanced_accuracy, counts.kappa,
    )  # fmt: skip
    assert (found.mcc.value, found.mcc.low, found.mcc.high) == (counts.mcc.value, counts.mcc.low, counts.mcc.high)
    assert [one.count for one in found.reliability] == [one.count for one in worth.reliability]
    for mine, its, counted in zip(found.per_class, worth.classes, counts.classes, strict=True):
        assert mine.auc.value == pytest.approx(its.auc.value, abs=1e-12)
        assert (mine.auc.low, mine.auc.high) == pytest.approx((its.auc.low, its.auc.high), abs=1e-12)
        assert mine.net_benefit == pytest.approx(its.net_benefit, abs=1e-12)
        assert mine.net_benefit_of_all == pytest.approx(its.net_benefit_of_all, abs=1e-12)
        assert (mine.sensitivity, mine.specificity, mine.ppv) == (
            counted.sensitivity, counted.specificity, counted.precision,
        )  # fmt: skip
        assert mine.f1.value == counted.f1
        assert mine.f1.low < mine.f1.value < mine.f1.high  # type: ignore[operator]
    assert (found.accuracy.low, found.accuracy.high) == accuracy_interval(np.array(found.confusion))


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.booleans(), st.integers(0, 6)), min_size=4, max_size=60))
def test_a_curve_is_the_area_the_variance_and_the_benefit_of_its_scores(cases: list[tuple[bool, int]]) -> None:
    truth, score = np.array([sick for sick, _ in cases]), np.array([level / 7 + 0.01 for _, level in cases])
    curve = Curve.of(truth.astype(np.int64), score, positive=1, classes=2)
    if min(truth.sum(), (~truth).sum()) >= 2:
        area, found = delong(truth, score), curve.area_with_interval()
        assert found.value == pytest.approx(area.auc, abs=1e-12)
        assert (found.low, found.high) == pytest.approx(area.interval(), abs=1e-9)
        roc = curve.roc()
        assert roc is not None
        assert np.trapezoid(roc.tpr, roc.fpr) == pytest.approx(area.auc, abs=1e-12), "its corners are the whole curve"
    scored = Scored.of(truth.astype(int), score)
    thresholds = (0.05, 0.3, 0.5, 0.9)
    assert curve.net_benefit(thresholds) == pytest.approx(
        decision_curve(scored, positive=1, thresholds=thresholds).tolist(), abs=1e-12
    )


def test_a_long_curve_is_thinned_to_its_points_and_keeps_its_ends() -> None:
    generator = np.random.default_rng(1)
    truth = generator.integers(0, 2, 5000)
    curve = Curve.of(truth, generator.normal(truth, 1), positive=1, classes=2)
    roc = curve.roc()
    assert roc is not None
    assert 150 < len(roc.fpr) <= ROC_POINTS
    assert (roc.fpr[0], roc.tpr[0], roc.fpr[-1], roc.tpr[-1]) == (0, 0, 1, 1)
    assert sorted(roc.fpr) == list(roc.fpr)
    assert sorted(roc.tpr) == list(roc.tpr)
    assert np.trapezoid(roc.tpr, roc.fpr) == pytest.approx(curve.area(), abs=2e-3)


def test_intervals_by_patient_are_wider_where_images_of_a_patient_are_alike() -> None:
    answers = drawn_answers(400)
    found = document(answers.scored, patients=answers.patients)
    assert found.patients == 400
    by_image, by_patient = found.accuracy, found.accuracy_by_patient
    assert by_patient is not None
    assert by_patient.high - by_patient.low > by_image.high - by_image.low  # type: ignore[operator]
    assert "2000 resamples of whole patients" in found.intervals["patient_bootstrap"]
    assert document(answers.scored).accuracy_by_patient is None


def test_a_group_below_the_smallest_cell_is_not_told_of_at_all() -> None:
    answers = drawn_answers()
    found = document(answers.scored, groups=answers.groups, smallest_cell=10)
    of_age = {one.group: one for one in found.subgroups if one.attribute == "age"}
    sizes = {group: answers.groups["age"].count(group) for group in of_age}
    assert min(sizes.values()) < 10 < max(sizes.values())
    assert sum(sizes[group] for group, one in of_age.items() if one.suppressed) >= 10, "or it could be subtracted"
    for group, one in of_age.items():
        assert one.suppressed or sizes[group] >= 10
        told = (one.n, one.accuracy, one.mcc)
        assert told == (None, None, None) if one.suppressed else one.n == sizes[group]


def test_a_class_without_images_leaves_areas_undefined_and_names_must_fit() -> None:
    found = document(Scored.of([0, 1, 1, 0], np.array([[0.8, 0.1, 0.1], [0.2, 0.7, 0.1]] * 2)))
    assert found.auc_ovr_macro is None
    assert found.per_class[2].auc.value is None
    assert found.per_class[2].roc is None
    assert found.per_class[2].f1.value is None
    with pytest.raises(ConfusionError, match="3 classes have 2 names"):
        document(drawn_answers().scored, classes=("a", "b"))


def example() -> EvaluationDocument:
    """Three hospitals, their resamples drawn from a seed so that the file stays the same."""
    answers, sites = drawn_answers(), ("aalborg", "basel", "coimbra")
    groups = {"age": (*AGES, "unknown"), "sex": ("female", "male", "other", "unknown")}
    shape = SumShape(classes=3, bins=256, replicates=200, groups=groups, sites=sites, smallest_cell=10)
    whole = None
    for part, site in enumerate(sites):
        here = answers.of_patients(len(sites), part)
        stream = iter(range(10_000))

        def drawn(count: int, site: str = site, stream: Iterator[int] = stream) -> bytes:
            return hashlib.shake_128(f"{site}{next(stream)}".encode()).digest(count)

        found = ScoreSums.of(shape, here.scored, patients=here.patients, groups=here.groups, site=site, rng=drawn)
        whole = found if whole is None else whole + found
    assert whole is not None
    return document_of(
        whole.tally(),
        classes=CLASSES,
        split="test",
        model=ModelRef(hash="a" * 64, name="Drawn", number=3),
        cohort=CohortRef(versions=("b" * 64, "c" * 64, "d" * 64)),
        made="secure sum of 3 sites",
        mean_loss=whole.tally().log_loss,
        smallest_cell=10,
        notes=("Drawn answers, for showing what a document holds.",),
    )


def test_the_example_is_what_the_code_makes() -> None:
    """Make it anew with ``python -m tests.core.evaluation.test_document``."""
    kept, made = json.loads(EXAMPLE.read_text()), example().model_dump(mode="json")
    for old, new in zip(_leaves(kept), _leaves(made), strict=True):
        assert old == (pytest.approx(new, rel=1e-9) if isinstance(new, float) else new)
    assert EvaluationDocument.model_validate(kept).model_dump(mode="json").keys() == kept.keys()


def _leaves(value: object) -> Iterator[object]:
    """Yield every value, words and numbers alike, in their order."""
    if isinstance(value, dict):
        for name, part in value.items():
            yield name
            yield from _leaves(part)
    elif isinstance(value, list):
        for part in value:
            yield from _leaves(part)
    else:
        yield value


if __name__ == "__main__":
    EXAMPLE.write_text(example().model_dump_json(indent=1) + "\n")
