"""Sums become the next model: the weighted mean within the encoding bound, and the same bits wherever computed."""

import numpy as np
import pytest
import torch

from primia_core.evaluation import confusion_matrix, kappa
from primia_core.federation.closing import close
from primia_core.federation.errors import NoDataError, StepError
from primia_core.federation.layout import GROUPS, Layout
from primia_core.federation.plan import Plan
from primia_core.federation.schedule import next_step
from primia_core.federation.site_work import SiteWork, perform
from primia_core.federation.state import RunState
from primia_core.federation.steps import Step
from primia_core.imaging import Normalisation, Pixels, PixelSums
from primia_core.models import build_model
from primia_core.training import predict
from tests.core.federation.conftest import IMAGE_SIZE, SITES, Squares
from tests.core.federation.encoded import watch_encoding

Sums = dict[str, np.ndarray]


def _initial(plan: Plan) -> dict[str, torch.Tensor]:
    return dict(build_model(plan.model, seed=1).state_dict())


def _step(plan: Plan, state: RunState) -> Step:
    step = next_step(plan, state, Layout.of(_initial(plan)))
    assert isinstance(step, Step)
    return step


def _sum(works: list[SiteWork]) -> Sums:
    names = works[0].vectors
    return {name: np.sum([work.vectors[name] for work in works], axis=0, dtype=np.uint32) for name in names}


def _labels(plan: Plan, state: dict[str, torch.Tensor], pixels: Pixels, normalisation: Normalisation) -> np.ndarray:
    network = build_model(plan.model, seed=0)
    network.load_state_dict(state)
    return predict(network, pixels, normalisation).probabilities.argmax(1)


@pytest.fixture
def ready(plan: Plan, known_normalisation: Normalisation) -> Plan:
    """Return a plan that begins with training."""
    return plan.model_copy(update={"data": plan.data.model_copy(update={"normalisation": known_normalisation})})


def test_statistics_are_those_of_the_pool(plan: Plan, data: dict[str, Squares]) -> None:
    step = _step(plan, RunState())
    works = [perform(plan, step, RunState(), data[site], None) for site in SITES]
    result, model = close(plan, step, RunState(), _sum(works), SITES, None)
    assert model is None
    pixels = np.concatenate([data[site].split("train").images for site in SITES])
    labels = np.concatenate([data[site].split("train").labels for site in SITES])
    assert result.statistics is not None
    assert result.statistics.normalisation == PixelSums.of(pixels).normalisation()
    assert result.statistics.class_counts == tuple(np.bincount(labels))


def test_a_round_is_the_weighted_mean_of_the_updates_within_the_bound(
    ready: Plan, data: dict[str, Squares], monkeypatch: pytest.MonkeyPatch
) -> None:
    step, start = _step(ready, RunState()), _initial(ready)
    seen = watch_encoding(monkeypatch)
    works = [perform(ready, step, RunState(), data[site], start) for site in SITES]
    result, after = close(ready, step, RunState(), _sum(works), SITES, start)
    assert after is not None
    assert result.update is not None
    weights = [(n, values) for group, n, values in seen if group == "weights"]
    clip = ready.aggregation.clip_weights
    mean = sum(n * np.clip(v.astype(np.float64), -clip, clip) for n, v in weights) / sum(n for n, _ in weights)
    moved = Layout.of(start).flatten(after, "weights") - Layout.of(start).flatten(start, "weights").astype(np.float64)
    assert np.max(np.abs(moved - mean)) <= result.update.error_bound + 2e-7  # and float32 of the weight itself
    assert result.update.samples == sum(n for n, _ in weights)
    assert result.model_after != result.model_before


def test_the_summed_model_labels_images_as_the_mean_of_the_same_updates_does(
    ready: Plan, data: dict[str, Squares], known_normalisation: Normalisation, monkeypatch: pytest.MonkeyPatch
) -> None:
    step, start = _step(ready, RunState()), _initial(ready)
    seen = watch_encoding(monkeypatch)
    works = [perform(ready, step, RunState(), data[site], start) for site in SITES]
    _, after = close(ready, step, RunState(), _sum(works), SITES, start)
    layout, mean = Layout.of(start), dict(start)
    for group in GROUPS:
        given = [(n, v.astype(np.float64)) for each, n, v in seen if each == group]
        change = sum(n * v for n, v in given) / sum(n for n, _ in given)
        mean.update(layout.unflatten((layout.flatten(start, group) + change).astype(np.float32), group))
    unseen = Squares(9, 600).split("train")
    labels = [_labels(ready, state, unseen, known_normalisation) for state in (after, mean)]
    assert len(np.unique(labels[1])) > 1
    assert kappa(confusion_matrix(*labels, classes=len(ready.data.classes))) >= 0.98


def test_closing_twice_gives_the_same_bits(ready: Plan, data: dict[str, Squares]) -> None:
    step, start = _step(ready, RunState()), _initial(ready)
    sums = _sum([perform(ready, step, RunState(), data[site], start) for site in SITES])
    first, one = close(ready, step, RunState(), sums, SITES, start)
    second, two = close(ready, step, RunState(), sums, list(reversed(SITES)), start)
    assert first == second
    assert one is not None
    assert two is not None
    assert all(torch.equal(one[name], two[name]) for name in one)


def test_clipped_coordinates_are_counted(ready: Plan, data: dict[str, Squares]) -> None:
    tight = ready.model_copy(update={"aggregation": ready.aggregation.model_copy(update={"clip_weights": 1e-4})})
    step, start = _step(tight, RunState()), _initial(tight)
    works = [perform(tight, step, RunState(), data[site], start) for site in SITES]
    result, _ = close(tight, step, RunState(), _sum(works), SITES, start)
    assert result.update is not None
    assert result.update.saturated["weights"] > 0


def test_sums_of_another_step_are_refused(ready: Plan, data: dict[str, Squares]) -> None:
    step, start = _step(ready, RunState()), _initial(ready)
    sums = _sum([perform(ready, step, RunState(), data[site], start) for site in SITES])
    short = {**sums, "update.weights": sums["update.weights"][:-1]}
    with pytest.raises(StepError, match=r"update\.weights"):
        close(ready, step, RunState(), short, SITES, start)
    with pytest.raises(StepError, match="there is none"):
        close(ready, step, RunState(), sums, SITES, None)


def test_a_site_without_validation_images_says_so(ready: Plan) -> None:
    class Empty(Squares):
        def split(self, name: str) -> Pixels:
            if name != "validation":
                return super().split(name)
            return Pixels(images=np.zeros((0, 1, IMAGE_SIZE, IMAGE_SIZE), np.uint8), labels=np.zeros(0, np.int64))

    with pytest.raises(NoDataError, match="0 validation images"):
        perform(ready, _step(ready, RunState()), RunState(), Empty(0), _initial(ready))
