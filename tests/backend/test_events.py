"""Events: numbers without a gap, in the order in which they can be seen, and never changed."""

from threading import Barrier, Thread

import pytest
from django.db import IntegrityError, connection, transaction

from backend.apps.events import selectors
from backend.apps.events.models import Event
from backend.apps.events.services import event_append
from tests.backend.world import NOW, consortium, draft_job, hospital, person


def append(job, number=0, **more):
    return event_append(job_id=job.pk, kind="round.opened", payload={"number": number}, now=NOW, **more)


@pytest.mark.django_db
def test_events_are_numbered_from_one_for_each_job():
    federation = consortium()
    first, second = draft_job(federation), draft_job(federation, "second")
    assert [append(first).seq, append(second).seq, append(first).seq] == [1, 1, 2]
    assert (selectors.last_seq(job_id=first.pk), selectors.last_seq(job_id=second.pk)) == (2, 1)


@pytest.mark.django_db
def test_event_that_is_rolled_back_leaves_no_gap():
    job = draft_job(consortium())
    append(job, 1)
    with transaction.atomic():
        append(job, 2)
        transaction.set_rollback(True)
    assert append(job, 3).seq == 2


@pytest.mark.django_db(transaction=True)
def test_events_have_no_gap_when_many_append_at_once():
    job, gate = draft_job(consortium()), Barrier(4)

    def write() -> None:
        gate.wait(10)
        for number in range(10):
            append(job, number)
        connection.close()

    threads = [Thread(target=write) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert [event["seq"] for event in selectors.events_after(job_id=job.pk, after=0, limit=100)] == list(range(1, 41))


@pytest.mark.django_db
def test_database_refuses_to_change_or_delete_an_event():
    append(draft_job(consortium()))
    for change in (lambda: Event.objects.update(kind="x"), lambda: Event.objects.all().delete()):
        with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
            change()


@pytest.mark.django_db
def test_events_are_read_in_pages_that_lead_to_the_next(as_user):
    federation = consortium()
    job = draft_job(federation)
    site, _ = hospital(federation)
    append(job, 1)
    append(job, 2, site=site)
    append(job, 3)
    api = as_user(person())
    page = api.get(f"/api/v1/jobs/{job.pk}/events", {"limit": 2}).json()
    assert [event["seq"] for event in page["results"]] == [1, 2]
    assert page["results"][1] == {
        "seq": 2,
        "time": "2026-03-01T09:00:00+00:00",
        "site": "north",
        "kind": "round.opened",
        "payload": {"number": 2},
    }
    page = api.get(page["next"]).json()
    assert ([event["seq"] for event in page["results"]], page["next"]) == ([3], None)
    assert api.get(f"/api/v1/jobs/{job.pk}/events", {"after": -1}).status_code == 400
    assert as_user(person("eve")).get(f"/api/v1/jobs/{job.pk}/events").status_code == 404


@pytest.mark.django_db(transaction=True)
def test_event_stands_when_the_bell_cannot_ring(monkeypatch):
    def broken(*_group):
        raise ConnectionError("no bell")

    monkeypatch.setattr("backend.common.bell.ring", broken)
    job = draft_job(consortium())
    append(job)
    assert selectors.last_seq(job_id=job.pk) == 1
