"""Leasing, renewing and answering over HTTP."""

import threading
import time
from datetime import timedelta

import httpx
import pytest
from django.utils import timezone

from backend.apps.jobs.models import SiteTask
from backend.apps.jobs.services.site_tasks import MAX_DELIVERIES, site_task_expire

ANSWER = {"result": {"decision": "approve", "signature": "c2ln", "plan_hash": "0" * 64}}


def test_a_site_without_a_known_credential_is_refused(mailbox):
    for headers in ({}, {"Authorization": "Site nobody"}, {"Authorization": "Bearer x"}):
        answer = httpx.post(mailbox.address + "lease", headers=headers, json={})
        assert (answer.status_code, answer.json()["code"]) == (401, "federations.credential_unknown")


def test_addresses_methods_and_bodies_that_do_not_exist_are_refused_by_name(mailbox):
    assert mailbox.north.post("nothing", json={}).json()["code"] == "link.unknown_path"
    assert mailbox.north.get("hello").json()["code"] == "link.method"
    assert mailbox.north.post("hello", content=b"[1]").json()["code"] == "request.invalid"
    fields = mailbox.north.post("hello", json={"protocol": 1, "misspelt": 2}).json()["fields"]
    assert set(fields) == {"agent_version", "time", "misspelt"}


def test_hello_probes_version_and_clock(mailbox):
    now = timezone.now()

    def greet(**changes):
        return mailbox.north.post(
            "hello", json={"agent_version": "1", "protocol": 1, "time": now.isoformat(), **changes}
        ).json()

    assert greet()["site"] == "north"
    assert greet(protocol=2)["code"] == "link.protocol"
    assert greet(time=(now - timedelta(minutes=10)).isoformat())["code"] == "link.clock"
    mailbox.site.refresh_from_db()
    assert mailbox.site.agent_version == "1"
    assert mailbox.site.last_seen_at >= now


def test_a_task_is_leased_renewed_and_answered_once(mailbox):
    task = mailbox.queue("plan.review", {"plan": {}})
    leased = mailbox.lease()
    assert (leased["id"], leased["kind"], leased["payload"], leased["deliveries"]) == (
        str(task.id), "plan.review", {"plan": {}}, 1,
    )  # fmt: skip
    assert mailbox.lease() is None
    assert mailbox.north.post(f"tasks/{task.id}/renew", json={}).json()["status"] == "ok"
    for _ in range(2):
        assert mailbox.north.post(f"tasks/{task.id}/result", json=ANSWER).json() == {}
    other = {"result": {"decision": "refuse"}}
    assert mailbox.north.post(f"tasks/{task.id}/result", json=other).status_code == 409
    for _ in range(2):
        assert mailbox.north.post(f"tasks/{task.id}/ack", json={}).status_code == 200
    task.refresh_from_db()
    assert (task.state, task.result) == ("done", ANSWER["result"])
    assert mailbox.north.post(f"tasks/{task.id}/renew", json={}).json()["status"] == "lost"


def test_one_site_can_do_nothing_with_the_tasks_of_another(mailbox):
    task = mailbox.queue("plan.review")
    assert mailbox.south.post("lease", json={}).json() == {"task": None}
    for what in ("renew", "result", "ack", "release"):
        body = ANSWER if what == "result" else {}
        assert mailbox.south.post(f"tasks/{task.id}/{what}", json=body).status_code == 404


def test_a_task_that_was_never_handed_out_cannot_be_answered(mailbox):
    task = mailbox.queue("plan.review")
    answer = mailbox.north.post(f"tasks/{task.id}/result", json=ANSWER)
    assert (answer.status_code, answer.json()["code"]) == (409, "jobs.not_leased")


def test_a_waiting_lease_is_answered_at_once_when_the_bell_rings(mailbox):
    mailbox.lease(wait_s=0.2)  # the first one subscribes
    took = []

    def wait():
        task = mailbox.lease(wait_s=5)
        took.append((time.monotonic(), task["kind"]))

    for kind in ("step.submit", "plan.review", "step.apply"):
        waiting = threading.Thread(target=wait)
        waiting.start()
        time_queued = _queue_when_waiting(mailbox, kind)
        waiting.join(timeout=6)
        came, leased = took.pop()
        assert leased == kind
        assert came - time_queued < 0.5  # some 10 ms on a quiet machine; the poll behind it takes up to a second


def _queue_when_waiting(mailbox, kind):
    from backend.apps.link import bell

    until = time.monotonic() + 5
    while not any(each._waiting for each in bell._doorbells.values()) and time.monotonic() < until:
        threading.Event().wait(0.01)
    threading.Event().wait(0.05)
    mailbox.queue(kind)
    return time.monotonic()


def test_a_released_task_comes_again_and_so_does_one_whose_agent_greets_anew(mailbox):
    mailbox.queue("plan.review")
    first = mailbox.lease()
    mailbox.north.post(f"tasks/{first['id']}/release", json={})
    second = mailbox.lease()
    assert (second["id"], second["deliveries"]) == (first["id"], 2)
    mailbox.north.post("hello", json={"agent_version": "1", "protocol": 1, "time": timezone.now().isoformat()})
    assert mailbox.lease()["deliveries"] == 3


def test_a_plan_that_waits_for_a_person_is_held_after_the_acknowledgement_and_answered_later(mailbox):
    task = mailbox.queue("plan.review")
    mailbox.lease()
    mailbox.north.post(f"tasks/{task.id}/ack", json={})
    assert mailbox.lease() is None
    assert SiteTask.objects.get(pk=task.pk).state == "held"
    assert mailbox.north.post(f"tasks/{task.id}/result", json=ANSWER).status_code == 200
    assert SiteTask.objects.get(pk=task.pk).state == "done"


def test_an_expired_lease_is_queued_again_until_it_was_delivered_too_often(mailbox):
    task = mailbox.queue()
    for delivery in range(1, MAX_DELIVERIES + 1):
        assert mailbox.lease()["deliveries"] == delivery
        assert not site_task_expire(task_id=task.id, now=timezone.now())
        assert site_task_expire(task_id=task.id, now=timezone.now() + timedelta(minutes=5))
    task.refresh_from_db()
    assert (task.state, task.error["code"]) == ("failed", "link.too_many_deliveries")


def test_whoever_still_works_on_an_expired_task_gets_it_back_by_renewing(mailbox):
    task = mailbox.queue()
    mailbox.lease()
    site_task_expire(task_id=task.id, now=timezone.now() + timedelta(minutes=5))
    assert mailbox.north.post(f"tasks/{task.id}/renew", json={}).json()["status"] == "ok"
    assert mailbox.lease() is None


def test_a_cancelled_task_says_so_on_renewal_and_drops_its_answer(mailbox):
    from backend.apps.jobs.services.site_tasks import site_tasks_cancel

    task = mailbox.queue()
    mailbox.lease()
    site_tasks_cancel(tasks=SiteTask.objects.filter(pk=task.pk), now=timezone.now())
    assert mailbox.north.post(f"tasks/{task.id}/renew", json={}).json()["status"] == "cancel"
    error = {"error": {"code": "site.cancelled", "message": "as told", "phase": "training"}}
    assert mailbox.north.post(f"tasks/{task.id}/result", json=error).status_code == 200
    assert SiteTask.objects.get(pk=task.pk).result is None


def test_progress_becomes_lane_events_without_a_flood(mailbox):
    from backend.apps.events.models import Event

    task = mailbox.queue()
    mailbox.lease()
    for done in range(20):
        progress = {"phase": "training", "done": done, "total": 100}
        mailbox.north.post(f"tasks/{task.id}/renew", json={"progress": progress})
    phases = [event.payload for event in Event.objects.filter(job=mailbox.job, kind="site.phase").order_by("seq")]
    assert [phase["phase"] for phase in phases[:2]] == ["fetching", "training"]
    assert len(phases) < 6


@pytest.mark.parametrize("progress", [{"phase": "counting"}, {"phase": "training", "images": 5}])
def test_progress_has_no_place_for_anything_else(mailbox, progress):
    task = mailbox.queue()
    mailbox.lease()
    assert mailbox.north.post(f"tasks/{task.id}/renew", json={"progress": progress}).status_code == 400
