"""Everything about probabilities in one object, and intervals that draw whole patients."""

import numpy as np
import pytest

from primia_core.evaluation import accuracy_interval, confusion_matrix
from primia_core.evaluation.clustered import clustered_intervals
from primia_core.evaluation.errors import EvaluationError, ScoreError
from primia_core.evaluation.resampling import resampled, tables
from primia_core.evaluation.score_report import ScoreReport, score_report
from primia_core.evaluation.scores import Scored

NAMES = ("normal", "bacterial", "viral")


def cases(n: int = 200) -> Scored:
    generator = np.random.default_rng(3)
    truth = generator.integers(0, 3, n)
    logits = generator.normal(0, 1, (n, 3)) + 1.5 * np.eye(3)[truth]
    powers = np.exp(logits)
    return Scored.of(truth, powers / powers.sum(1, keepdims=True))


def test_a_report_says_every_figure_and_survives_json() -> None:
    found = score_report(cases(), NAMES)
    assert ScoreReport.model_validate_json(found.model_dump_json()) == found
    for one in found.classes:
        assert one.auc.low < one.auc.value < one.auc.high  # type: ignore[operator]
        assert max(one.net_benefit) > 0
    assert found.auc_hardlabel_ovr_macro < found.auc_ovr_macro  # type: ignore[operator]
    assert sum(one.count for one in found.reliability) == found.n == 200


def test_acting_on_everybody_has_no_benefit_at_the_threshold_of_the_prevalence() -> None:
    scored = Scored.of([1, 0, 0, 0], [0.9, 0.1, 0.2, 0.3])
    found = score_report(scored, ("well", "sick"))
    at = found.thresholds.index(0.25)
    assert found.classes[1].net_benefit_of_all[at] == pytest.approx(0)
    assert found.classes[1].auc.value is None, "one case of a kind has no variance"


def test_names_and_classes_belong_together() -> None:
    with pytest.raises(ScoreError, match="3 classes have 2 names"):
        score_report(cases(), NAMES[:2])


def test_many_images_of_few_patients_say_less_than_as_many_patients() -> None:
    generator = np.random.default_rng(0)
    truth = np.repeat(generator.integers(0, 2, 30), 10)
    right = np.repeat(generator.random(30) < 0.8, 10)  # a patient's images are all right or all wrong
    predicted = np.where(right, truth, 1 - truth)
    patients = np.repeat(np.arange(30), 10)
    clustered = clustered_intervals(truth, predicted, patients, classes=2, seed=1)
    alone = clustered_intervals(truth, predicted, np.arange(300), classes=2, seed=1)
    assert clustered.patients == 30
    for name in ("accuracy", "mcc"):
        (low, high), (inner_low, inner_high) = clustered.spans[name], alone.spans[name]
        assert high - low > 2 * (inner_high - inner_low)
    wilson = accuracy_interval(confusion_matrix(truth, predicted, classes=2))
    assert alone.accuracy == pytest.approx(wilson, abs=0.02)


def test_resamples_have_as_many_units_and_the_mean_of_the_sample() -> None:
    units = tables([0, 0, 1, 2, 2, 2], size=3, patients=["a", "a", "b", "c", "c", "c"])
    assert sorted(map(tuple, units.tolist())) == [(0, 0, 3), (0, 1, 0), (2, 0, 0)]
    drawn = resampled(units, seed=5, draws=20_000)
    assert drawn.mean(0) == pytest.approx([2, 1, 3], rel=0.05)
    assert set(np.unique(drawn[:, 1])) <= {0, 1, 2, 3}
    with pytest.raises(EvaluationError, match="1 image or patient"):
        tables([0, 1], size=2, patients=["a", "a"])
    with pytest.raises(EvaluationError, match="2 images have 1 patients"):
        tables([0, 1], size=2, patients=["a"])
