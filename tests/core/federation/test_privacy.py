"""Private plans: what they refuse, what leaves a site, how much noise the sum has, and how such a job runs."""

from pathlib import Path

import numpy as np
import pytest
from pydantic import ValidationError

from primia_core.federation.errors import TooFewForNoise
from primia_core.federation.layout import Layout
from primia_core.federation.plan import Plan, Strategy
from primia_core.federation.privacy_terms import a_round_of, check_quorum, grid_of, honest_sites
from primia_core.federation.schedule import Finished, next_step
from primia_core.federation.site_work import perform
from primia_core.federation.state import RunState
from primia_core.federation.steps import train_step
from primia_core.imaging import Normalisation
from primia_core.models import ModelSpec, build_model
from primia_core.models.weights import state_hash
from primia_core.privacy import PrivacyPlan
from primia_core.privacy.accounting import Steps
from tests.core.federation.conftest import Squares
from tests.core.federation.test_simulation import _build

GROUP = ModelSpec(name="small_cnn", normalisation="group")
WEIGHTS = build_model(GROUP, seed=1).state_dict()
NOBODY = 1e-18
"""A sample rate at which no patient is ever drawn, so that a sum is noise alone."""


def private(plan: Plan, mode: str, rate: float = 0.5, noise: float = 0.5, **changed) -> Plan:
    """Return a plan that promises privacy."""
    local = mode == "local"
    values = {
        **plan.model_dump(),
        "model": GROUP,
        "initial_model": state_hash(WEIGHTS),
        "data": {**plan.data.model_dump(), "normalisation": Normalisation(mean=0.25, std=0.2)},
        "training": {**plan.training.model_dump(), "steps": 4 if local else 1, "batch_size": 16},
        "strategy": Strategy(name="fedavg" if local else "fedsgd", rounds=3),
        "privacy": PrivacyPlan(mode=mode, noise_multiplier=noise, sample_rate=rate, delta=1e-5, max_physical_batch=64),
        **changed,
    }
    return Plan.model_validate(values)


def of_training(plan: Plan, **changed) -> dict:
    return {**private(plan, "local").training.model_dump(), **changed}


@pytest.mark.parametrize(
    ("mode", "change", "says"),
    [
        ("local", lambda p: {"model": ModelSpec(name="small_cnn")}, "BatchNorm"),
        ("local", lambda p: {"training": of_training(p, steps=None, epochs=1)}, "epochs"),
        ("local", lambda p: {"training": of_training(p, class_weights="pooled")}, "weighs classes"),
        ("local", lambda p: {"training": of_training(p, mixup_alpha=0.2)}, "mixup"),
        ("local", lambda p: {"training": of_training(p, exhausted_sites="keep_last")}, "not sampled"),
        ("local", lambda p: {"data": p.data.model_copy(update={"normalisation": None})}, "pixel statistics"),
        ("local", lambda p: {"strategy": Strategy(name="fedsgd", rounds=3)}, "local steps"),
        ("distributed", lambda p: {"strategy": Strategy(name="fedavg", rounds=3)}, "sum of gradients"),
        ("distributed", lambda p: {"training": of_training(p, steps=5)}, "steps is 5"),
        ("distributed", lambda p: {"aggregation": p.aggregation.model_copy(update={"secure": False})}, "secure sum"),
    ],
)
def test_a_plan_that_cannot_keep_its_promise_is_refused_with_the_reason(plan: Plan, mode, change, says) -> None:
    with pytest.raises(ValidationError, match="cannot keep it") as caught:
        private(plan, mode, **change(plan))
    assert says in str(caught.value)


def test_nothing_but_the_noisy_update_and_validation_counts_leave(plan: Plan, data: dict[str, Squares]) -> None:
    for mode in ("local", "distributed"):
        told = private(plan, mode)
        step = train_step(told, 0, 1, told.initial_model, Layout.of(WEIGHTS))
        work = perform(told, step, RunState(), data["basel"], WEIGHTS)
        assert set(work.vectors) == {"update.weights", "validation.confusion", "validation.loss"}
        assert {spec.name for spec in step.vectors} == set(work.vectors)


def test_each_sites_vector_holds_its_share_of_the_noise_before_masking(plan: Plan, data: dict[str, Squares]) -> None:
    """Nobody is drawn, so that without noise the vector would be zero, and two answers would be equal."""
    told = private(plan, "distributed", rate=NOBODY, noise=1.5)
    layout = Layout.of(WEIGHTS)
    step = train_step(told, 0, 1, told.initial_model, layout)
    grid = grid_of(told, layout.length("weights"))
    vectors = [perform(told, step, RunState(), data[s], WEIGHTS).vectors["update.weights"] for s in data]
    for words in vectors:
        assert words.view(np.int32).std() == pytest.approx(grid.sigma, rel=0.02)
    assert not np.array_equal(vectors[0], vectors[1])
    honest = honest_sites(told)
    summed = np.sum([v.view(np.int32).astype(np.int64) for v in vectors[:honest]], axis=0)
    assert summed.std() >= 0.98 * 1.5 * grid.sensitivity, "the honest sites alone make the promised noise"


@pytest.mark.parametrize(("sites", "honest"), [(3, 1), (4, 2), (10, 4), (100, 34)])
def test_noise_is_sized_for_the_sites_that_no_adversary_knows(plan: Plan, sites: int, honest: int) -> None:
    member = plan.roster[0]
    roster = tuple(member.model_copy(update={"site": f"site-{n:03}"}) for n in range(sites))
    told = private(plan, "distributed", roster=roster)
    assert honest_sites(told) == honest
    grid = grid_of(told, 1000)
    assert grid.sigma * honest**0.5 == pytest.approx(0.5 * grid.sensitivity)


def test_an_attempt_over_fewer_sites_than_the_noise_is_sized_for_is_refused(plan: Plan) -> None:
    member = plan.roster[0]
    roster = tuple(member.model_copy(update={"site": f"site-{n:03}"}) for n in range(10))
    shared, own = private(plan, "distributed", roster=roster), private(plan, "local", roster=roster)
    check_quorum(shared, 7)
    check_quorum(own, 3)
    with pytest.raises(TooFewForNoise, match="over 6 sites, and the noise is sized for 7"):
        check_quorum(shared, 6)


def test_epsilon_counts_every_local_step_and_every_sum(plan: Plan) -> None:
    assert a_round_of(private(plan, "local")) == Steps(0.5, 0.5, 4)
    assert a_round_of(private(plan, "distributed")) == Steps(0.5, 0.5, 1)


@pytest.mark.parametrize("mode", ["local", "distributed"])
def test_a_private_job_runs_to_its_end_under_secure_aggregation(plan: Plan, tmp_path: Path, monkeypatch, mode) -> None:
    told = private(plan, mode)
    monkeypatch.setattr(
        "tests.core.federation.test_simulation.build_model", lambda spec, seed: build_model(GROUP, seed=1)
    )
    result = _build(told, tmp_path).run()
    assert [r.kind for r in result.state.results] == ["train"] * 3 + ["evaluate"] * 2
    for done in result.state.results[:3]:
        assert done.update is not None
        assert (done.update.samples, done.update.mean_loss, done.update.stopped_early) == (None, None, None)
        assert done.update.saturated == {}
        assert 0 < done.update.largest_change < 1
    assert result.finished.reason == "all_rounds"


def test_a_distributed_step_is_the_noisy_mean_times_the_rate(plan: Plan, tmp_path: Path, monkeypatch) -> None:
    """Nobody is drawn: the weights move by noise whose spread follows from the plan alone."""
    told = private(plan, "distributed", rate=NOBODY, noise=2.0, strategy=Strategy(name="fedsgd", rounds=1))
    monkeypatch.setattr(
        "tests.core.federation.test_simulation.build_model", lambda spec, seed: build_model(GROUP, seed=1)
    )
    simulation = _build(told, tmp_path)
    layout = Layout.of(WEIGHTS)
    simulation.take(next_step(told, RunState(), layout))
    after = simulation._models[simulation.state.results[0].model_after]
    moved = layout.flatten(after, "weights") - layout.flatten(WEIGHTS, "weights")
    grid = grid_of(told, layout.length("weights"))
    in_units_of_clip = 3**0.5 * grid.sigma / grid.clip_steps
    wanted = told.training.learning_rate * in_units_of_clip / (16 * 3)
    assert moved.std() == pytest.approx(wanted, rel=0.02)


def test_a_spent_budget_ends_the_rounds_and_keeps_the_last_model(plan: Plan, tmp_path: Path, monkeypatch) -> None:
    told = private(plan, "local")
    monkeypatch.setattr(
        "tests.core.federation.test_simulation.build_model", lambda spec, seed: build_model(GROUP, seed=1)
    )
    simulation = _build(told, tmp_path)
    simulation.take(next_step(told, simulation.state, simulation._layout))
    simulation.state = simulation.state.model_copy(update={"ended": "budget"})
    result = simulation.run()
    assert [r.kind for r in result.state.results] == ["train", "evaluate", "evaluate"]
    assert isinstance(result.finished, Finished)
    assert (result.finished.reason, result.finished.best_round) == ("budget", 1)
