"""The operations of a service: exact counts and percentiles, nothing of who asked."""

import json
from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from backend.apps.diagnosis.models import Diagnosis, StockSample
from backend.apps.diagnosis.selectors.operations import BUCKET, SPAN, operations_of
from backend.apps.federations.models import Role
from tests.backend.diagnosis.offer import offered, program
from tests.backend.world import consortium, member, person

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def storage(settings, tmp_path):
    settings.PRIMIA_STORAGE = tmp_path


@pytest.fixture
def service():
    return offered(consortium())


@pytest.fixture
def paul(service):
    return member(service.federation, Role.PATIENT, "paul-the-patient")


@pytest.fixture
def now():
    return timezone.now().replace(minute=32, second=10, microsecond=0)


def row(service, user, created, state="collected", **times):
    failure = {"node": "p0", "phase": "x", "code": times.pop("code", "c"), "reason": "r", "next_step": "n"}
    return Diagnosis.objects.create(
        id=uuid4(), service=service, requester=user, descriptor_digest="0" * 64, state=state, order=1,
        request_hash="0" * 64, created_at=created, expires_at=created + timedelta(days=1),
        failure=failure if state == "failed" else None, answers=[] if state == "answered" else None, **times,
    )  # fmt: skip


def answered(service, user, at, *, queued_s=1.0, whole_s=3.0, online_s=(0.5, 0.7)):
    created = at - timedelta(seconds=whole_s)
    steps = {role: {"online_s": seconds} for role, seconds in zip(("p0", "p1"), online_s, strict=True)}
    return row(
        service, user, created, computing_at=created + timedelta(seconds=queued_s), answered_at=at, ended_at=at,
        collected_at=at, steps=steps,
    )  # fmt: skip


def failed(service, user, at, code):
    return row(service, user, at - timedelta(seconds=5), "failed", code=code, ended_at=at)


def test_steps_are_timed_by_the_slower_party_with_exact_percentiles(service, paul, now):
    for number in range(1, 102):
        answered(service, paul, now - timedelta(minutes=20), online_s=(number / 100, 0.01), whole_s=2 + number)
    steps = {step["step"]: step for step in operations_of(service, now=now)["steps"]}
    assert set(steps) == {"online", "queue", "whole"}
    assert steps["online"]["n"] == 101
    assert [round(steps["online"][name], 6) for name in ("p50", "p90", "p99")] == [0.51, 0.91, 1.0]
    assert [round(steps["whole"][name], 6) for name in ("p50", "p90", "p99")] == [53.0, 93.0, 102.0]
    assert steps["queue"]["p50"] == 1.0


def test_ends_are_counted_in_buckets_that_cover_the_day(service, paul, now):
    for minutes in (1, 2, 2, 61, 23 * 60 + 50):
        answered(service, paul, now - timedelta(minutes=minutes))
    answered(service, paul, now - timedelta(hours=24, minutes=6))
    failed(service, paul, now - timedelta(minutes=1), "mpc.peer_lost")
    told = operations_of(service, now=now)
    assert (told["answered"], told["failed"], told["per_minute"]) == (5, 1, 0.3)
    assert len(told["throughput"]) == SPAN / BUCKET
    assert told["throughput"][-1] == {"at": now.replace(minute=30, second=0), "answered": 3, "failed": 1}
    assert sum(bucket["answered"] for bucket in told["throughput"]) == 5
    assert told["throughput"][0]["at"] == told["since"]


def test_queue_is_counted_as_it_was_at_each_moment(service, paul, now):
    start = now.replace(minute=0, second=0)
    row(service, paul, start + timedelta(minutes=1), computing_at=start + timedelta(minutes=12),
        answered_at=start + timedelta(minutes=13), ended_at=start + timedelta(minutes=13))  # fmt: skip
    row(service, paul, start + timedelta(minutes=6), "queued")
    failed(service, paul, start + timedelta(minutes=6, seconds=2), "x")
    waiting = {mark["at"]: mark["waiting"] for mark in operations_of(service, now=now)["queue"]}
    assert [waiting[start + timedelta(minutes=minutes)] for minutes in (0, 5, 10, 15, 30)] == [0, 1, 2, 1, 1]


def test_failures_are_counted_by_code_with_the_last_time(service, paul, now):
    for minutes, code in ((5, "mpc.peer_lost"), (3, "mpc.peer_lost"), (4, "party.peer_absent")):
        failed(service, paul, now - timedelta(minutes=minutes), code)
    told = operations_of(service, now=now)["failures"]
    assert told == [
        {"code": "mpc.peer_lost", "count": 2, "last_at": now - timedelta(minutes=3)},
        {"code": "party.peer_absent", "count": 1, "last_at": now - timedelta(minutes=4)},
    ]


def test_stock_history_is_thinned_out_and_keeps_its_last_level(service, now):
    for number in range(1200):
        at = now - timedelta(seconds=1200 - number)
        StockSample.objects.create(service=service, p0=number % 9, p1=3, at=at)
    history = operations_of(service, now=now)["stock_history"]
    assert len(history) == 400
    assert history[-1] == {"at": now - timedelta(seconds=1), "p0": 1199 % 9, "p1": 3}


def test_other_services_do_not_count(service, paul, now):
    other = offered(service.federation)
    answered(other, paul, now - timedelta(minutes=1))
    told = operations_of(service, now=now)
    assert (told["answered"], told["steps"], told["failures"]) == (0, [], [])


def test_service_that_nobody_asked_has_operations_all_the_same(service, as_user):
    told = as_user(person()).get(f"/api/v1/services/{service.pk}/operations")
    assert told.status_code == 200
    assert told.json()["stock"] == {"p0": 8, "p1": 8, "low": 3, "full": 8}
    assert told.json()["bucket_seconds"] == 300


def test_operations_name_no_requester_and_no_request(service, paul, as_user, now):
    made = [answered(service, paul, timezone.now() - timedelta(minutes=1)), failed(service, paul, timezone.now(), "x")]
    told = as_user(person()).get(f"/api/v1/services/{service.pk}/operations").json()
    text = json.dumps(told)
    assert told["answered"] == 1
    secrets = [paul.username, str(paul.pk), *(str(diagnosis.pk) for diagnosis in made)]
    assert not any(secret in text for secret in secrets)


def test_operations_are_for_who_works_in_the_federation(service, paul, as_user):
    address = f"/api/v1/services/{service.pk}/operations"
    assert as_user(member(service.federation, Role.AUDITOR, "iris")).get(address).status_code == 200
    assert as_user(paul).get(address).status_code == 404
    assert as_user(person("eve")).get(address).status_code == 404
    assert program(person(), "services").get(address).status_code == 200
    assert program(person(), "jobs").get(address).status_code == 403
