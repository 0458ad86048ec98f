"""What an agent refuses: plans that its site has not signed, steps that they do not derive, tasks that keep coming."""

import base64

import pytest

from primia_core.federation.plan import Aggregation, PlanSite, Strategy
from primia_core.imaging import UnreadableImageError
from primia_core.training.config import LocalTraining
from tests.workers.link.fake_hub import sha256_of
from tests.workers.site.hospitals import JOB, STILL, dump
from workers.link import LeasedTask
from workers.link.errors import AlreadyRunning
from workers.site.agent import Agent
from workers.site.errors import NotApproved, PlanRefused
from workers.site.policy import SitePolicy
from workers.site.runner import run


def review(federation, plan, slug="basel"):
    return federation.ask(slug, "plan.review", {"plan": plan.to_json(), "job": JOB})


def test_an_approval_is_signed_by_the_sites_own_key_over_the_plan_hash(federation):
    answer = review(federation, federation.plan)
    assert answer["decision"] == "approve"
    assert answer["plan_hash"] == federation.plan.hash
    public = federation.agents["basel"].identity.public
    message = b"primia plan approval v1" + bytes.fromhex(federation.plan.hash)
    public.verify(message, base64.b64decode(answer["signature"]))
    assert review(federation, federation.plan) == answer


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"aggregation": Aggregation(secure=False, min_survivors=3)}, "no secure aggregation"),
        ({"aggregation": Aggregation(min_survivors=2)}, "at least 3"),
        ({"strategy": Strategy(rounds=201)}, "201 rounds"),
        ({"training": LocalTraining(steps=None, epochs=21, augmentation=STILL)}, "21 local epochs"),
        ({"training": LocalTraining(steps=10_001, augmentation=STILL)}, "10001 local steps"),
    ],
)
def test_a_plan_against_the_policy_is_refused_with_the_reason(federation, change, says):
    answer = review(federation, federation.make_plan(**change))
    assert answer["decision"] == "refuse"
    assert says in answer["reason"]
    assert answer["signature"] == ""


def test_a_plan_about_another_cohort_coordinator_or_key_is_refused(federation):
    own = federation.plan_site("basel")
    other = federation.agents["coimbra"].identity.public
    sites = {site: federation.plan_site(site) for site in ("aalborg", "coimbra")}

    def roster(basel: PlanSite):
        return (sites["aalborg"], basel, sites["coimbra"])

    stale = own.model_copy(update={"dataset_version": "0" * 64})
    assert "version" in review(federation, federation.make_plan(roster=roster(stale)))["reason"]
    stolen = own.model_copy(update={"identity": other.to_json(), "fingerprint": other.fingerprint})
    assert "other keys" in review(federation, federation.make_plan(roster=roster(stolen)))["reason"]
    mixed = own.model_copy(update={"fingerprint": other.fingerprint})
    assert "do not belong together" in review(federation, federation.make_plan(roster=roster(mixed)))["reason"]
    forged = federation.make_plan(coordinator=other.to_json())
    assert "coordinator" in review(federation, forged)["reason"]


def test_an_unreadable_plan_is_an_error_not_an_approval(federation):
    error = federation.refused("basel", "plan.review", {"plan": {"title": "x"}, "job": JOB})
    assert error["code"] == PlanRefused.code


def test_nothing_is_done_for_a_plan_that_was_not_signed(federation):
    step = federation.next_step()
    for kind, payload in {
        "secagg.advertise": {"spec": dump(federation.spec(step))},
        "step.submit": federation.submit_payload(step, None, None),
        "step.apply": {**federation.submit_payload(step, None, None), "artifact": "0" * 64, "aggregate": {}},
    }.items():
        assert federation.refused("basel", kind, payload)["code"] == NotApproved.code
    assert federation.hub.blobs == {}


def test_a_secure_plan_submits_nothing_without_a_session(federation):
    federation.review()
    payload = federation.submit_payload(federation.next_step(), None, None)
    assert federation.refused("basel", "step.submit", payload)["code"] == "site.step_refused"
    assert federation.hub.blobs == {}


def test_a_step_that_the_plan_does_not_derive_is_refused(federation):
    federation.review()
    step = federation.next_step()
    _, payloads = federation.until_submit(step)
    other = {**payloads["basel"]["step"], "vectors": payloads["basel"]["step"]["vectors"][:1]}
    error = federation.refused("basel", "step.submit", {**payloads["basel"], "step": other})
    assert error["code"] == "site.step_refused"


def test_results_other_than_the_sites_own_are_refused(federation):
    federation.review()
    federation.take(federation.next_step())
    results = federation.state.results
    statistics = results[0].statistics.model_copy(update={"pixels": 1})
    lied = federation.state.model_copy(update={"results": (results[0].model_copy(update={"statistics": statistics}),)})
    step = federation.next_step()
    payload = {**federation.submit_payload(step, "0" * 64, {}), "run_state": lied.model_dump(mode="json")}
    error = federation.refused("basel", "step.submit", payload)
    assert error["code"] == "site.step_refused"
    assert "something else than this site computed" in error["message"]


@pytest.mark.parametrize(
    "change",
    [
        {"job": "another-job"},
        {"min_survivors": 2},
        {"plan_hash": "0" * 64},
        {"dataset_versions": {"aalborg": "0" * 64, "basel": "0" * 64, "coimbra": "0" * 64}},
    ],
)
def test_a_session_that_is_not_the_plans_is_refused(federation, change):
    federation.review()
    spec = federation.spec(federation.next_step(), **change)
    assert "code" in federation.refused("basel", "secagg.advertise", {"spec": dump(spec)})


def test_a_session_with_another_coordinator_or_member_is_refused(federation):
    federation.review()
    step = federation.next_step()
    other = federation.agents["coimbra"].identity.public.to_json()
    spec = federation.spec(step, coordinator=other)
    assert federation.refused("basel", "secagg.advertise", {"spec": dump(spec)})["code"] == "secagg.mixed_plan"


def test_a_sum_that_was_tampered_with_changes_nothing(federation):
    federation.review()
    step = federation.next_step()
    hub, payloads = federation.until_submit(step)
    results = {slug: federation.ask(slug, "step.submit", payloads[slug]) for slug in payloads}
    payload = federation.finish(step, hub, results)
    content = bytearray(federation.hub.readable[payload["artifact"]])
    content[0] ^= 1
    federation.hub.readable[sha256_of(bytes(content))] = bytes(content)
    error = federation.refused("basel", "step.apply", {**payload, "artifact": sha256_of(bytes(content))})
    assert error["code"] == "secagg.aggregate_mismatch"
    federation.apply(payload)


def test_a_task_that_keeps_coming_is_answered_with_an_error(federation):
    task = federation.task("secagg.advertise", {"spec": {}})
    assert run(federation.agents["basel"], LeasedTask(task.id, task.kind, task.payload, 9, 30.0)) == "answered"
    assert task.answer["error"]["code"] == "site.too_many_deliveries"


def test_a_crash_of_the_agents_own_code_is_told_without_its_details(federation):
    task = federation.task("secagg.consent", {})
    assert federation.deliver("basel", task) == "answered"
    assert task.answer["error"] == {
        "code": "site.crashed",
        "message": "the agent failed with KeyError; the site's own log has the details",
        "phase": "",
    }


def test_an_error_about_images_is_told_by_its_code_alone(federation, monkeypatch):
    federation.review()
    step = federation.next_step()
    _, payloads = federation.until_submit(step)

    def unreadable(*_):
        raise UnreadableImageError("/pacs/miller_john.dcm cannot be read")

    monkeypatch.setattr(federation.agents["basel"].cohort, "pixels", unreadable)
    error = federation.refused("basel", "step.submit", payloads["basel"])
    assert error["code"] == UnreadableImageError.code
    assert "miller" not in str(error)


def test_a_cancelled_and_a_lost_task_end_without_an_answer(federation):
    federation.review()
    step = federation.next_step()
    _, payloads = federation.until_submit(step)
    agent = federation.agents["basel"]
    for state in ({"cancelled": True}, {"state": "done"}):
        task = federation.task("step.submit", payloads["basel"])
        vars(task).update(state)
        real = agent.cohort.pixels

        def slow(size, progress, task=task, real=real):
            progress(1, 2)
            federation.hub.wait_for(lambda: task.renewals)
            return real(size)

        agent.cohort.pixels = slow
        try:
            assert federation.deliver("basel", task) == "dropped"
        finally:
            agent.cohort.pixels = real
        assert task.answers == []
    assert not any(federation.hub.blobs.values())


def test_a_roster_that_changes_by_one_is_blocked_where_the_policy_says_so(make_federation):
    federation = make_federation(policy=SitePolicy(approval="auto", changed_roster="block"))
    federation.review()
    agent = federation.agents["basel"]
    step = federation.next_step()
    agent.aggregations._check_change(federation.spec(step), ("aalborg", "basel"))
    federation.take(step)
    spec = federation.spec(federation.next_step())
    agent.aggregations._check_change(spec, ("aalborg", "basel", "coimbra"))
    with pytest.raises(Exception, match="changed_roster"):
        agent.aggregations._check_change(spec, ("aalborg", "basel"))


def test_one_folder_has_one_agent(federation):
    with pytest.raises(AlreadyRunning):
        Agent(federation.agents["basel"].folder)
