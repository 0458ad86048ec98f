"""The privacy ledger of a site: charged before an answer leaves, once, and the end of what would pass the budget."""

import pytest

from primia_core.federation.plan import DataPlan, Plan, Strategy
from primia_core.federation.privacy_terms import a_round_of
from primia_core.federation.schedule import Finished, next_step
from primia_core.imaging import Normalisation
from primia_core.models import build_model
from primia_core.models.spec import ModelSpec
from primia_core.models.weights import state_hash
from primia_core.privacy import PrivacyPlan
from primia_core.privacy.accounting import epsilon
from primia_core.training.config import LocalTraining
from tests.workers.site.hospitals import CLASSES, JOB, SITES, STILL, Federation, dump
from workers.site.policy import SitePolicy

GROUP = ModelSpec(name="small_cnn", normalisation="group")
STUDY = "chest-xray-pneumonia"
TWO_ROUNDS = 6.677
"""Of two rounds of two steps: the budget of the tests that reach one."""


def private(federation: Federation, **changes) -> Plan:
    fields = {
        "model": GROUP,
        "initial_model": state_hash(build_model(GROUP, seed=3).state_dict()),
        "data": DataPlan(classes=CLASSES, image_size=16, normalisation=Normalisation(mean=0.3, std=0.2)),
        "training": LocalTraining(steps=2, batch_size=8, augmentation=STILL),
        "strategy": Strategy(rounds=2),
        "privacy": PrivacyPlan(noise_multiplier=1.0, sample_rate=0.5, delta=1e-5),
        **changes,
    }
    return federation.make_plan(**fields)


def follow(federation: Federation, plan: Plan) -> None:
    """Have the federation ask for this plan from its beginning."""
    federation.plan, federation.state = plan, type(federation.state)()
    federation.weights[plan.initial_model] = build_model(GROUP, seed=3).state_dict()
    federation.layout = type(federation.layout).of(federation.weights[plan.initial_model])


@pytest.fixture
def with_budget(make_federation):
    def make(budget: float = TWO_ROUNDS, **policy) -> Federation:
        federation = make_federation(policy=SitePolicy(approval="auto", epsilon_budget=budget, **policy))
        follow(federation, private(federation))
        return federation

    return make


def ledger(federation: Federation, slug: str = "basel"):
    return federation.agents[slug].approvals.spending


def test_every_round_is_charged_once_and_told_with_its_answer(with_budget):
    federation = with_budget()
    federation.review()
    step = federation.next_step()
    hub, payloads = federation.until_submit(step)
    assert ledger(federation).entries(STUDY) == []
    results = {slug: federation.ask(slug, "step.submit", payloads[slug]) for slug in SITES}
    again = federation.ask("basel", "step.submit", payloads["basel"])
    assert again == results["basel"]
    (entry,) = ledger(federation).entries(STUDY)
    assert (entry.job, entry.round, entry.steps) == (JOB, 1, a_round_of(federation.plan))
    one = epsilon([a_round_of(federation.plan)], 1e-5)
    assert results["basel"]["privacy"] == {
        "study": STUDY, "rounds": 1, "steps": 2, "epsilon": one, "cumulative": one, "delta": 1e-5, "budget": TWO_ROUNDS,
    }  # fmt: skip
    federation.apply(federation.finish(step, hub, results))
    federation.take(federation.next_step())
    assert ledger(federation).cumulative(STUDY) == pytest.approx(TWO_ROUNDS, abs=1e-3)


def test_what_was_charged_outlives_the_agent(with_budget):
    federation = with_budget()
    federation.review()
    federation.take(federation.next_step())
    before = ledger(federation).to_json()
    federation.open("basel")
    assert ledger(federation).to_json() == before
    assert before["studies"][0]["jobs"][0]["rounds"] == 1


def test_a_plan_that_would_pass_the_budget_is_refused_with_the_figures(with_budget):
    federation = with_budget(budget=TWO_ROUNDS - 0.01)
    answer = federation.ask("basel", "plan.review", {"plan": federation.plan.to_json(), "job": JOB})
    assert answer["decision"] == "refuse"
    assert f"would be {TWO_ROUNDS:.3f}" in answer["reason"]
    assert answer["privacy"]["cumulative"] == 0


def test_a_job_that_reaches_the_budget_in_the_middle_stops_and_its_last_model_is_examined(with_budget):
    federation = with_budget()
    long, short = federation.plan, private(federation, title="another job", strategy=Strategy(rounds=1))
    federation.review()
    federation.plan = short
    federation.review()  # each fits alone
    for slug in SITES:
        ledger(federation, slug).charge(short, job="another", round_number=1, model_hash=short.initial_model)
    follow(federation, long)
    federation.take(federation.next_step())
    step = federation.next_step()
    error = federation.refused("basel", "secagg.advertise", {"spec": dump(federation.spec(step))})
    assert error["code"] == "site.budget_reached"
    assert f"the budget is {TWO_ROUNDS:g}" in error["message"]
    assert ledger(federation).cumulative(STUDY) == pytest.approx(TWO_ROUNDS, abs=1e-3)
    federation.state = federation.state.model_copy(update={"ended": "budget"})
    kinds = []
    while not isinstance(next_step(federation.plan, federation.state, federation.layout), Finished):
        kinds.append(federation.next_step().kind)
        federation.take(federation.next_step())
    assert kinds == ["evaluate", "evaluate"]
    assert next_step(federation.plan, federation.state, federation.layout).reason == "budget"


def test_a_plain_submission_is_refused_before_any_work_when_nothing_is_left(with_budget, make_federation):
    policy = SitePolicy(approval="auto", epsilon_budget=TWO_ROUNDS, require_secure=False)
    federation = make_federation(secure=False, policy=policy)
    follow(federation, private(federation))
    federation.review()
    spending = ledger(federation)
    for number in (1, 2):
        spending.charge(federation.plan, job="x", round_number=number, model_hash=f"{number:064x}")
    step = federation.next_step()
    error = federation.refused("basel", "step.submit", federation.submit_payload(step, None, None))
    assert error["code"] == "site.budget_reached"
    assert not list(federation.agents["basel"].folder.local.glob("*.words"))


@pytest.mark.parametrize(
    ("policy", "privacy", "says"),
    [
        ({"delta_max": 1e-6}, {}, "delta_max"),
        ({}, {"unit": "image"}, "whole patients"),
        ({"require_privacy": True}, None, "requires it"),
    ],
)
def test_a_site_refuses_promises_that_are_too_weak_for_it(with_budget, policy, privacy, says):
    federation = with_budget(budget=100.0, **policy)
    kept = federation.plan.privacy
    plan = private(federation, privacy=kept.model_copy(update=privacy) if privacy is not None else None)
    answer = federation.ask("basel", "plan.review", {"plan": plan.to_json(), "job": JOB})
    assert answer["decision"] == "refuse"
    assert says in answer["reason"]


def test_a_site_may_keep_its_ledger_to_itself(with_budget):
    federation = with_budget(publish_budget=False)
    answer = federation.ask("basel", "plan.review", {"plan": federation.plan.to_json(), "job": JOB})
    assert answer["decision"] == "approve"
    assert "privacy" not in answer
