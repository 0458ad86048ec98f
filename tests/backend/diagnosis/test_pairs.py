"""Two halves of one computation: tried again together, answered together, or given up together."""

import threading
from datetime import timedelta

import numpy as np
import pytest
from django.db import connection, transaction
from django.utils import timezone

from backend.apps.diagnosis.models import DiagnosisEvent, DiagnosisService, Node, NodeTask
from backend.apps.diagnosis.selectors.events import events_after
from backend.apps.diagnosis.services.locking import next_order
from backend.apps.diagnosis.services.node_tasks import LEASES

COMPUTE = "diagnosis.compute"


def halves(asked):
    """Return every half that was asked for, as (attempt, role, state)."""
    rows = NodeTask.objects.filter(diagnosis=asked.id).order_by("attempt", "node__role")
    return list(rows.values_list("attempt", "node__role", "state"))


def test_both_halves_have_one_number_and_the_lowest_is_leased_first(published):
    first, second = published.ask(), published.ask()
    orders = {
        asked.id: set(NodeTask.objects.filter(diagnosis=asked.id).values_list("order", flat=True))
        for asked in (first, second)
    }
    assert all(len(order) == 1 for order in orders.values())
    for worker in (published.p1, published.p0):
        task = worker.lease()
        assert (task["payload"]["diagnosis"], task["payload"]["order"]) == (str(first.id), min(orders[first.id]))
        assert worker.lease()["payload"]["diagnosis"] == str(second.id)


@pytest.mark.django_db(transaction=True)
def test_places_become_visible_in_their_order():
    """Who takes a place later waits until the earlier one is committed, so that nobody sees the later one first."""
    places: list[int] = []

    def take():
        try:
            with transaction.atomic():
                places.append(next_order())
        finally:
            connection.close()

    other = threading.Thread(target=take)
    with transaction.atomic():
        first = next_order()
        other.start()
        other.join(timeout=0.5)
        assert places == []
    other.join(timeout=10)
    assert len(places) == 1
    assert places[0] > first


@pytest.mark.parametrize("role", ["p0", "p1"])
def test_a_party_that_fails_once_costs_an_attempt_of_both(published, role):
    published.workers[role].fails(COMPUTE, "mpc.peer_lost")
    asked = published.ask()
    published.workers[role].work()
    published.run()
    row = published.diagnosis(asked)
    assert (row.state, row.attempts) == ("answered", 2)
    assert [state for attempt, _, state in halves(asked) if attempt == 2] == ["done", "done"]
    assert np.allclose(asked.open(published.collect(asked)).logits, asked.expected)


def test_the_first_failure_takes_the_other_half_back_and_queues_a_new_pair_with_a_new_number(published):
    asked = published.ask()
    before = published.diagnosis(asked).order
    held = published.p1.lease()
    published.p0.fails(COMPUTE, "party.peer_absent")
    published.p0.work()
    assert halves(asked) == [
        (1, "p0", "failed"), (1, "p1", "cancelled"), (2, "p0", "queued"), (2, "p1", "queued"),
    ]  # fmt: skip
    assert published.diagnosis(asked).order > before
    assert published.diagnosis(asked).state == "queued"
    assert published.p1.renew(held) == "cancel"
    assert published.events(asked) == ["queued", "computing", "retried"]


def test_after_three_attempts_a_request_fails_and_says_which_party_and_why(published):
    published.p1.fails(COMPUTE, "mpc.peer_lost", times=3)
    published.p0.fails(COMPUTE, "mpc.peer_lost", times=3)
    asked = published.ask()
    for _ in range(3):
        published.p1.work()
    row = published.diagnosis(asked)
    assert (row.state, row.attempts) == ("failed", 3)
    assert (row.failure["node"], row.failure["phase"], row.failure["code"]) == ("p1", "computing", "mpc.peer_lost")
    assert row.failure["next_step"]
    assert not published.p0.work()
    assert published.events(asked) == ["queued", "computing", "retried", "computing", "retried", "computing", "failed"]


@pytest.mark.parametrize("code", ["diagnosis.mismatch", "diagnosis.wrong_descriptor", "diagnosis.unsealable"])
def test_what_is_wrong_with_the_request_itself_is_not_tried_again(published, code):
    published.p0.fails(COMPUTE, code)
    asked = published.ask()
    published.run()
    row = published.diagnosis(asked)
    assert (row.state, row.attempts, row.failure["code"]) == ("failed", 1, code)


def test_a_lost_lease_is_an_attempt_of_both(published):
    asked = published.ask()
    published.p0.lease()
    published.later(seconds=10)
    assert published.diagnosis(asked).attempts == 1
    published.later(seconds=25)
    assert published.diagnosis(asked).attempts == 2
    assert (1, "p0", "failed") in halves(asked)
    published.run()
    assert np.allclose(asked.open(published.collect(asked)).logits, asked.expected)


def test_a_party_that_renews_keeps_its_half(published):
    asked = published.ask()
    task = published.p0.lease()
    assert published.p0.renew(task, "opening") == "ok"
    assert published.p0.renew(task, "opening") == "ok"
    assert published.p0.renew(task, "computing") == "ok"
    frames = events_after(diagnosis_id=asked.id, after=2, limit=10)
    assert [frame["payload"] for frame in frames] == [
        {"party": "p0", "phase": "opening"}, {"party": "p0", "phase": "computing"},
    ]  # fmt: skip


def test_a_phase_is_a_word_and_nothing_else_travels_in_its_place(published):
    published.ask()
    task = published.p0.lease()
    for phase in ("0.25 0.75", "A" * 40, "", "logits=3"):
        body = {"progress": {"phase": phase}}
        assert published.p0.http.post(f"tasks/{task['id']}/renew", json=body).status_code == 400


def test_when_one_half_is_answered_a_lost_lease_only_asks_the_other_party_again(published):
    asked = published.ask()
    published.p0.work()
    task = published.p1.lease()
    published.later(seconds=25)
    assert halves(asked) == [(1, "p0", "done"), (1, "p1", "queued")]
    again = published.p1.lease()
    assert (again["id"], again["deliveries"]) == (task["id"], 2)
    published.p1.do(again)
    assert np.allclose(asked.open(published.collect(asked)).logits, asked.expected)


def test_when_one_half_is_answered_an_error_of_the_other_ends_the_request(published):
    published.p1.fails(COMPUTE, "mpc.peer_lost")
    asked = published.ask()
    published.p0.work()
    published.p1.work()
    row = published.diagnosis(asked)
    assert (row.state, row.attempts) == ("failed", 1)
    assert all("answer" not in (task.result or {}) for task in NodeTask.objects.filter(diagnosis=asked.id))


def test_a_party_without_stock_costs_no_attempt_and_the_request_waits(published):
    published.p0.fails(COMPUTE, "mpc.stock_empty")
    asked = published.ask()
    published.p0.work()
    row = published.diagnosis(asked)
    assert (row.state, row.attempts) == ("queued", 1)
    assert published.reload().stock_p0 == 0
    assert published.p0.lease() is None or published.p0.seen[-1] != COMPUTE
    published.later(seconds=1)
    assert "waiting" in published.events(asked)


def test_a_new_worker_gives_its_halves_back_and_the_same_bytes_complete_the_answer(published):
    asked = published.ask()
    published.p0.work()
    task = published.p1.lease()
    stored = published.p1.diagnosis_compute({**task["payload"], "task": task["id"]})  # answered, and never sent
    published.p1.hello()
    published.p1.work()
    half = next(answer for answer in published.collect(asked) if answer["party"] == 1)
    assert half["sealed"] == stored["answer"]["sealed"]


def test_a_late_answer_to_a_cancelled_half_is_dropped(published):
    asked = published.ask()
    old = published.p1.lease()
    published.p0.fails(COMPUTE, "mpc.peer_lost")
    published.p0.work()
    late = published.p1.answer(old, result={"answer": {"sealed": "AA==", "signature": "AA=="}, "steps": {}, "stock": 1})
    assert late.status_code == 200
    published.run()
    assert np.allclose(asked.open(published.collect(asked)).logits, asked.expected)


def test_an_answer_does_not_change(published):
    published.ask()
    task = published.p0.lease()
    answer = {"answer": {"sealed": "AA==", "signature": "AA=="}, "steps": {}, "stock": 1}
    for _ in range(2):
        assert published.p0.answer(task, result=answer).status_code == 200
    other = published.p0.answer(task, result={**answer, "stock": 2})
    assert (other.status_code, other.json()["code"]) == (409, "nodes.answered_otherwise")


def test_an_answer_of_another_shape_is_an_error_of_the_party_that_gave_it(published):
    published.p0.instead[COMPUTE] = [lambda _payload: {"logits": [1.0, 2.0]}]
    asked = published.ask()
    published.p0.work()
    task = NodeTask.objects.get(diagnosis=asked.id, attempt=1, node__role="p0")
    assert (task.state, task.result, task.error["code"]) == ("failed", None, "nodes.bad_answer")
    assert "2.0" not in str(task.error)


def test_no_half_is_leased_while_the_other_party_is_silent(published):
    asked = published.ask()
    Node.objects.filter(role="p1").update(last_seen_at=timezone.now() - timedelta(minutes=2))
    assert published.p0.lease() is None
    published.later(seconds=0)
    last = DiagnosisEvent.objects.filter(diagnosis=asked.id).latest("seq")
    assert (last.kind, last.payload) == ("diagnosis.waiting", {"reason": "party"})
    published.p1.hello()
    published.run()
    assert published.diagnosis(asked).state == "answered"


def test_no_half_is_leased_while_a_party_has_no_stock_and_the_reason_is_told_once(published):
    DiagnosisService.objects.update(stock_p0=0, stock_p1=0)
    asked = published.ask()
    assert published.p0.lease() is None
    for _ in range(2):
        published.later(seconds=0)
    assert published.events(asked) == ["queued", "waiting"]
    published.run()
    assert published.events(asked) == ["queued", "waiting", "computing", "answered"]


def test_a_half_whose_other_half_is_at_work_is_leased_even_without_stock(published):
    asked = published.ask()
    assert published.p0.lease()["payload"]["diagnosis"] == str(asked.id)
    DiagnosisService.objects.update(stock_p0=0)
    assert published.p1.lease()["payload"]["diagnosis"] == str(asked.id)


def test_a_half_that_is_given_back_comes_again_with_its_number(published):
    published.ask()
    task = published.p0.lease()
    published.p0.http.post(f"tasks/{task['id']}/release", json={}).raise_for_status()
    again = published.p0.lease()
    assert (again["id"], again["payload"]["order"]) == (task["id"], task["payload"]["order"])


def test_a_half_that_its_party_gave_back_often_is_not_taken_for_one_that_its_party_dies_of(published):
    """Once the other half is answered, only what this party has stored completes the request."""
    asked = published.ask()
    for _ in range(2 * LEASES.most_lapses):
        task = published.p1.lease()
        published.p1.http.post(f"tasks/{task['id']}/release", json={}).raise_for_status()
    published.p1.lease()
    published.p0.work()
    published.later(seconds=25)
    published.p1.work()
    assert np.allclose(asked.open(published.collect(asked)).logits, asked.expected)


def test_stock_and_service_tasks_go_before_computations(published):
    published.ask()
    DiagnosisService.objects.update(stock_p0=0, stock_p1=0)
    published.hub()
    assert published.dealer.work()
    DiagnosisService.objects.update(stock_p0=1, stock_p1=1)
    assert [published.p0.lease()["kind"] for _ in range(2)] == ["stock.fetch", COMPUTE]


def test_ten_requests_are_all_answered(published):
    asked = [published.ask() for _ in range(10)]
    published.run()
    for each in asked:
        assert np.allclose(each.open(published.collect(each)).logits, each.expected)
