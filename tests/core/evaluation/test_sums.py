"""Sums over sites say of quantised scores what pooled images say, and no small group leaves a site."""

import hashlib
from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from primia_core.evaluation.curves import Curve
from primia_core.evaluation.document import CohortRef, EvaluationDocument, ModelRef
from primia_core.evaluation.documenting import document_of
from primia_core.evaluation.errors import ScoreError
from primia_core.evaluation.scores import Scored, brier, log_loss
from primia_core.evaluation.sums import WITHHELD, ScoreSums, SumShape, quantised
from primia_core.evaluation.tally import Tally
from primia_core.evaluation.withholding import withhold
from tests.core.evaluation.drawn_answers import AGES, CLASSES, Answers, drawn_answers

GROUPS = {"age": AGES, "sex": ("female", "male", "unknown"), "view": ("PA", "AP")}


class Stream:
    """Bytes that repeat, so that two ways of adding can draw the same patients."""

    def __init__(self, seed: int) -> None:
        self._seed, self._calls = seed, 0

    def __call__(self, count: int) -> bytes:
        self._calls += 1
        return hashlib.shake_128(f"{self._seed}/{self._calls}".encode()).digest(count)


def counted(answers: Answers, shape: SumShape, *, site: str | None = None, seed: int = 0) -> ScoreSums:
    return ScoreSums.of(
        shape, answers.scored, patients=answers.patients, groups=answers.groups, site=site, rng=Stream(seed)
    )


def written(tally: Tally, **more: int) -> EvaluationDocument:
    return document_of(
        tally,
        classes=CLASSES,
        split="test",
        model=ModelRef(hash="a" * 64, name="Drawn"),
        cohort=CohortRef(versions=("b" * 64,)),
        made="secure sum of 3 sites",
        **more,
    )


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 1000), st.integers(2, 5), st.sampled_from([16, 64, 1024]))
def test_the_document_of_a_sum_is_that_of_the_pooled_images(seed: int, sites: int, bins: int) -> None:
    answers = drawn_answers(60, seed=seed)
    shape = SumShape(classes=3, bins=bins, replicates=0, groups=GROUPS, smallest_cell=1)
    parts = [counted(answers.of_patients(sites, part), shape) for part in range(sites)]
    whole = parts[0]
    for part in parts[1:]:
        whole = whole + part
    pooled = counted(answers, shape)
    for name in shape.lengths:
        assert np.array_equal(whole.values[name], pooled.values[name]), name
    assert written(whole.tally()) == written(pooled.tally())


def test_ranks_of_a_sum_are_those_of_quantised_scores_and_the_rest_is_exact() -> None:
    answers = drawn_answers()
    tally = counted(answers, SumShape(classes=3, bins=64, replicates=0)).tally()
    exact, found = written(Tally.of(answers.scored)), written(tally)
    places = quantised(answers.scored, 64)
    for k in range(3):
        of_quantised = Curve.of(answers.scored.truth, places[:, k].astype(float), positive=k, classes=3)
        assert found.per_class[k].auc == of_quantised.area_with_interval()
        assert found.per_class[k].auc.value != exact.per_class[k].auc.value
        assert found.per_class[k].auc.value == pytest.approx(exact.per_class[k].auc.value, abs=5e-3)
    assert found.confusion == exact.confusion
    assert found.brier == pytest.approx(brier(answers.scored), abs=1e-6)
    assert found.log_loss == pytest.approx(log_loss(answers.scored), abs=1e-6)
    assert found.expected_calibration_error == pytest.approx(exact.expected_calibration_error, abs=1e-6)
    assert found.patients == len(set(answers.patients))
    assert (found.quantised_bins, exact.quantised_bins) == (64, None)


def test_resamples_drawn_at_the_sites_give_the_interval_of_resampling_all_patients() -> None:
    answers = drawn_answers(300)
    shape = SumShape(classes=3, bins=16, replicates=400)
    whole = counted(answers.of_patients(2, 0), shape, seed=1) + counted(answers.of_patients(2, 1), shape, seed=2)
    here, there = written(Tally.of(answers.scored, patients=answers.patients)), written(whole.tally())
    assert there.accuracy_by_patient is not None
    assert here.accuracy_by_patient is not None
    width = here.accuracy_by_patient.high - here.accuracy_by_patient.low  # type: ignore[operator]
    for end in ("low", "high"):
        mine, its = getattr(there.accuracy_by_patient, end), getattr(here.accuracy_by_patient, end)
        assert mine == pytest.approx(its, abs=0.25 * width)
    drawn = whole.values["replicates"].reshape(400, 9).sum(1)
    assert drawn.mean() == pytest.approx(len(answers.patients), rel=0.02)


def test_weights_of_resamples_follow_poissons_law_and_are_not_repeated() -> None:
    one = Answers(Scored.of([0], np.array([[0.8, 0.1, 0.1]])), ("p",), {})
    shape = SumShape(classes=3, bins=16, replicates=1000)
    weights = Counter(
        np.concatenate([counted(one, shape, seed=k).values["replicates"][::9] for k in range(20)]).tolist()
    )
    for k, expected in enumerate((0.3679, 0.3679, 0.1839, 0.0613)):
        assert weights[k] / 20_000 == pytest.approx(expected, abs=0.012)
    first, again = (ScoreSums.of(shape, one.scored, patients=one.patients).values["replicates"] for _ in range(2))
    assert not np.array_equal(first, again), "without a given stream they come from the operating system"


@settings(max_examples=300, deadline=None)
@given(st.dictionaries(st.sampled_from("abcdefg"), st.integers(0, 30), max_size=7), st.integers(1, 12))
def test_whatever_leaves_a_site_is_nothing_or_at_least_the_smallest_cell(sizes: dict[str, int], smallest: int) -> None:
    held = withhold(sizes, smallest)
    together = sum(sizes[name] for name in held)
    assert all(sizes[name] == 0 or sizes[name] >= smallest for name in sizes if name not in held)
    assert together == 0 or together >= smallest or together == sum(sizes.values())


def test_a_site_hides_its_small_groups_in_what_it_sends() -> None:
    answers = drawn_answers(80)
    shape = SumShape(classes=3, bins=16, replicates=0, groups=GROUPS, smallest_cell=10)
    found = counted(answers, shape)
    cells = found.values["subgroup.age"].reshape(len(AGES) + 1, 9).sum(1)
    sizes = Counter(answers.groups["age"])
    assert any(0 < sizes[age] < 10 for age in AGES)
    assert all(size == 0 or size >= 10 for size in cells)
    assert cells.sum() == len(answers.patients), "what is withheld is counted, as withheld"
    of_age = [one for one in written(found.tally(), smallest_cell=10).subgroups if one.attribute == "age"]
    for one in of_age:
        if one.group != WITHHELD and 0 < sizes[one.group] < 10:
            assert one.suppressed


def test_only_the_named_site_fills_its_own_matrix() -> None:
    answers = drawn_answers(40)
    shape = SumShape(classes=3, bins=16, replicates=0, sites=("aalborg", "basel"))
    whole = counted(answers.of_patients(2, 0), shape, site="aalborg")
    whole += counted(answers.of_patients(2, 1), shape, site="basel")
    found = written(whole.tally())
    assert [one.site for one in found.sites] == ["aalborg", "basel"]
    assert found.sites[0].n + found.sites[1].n == found.n
    assert found.sites[0].accuracy.value == counted(answers.of_patients(2, 0), shape).tally().confusion.trace() / (
        found.sites[0].n
    )


def test_what_does_not_belong_together_is_refused() -> None:
    answers = drawn_answers(20)
    shape = SumShape(classes=3, bins=16, replicates=0)
    with pytest.raises(ScoreError, match="different shapes"):
        counted(answers, shape) + counted(answers, SumShape(classes=3, bins=32, replicates=0))
    with pytest.raises(ScoreError, match="the plan has 2"):
        counted(answers, SumShape(classes=2, bins=16, replicates=0))
    with pytest.raises(ScoreError, match="is no group of age"):
        counted(answers, SumShape(classes=3, bins=16, replicates=0, groups={"age": ("young",)}))
