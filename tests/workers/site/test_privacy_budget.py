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
from workers.site.errors import PlanRefused
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


OLDER = """
ALTER TABLE spent RENAME TO newer;
CREATE TABLE spent (
    study TEXT, plan_hash TEXT, model_hash TEXT, job TEXT, round INTEGER, noise_multiplier REAL, sample_rate REAL,
    steps INTEGER, delta REAL, charged_at TEXT, PRIMARY KEY (plan_hash, model_hash)
);
INSERT INTO spent SELECT study, plan_hash, model_hash, job, round, noise_multiplier, sample_rate, steps, delta,
    charged_at FROM newer;
DROP TABLE newer
"""
"""Turns the table of charges into what it was before it said for which answer each is."""


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


def lower_budget(federation: Federation, slug: str, budget: float) -> None:
    """Have a hospital allow less from now on."""
    folder = federation.agents[slug].folder
    settings = folder.settings()
    policy = settings.policy.model_copy(update={"epsilon_budget": budget})
    folder.write_settings(settings.model_copy(update={"policy": policy}))
    federation.open(slug)


def test_a_job_that_reaches_the_budget_in_the_middle_stops_and_its_last_model_is_examined(with_budget):
    federation = with_budget()
    federation.review()
    federation.take(federation.next_step())
    lower_budget(federation, "basel", TWO_ROUNDS - 0.01)
    step = federation.next_step()
    error = federation.refused("basel", "secagg.advertise", {"spec": dump(federation.spec(step))})
    assert error["code"] == "site.budget_reached"
    assert f"the budget is {TWO_ROUNDS - 0.01:g}" in error["message"]
    assert ledger(federation).cumulative(STUDY) == epsilon([a_round_of(federation.plan)], 1e-5)
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
        model = f"{number:064x}"
        spending.charge(federation.plan, job="x", round_number=number, model_hash=model, answer=model)
    step = federation.next_step()
    error = federation.refused("basel", "step.submit", federation.submit_payload(step, None, None))
    assert error["code"] == "site.budget_reached"
    assert not list(federation.agents["basel"].folder.local.glob("*.words"))


@pytest.fixture
def in_the_clear(make_federation):
    """Hospitals that submit one by one, so that a hub sees each answer."""

    def make(budget: float = 100.0) -> Federation:
        policy = SitePolicy(approval="auto", epsilon_budget=budget, require_secure=False)
        federation = make_federation(secure=False, policy=policy)
        follow(federation, private(federation))
        federation.review()
        return federation

    return make


def submit(federation: Federation) -> str:
    """Ask one hospital for the present step, as another task, and return the blob that it answers with."""
    step = federation.next_step()
    return federation.ask("basel", "step.submit", federation.submit_payload(step, None, None))["artifact"]


def test_an_answer_that_is_given_again_is_the_same_noise_and_is_charged_once(in_the_clear):
    federation = in_the_clear()
    assert submit(federation) == submit(federation)
    assert len(ledger(federation).entries(STUDY)) == 1


def test_a_closed_round_that_is_asked_again_is_other_noise_and_is_charged_again(in_the_clear):
    """A hub that asks the same round over and over would average the noise away."""
    federation = in_the_clear()
    federation.take(federation.next_step())
    (before,) = ledger(federation).entries(STUDY)
    federation.state = type(federation.state)()
    submit(federation)
    assert ledger(federation).entries(STUDY) == [before, before]


def test_a_closed_round_that_is_asked_again_is_refused_where_it_does_not_fit(in_the_clear):
    federation = in_the_clear(TWO_ROUNDS)
    federation.take(federation.next_step())
    federation.take(federation.next_step())
    federation.state = type(federation.state)()
    step = federation.next_step()
    error = federation.refused("basel", "step.submit", federation.submit_payload(step, None, None))
    assert error["code"] == "site.budget_reached"
    assert len(ledger(federation).entries(STUDY)) == 2


def test_charges_of_an_older_file_are_kept(with_budget):
    federation = with_budget()
    federation.review()
    federation.take(federation.next_step())
    before, database = ledger(federation).entries(STUDY), federation.agents["basel"].database
    with database.transaction() as connection:
        for statement in OLDER.split(";"):
            connection.execute(statement)
    federation.open("basel")
    assert ledger(federation).entries(STUDY) == before


def review(federation: Federation, plan: Plan, job: str = JOB) -> dict:
    return federation.ask("basel", "plan.review", {"plan": plan.to_json(), "job": job})


def test_a_signed_job_has_its_rounds_reserved_until_it_ends(with_budget):
    federation = with_budget()
    other = private(federation, title="another job", strategy=Strategy(rounds=1))
    federation.review()
    refused = review(federation, other, "job 2")
    assert refused["decision"] == "refuse"
    assert f"epsilon is 0.000 now, {TWO_ROUNDS:.3f} with what is reserved for other jobs" in refused["reason"]
    (study,) = ledger(federation).to_json()["studies"]
    assert study["reserved"] == pytest.approx(TWO_ROUNDS, abs=1e-3)
    assert study["reservations"] == [{"job": JOB, "plan_hash": federation.plan.hash, "rounds": 2, "steps": 4}]

    federation.take(federation.next_step())
    (study,) = ledger(federation).to_json()["studies"]
    assert [one["rounds"] for one in study["reservations"]] == [1]
    assert study["epsilon"] + study["reserved"] == pytest.approx(TWO_ROUNDS, abs=1e-3)

    federation.ask("basel", "plan.close", {"job": JOB, "plan_hash": federation.plan.hash})
    (study,) = ledger(federation).to_json()["studies"]
    assert (study["reserved"], study["reservations"]) == (0, [])
    assert review(federation, other, "job 2")["reason"] == refused["reason"], "one job has one answer"
    assert review(federation, other, "job 3")["decision"] == "approve", "another job is looked at anew"


def test_the_plan_of_a_job_that_has_ended_is_not_signed_for_another(with_budget):
    federation = with_budget()
    federation.review()
    federation.ask("basel", "plan.close", {"job": JOB, "plan_hash": federation.plan.hash})
    assert review(federation, federation.plan)["decision"] == "approve", "the job itself keeps its answer"
    again = review(federation, federation.plan, "job 2")
    assert (again["decision"], again["signature"]) == ("refuse", "")
    assert "another title or seed" in again["reason"]


def test_no_round_of_a_job_that_has_ended_leaves(with_budget):
    federation = with_budget()
    federation.review()
    federation.ask("basel", "plan.close", {"job": JOB, "plan_hash": federation.plan.hash})
    error = federation.refused("basel", "secagg.advertise", {"spec": dump(federation.spec(federation.next_step()))})
    assert error["code"] == "site.step_refused"
    assert "has ended" in error["message"]
    assert ledger(federation).entries(STUDY) == []


def test_a_plan_whose_job_ended_before_a_person_signed_it_cannot_be_signed(make_federation):
    federation = make_federation(policy=SitePolicy(approval="manual"))
    follow(federation, private(federation))
    approvals = federation.agents["basel"].approvals
    assert approvals.review(federation.plan.to_json(), JOB).state == "pending"
    federation.ask("basel", "plan.close", {"job": JOB, "plan_hash": federation.plan.hash})
    assert approvals.get(federation.plan.hash).reason == "its job ended before it was signed"
    with pytest.raises(PlanRefused, match="its job has ended"):
        approvals.approve(federation.plan.hash, by="ada")


def test_hearing_of_the_end_of_a_job_that_was_never_seen_changes_nothing(with_budget):
    federation = with_budget()
    federation.ask("basel", "plan.close", {"job": JOB, "plan_hash": federation.plan.hash})
    assert review(federation, federation.plan)["decision"] == "approve"


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
