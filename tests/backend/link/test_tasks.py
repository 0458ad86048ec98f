"""Leasing, renewing and answering over HTTP."""

import socket
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from urllib.parse import urlsplit

import httpx
import pytest
from django.db import connection, transaction
from django.utils import timezone

from backend.apps.jobs.models import SiteTask
from backend.apps.jobs.services.locking import hold_job
from backend.apps.jobs.services.site_tasks import LEASES, site_task_expire
from backend.apps.link import bell

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


def test_a_waiting_lease_is_answered_at_once_when_the_bell_rings(mailbox, monkeypatch):
    monkeypatch.setattr("backend.apps.link.lease.LOOK_EVERY_S", 60.0)  # so that only the bell can be it
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
        assert came - time_queued < 3  # some 10 ms on a quiet machine; without the bell it is the end of the poll, 5 s


def _comes_true(condition, within_s=6.0):
    until = time.monotonic() + within_s
    while not condition() and time.monotonic() < until:
        threading.Event().wait(0.01)
    return condition()


def _anybody_waits():
    return any(each._waiting for each in list(bell._doorbells.values()))


def _queue_when_waiting(mailbox, kind):
    assert _comes_true(_anybody_waits)
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


def expires(mailbox, task):
    assert not site_task_expire(task_id=task.id, now=timezone.now())
    assert site_task_expire(task_id=task.id, now=timezone.now() + timedelta(minutes=5))


def is_acknowledged(mailbox, task):
    """The hub did not take the answer, and the agent cannot give another."""
    refused = mailbox.north.post(f"tasks/{task.id}/result", json={"result": {"artifact": "0" * 64}})
    assert refused.json()["code"] == "jobs.blob_missing"
    mailbox.north.post(f"tasks/{task.id}/ack", json={})


def loses_its_agent(mailbox, task):
    mailbox.north.post("hello", json={"agent_version": "1", "protocol": 1, "time": timezone.now().isoformat()})


@pytest.mark.parametrize("lapses", [expires, is_acknowledged, loses_its_agent])
def test_a_task_that_lapses_comes_again_but_not_for_ever(mailbox, lapses):
    task = mailbox.queue()
    for delivery in range(1, LEASES.most_lapses + 1):
        assert mailbox.lease()["deliveries"] == delivery
        lapses(mailbox, task)
    assert mailbox.lease() is None
    task.refresh_from_db()
    assert (task.state, task.error["code"]) == ("failed", "link.too_many_deliveries")


@pytest.mark.parametrize("lapses", [expires, loses_its_agent])
def test_a_plan_waits_for_its_person_however_often_the_agent_goes(mailbox, lapses):
    task = mailbox.queue("plan.review")
    for delivery in range(1, 2 * LEASES.most_lapses):
        assert mailbox.lease()["deliveries"] == delivery
        lapses(mailbox, task)
    task.refresh_from_db()
    assert task.state == "queued"


def test_a_caller_that_has_gone_while_it_waited_is_given_nothing(mailbox):
    hub = urlsplit(mailbox.address)
    body = b'{"wait_s": 9}'
    head = [f"POST {hub.path}lease HTTP/1.1", "Host: hub", f"Authorization: Site {mailbox.credential}",
            f"Content-Length: {len(body)}", "", ""]  # fmt: skip
    with socket.create_connection((hub.hostname, hub.port)) as caller:
        caller.sendall("\r\n".join(head).encode() + body)
        assert _comes_true(_anybody_waits)
    assert _comes_true(lambda: not _anybody_waits())
    mailbox.queue()
    assert mailbox.lease()["deliveries"] == 1


def test_two_that_ask_at_once_are_not_given_the_same_task(mailbox):
    """Both have found the task while its job was held by somebody else; the first one of them gets it."""
    task = mailbox.queue()
    with ThreadPoolExecutor(2) as threads:
        with transaction.atomic():
            hold_job(task.job_id)
            asked = [threads.submit(mailbox.lease) for _ in range(2)]
            assert _comes_true(lambda: _waiting_for_locks() == 2)
        given = [each.result(timeout=10) for each in asked]
    assert sorted(each is None for each in given) == [False, True]
    task.refresh_from_db()
    assert task.deliveries == 1


def _waiting_for_locks():
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_stat_clear_snapshot()")  # else a transaction sees what it saw first
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
        )
        return cursor.fetchone()[0]


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
