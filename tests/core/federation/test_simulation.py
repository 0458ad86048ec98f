"""A whole job in one process: it learns, secure equals plain to the bit, and survives sites that leave."""

from pathlib import Path

import numpy as np
import pytest
import torch

from primia_core.federation.plan import Plan, PlanSite, Strategy
from primia_core.federation.simulation import Phase, SimulatedSite, Simulation
from primia_core.federation.site_work import SiteWork
from primia_core.federation.steps import Step
from primia_core.models import build_model
from primia_core.secagg import Identity
from tests.core.federation.conftest import Squares, sha256


def _build(plan: Plan, folder: Path, sites: int = 3, **options: object) -> Simulation:
    names = [f"site-{index}" for index in range(sites)]
    identities = {name: Identity.create(folder / name, name) for name in names}
    hub = Identity.create(folder / "hub", "hub")
    roster = tuple(
        PlanSite(
            site=name,
            name=name,
            fingerprint=identity.public.fingerprint,
            identity=identity.public.to_json(),
            dataset_version=sha256(name),
        )
        for name, identity in identities.items()
    )
    plan = plan.model_copy(update={"roster": roster, "coordinator": hub.public.to_json()})
    nodes = {name: SimulatedSite(name, identities[name], Squares(seed)) for seed, name in enumerate(names)}
    return Simulation(plan, nodes, hub, build_model(plan.model, seed=1).state_dict(), **options)  # type: ignore[arg-type]


def test_a_secure_job_learns_and_is_tested_once(plan: Plan, tmp_path: Path) -> None:
    result = _build(plan, tmp_path).run()
    assert result.finished.test.mcc > 0.6
    assert result.finished.test.n == 3 * 15
    assert [r.kind for r in result.state.results] == ["statistics", *["train"] * 4, "evaluate", "evaluate"]
    assert all(r.survivors == ("site-0", "site-1", "site-2") for r in result.state.results)


def test_secure_and_plain_sums_of_the_same_answers_are_equal_to_the_bit(plan: Plan, tmp_path: Path) -> None:
    plain = plan.model_copy(update={"aggregation": plan.aggregation.model_copy(update={"secure": False})})
    secure_run, plain_run = _build(plan, tmp_path / "a"), _build(plain, tmp_path / "b")
    answers: dict[tuple[int, str], SiteWork] = {}

    class Same(Simulation):
        def answer(self, step: Step, name: str) -> SiteWork:
            if (step.number, name) not in answers:
                answers[step.number, name] = super().answer(step, name)
            return answers[step.number, name]

    for run in (secure_run, plain_run):
        run.__class__ = Same
        run.run()
    assert secure_run.state == plain_run.state


@pytest.mark.parametrize("phase", ["advertise", "share", "submit", "consent", "unmask"])
def test_a_round_closes_without_a_site_that_leaves_at(phase: Phase, plan: Plan, tmp_path: Path) -> None:
    plan = plan.model_copy(update={"strategy": Strategy(rounds=1)})

    def absent(site: str, at: Phase, step: Step) -> bool:
        return site == "site-2" and at == phase and step.kind == "train"

    result = _build(plan, tmp_path, sites=4, absent=absent).run()
    summed = result.state.results[1].survivors
    assert ("site-2" in summed) == (phase in ("consent", "unmask"))
    assert np.isfinite(result.finished.test.mcc)


@pytest.mark.parametrize("name", ["fedsgd", "fedprox"])
def test_the_other_strategies_learn(name: str, plan: Plan, tmp_path: Path) -> None:
    if name == "fedprox":
        strategy = Strategy(name="fedprox", mu=0.01, rounds=4)
    else:
        strategy = Strategy(name="fedsgd", rounds=25, server_learning_rate=10.0)
    clip = plan.aggregation.model_copy(update={"clip_weights": 4.0})
    plain = clip.model_copy(update={"secure": False})
    result = _build(plan.model_copy(update={"strategy": strategy, "aggregation": plain}), tmp_path).run()
    first, last = (result.state.evaluations("validation")[i] for i in (0, -1))
    assert last.mean_loss < 0.9 * first.mean_loss


def test_fedbn_layers_stay_at_the_site(plan: Plan, tmp_path: Path) -> None:
    run = _build(plan.model_copy(update={"strategy": Strategy(rounds=2, batch_norm="local")}), tmp_path)
    result = run.run()
    start = build_model(plan.model, seed=1).state_dict()
    one, two = (run.sites[name].local_layers or {} for name in ("site-0", "site-1"))
    assert one
    assert all(torch.equal(result.model[name], start[name]) for name in one), "the global model never saw them"
    assert any(not torch.equal(one[name], two[name]) for name in one), "each site has its own"
