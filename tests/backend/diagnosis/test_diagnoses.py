"""A sealed request from its arrival to the collection of its answer, and all that is refused on the way."""

import hashlib
import threading
from datetime import timedelta
from uuid import uuid4

import numpy as np
import pytest
from django.db import connection
from django.utils import timezone

from backend.apps.diagnosis import store
from backend.apps.diagnosis.errors import (
    BadShare,
    BudgetUsedUp,
    Collected,
    IdTaken,
    NotReady,
    ServiceClosed,
    ServiceExpired,
    ShareTooLarge,
    WrongDescriptor,
)
from backend.apps.diagnosis.models import Diagnosis, DiagnosisBatch, DiagnosisService, NodeTask, SealedBlob
from backend.apps.diagnosis.selectors.diagnoses import diagnoses_visible_to, queue_positions
from backend.apps.diagnosis.services.diagnosis_collect import diagnosis_collect
from backend.apps.diagnosis.services.diagnosis_end import diagnosis_cancel
from backend.apps.diagnosis.services.service_end import service_close
from backend.apps.federations.models import Role
from backend.common.errors import InvalidInput, NotFound
from tests.backend.world import member

MINE, OTHER = bytes(range(32)), bytes(32)
"""Receipts."""


def files() -> set[str]:
    """Return the names of the sealed files that lie on the disk."""
    return {str(blob_id) for blob_id, _ in store.kept()}


def test_a_request_is_answered_and_only_its_requester_can_add_the_halves_up(published):
    asked = published.ask()
    assert published.diagnosis(asked).state == "queued"
    published.run()
    row = published.diagnosis(asked)
    assert (row.state, row.attempts) == ("answered", 1)
    assert row.steps == {role: {"online_s": 0.25, "open_s": 0.01} for role in ("p0", "p1")}
    opened = asked.open(published.collect(asked))
    assert np.allclose(opened.logits, asked.expected)
    assert published.events(asked) == ["queued", "computing", "answered", "collected"]


def test_the_order_in_which_the_halves_come_does_not_matter(published):
    for first, second in (("p0", "p1"), ("p1", "p0")):
        asked = published.ask()
        published.workers[first].work()
        assert published.diagnosis(asked).state == "computing"
        assert published.diagnosis(asked).answers is None
        published.workers[second].work()
        assert np.allclose(asked.open(published.collect(asked)).logits, asked.expected)


def test_sealed_shares_are_deleted_as_soon_as_each_party_has_read_its_own(published):
    asked = published.ask()
    blobs = {blob.node.role: str(blob.pk) for blob in SealedBlob.objects.filter(diagnosis=asked.id)}
    assert files() == set(blobs.values())
    published.p0.work()
    assert files() == {blobs["p1"]}
    published.p1.work()
    assert files() == set()
    assert not SealedBlob.objects.filter(diagnosis=asked.id, deleted_at=None).exists()


def test_sealed_shares_are_deleted_when_a_request_ends_unread(published):
    asked = published.ask()
    assert len(files()) == 2
    diagnosis_cancel(diagnosis_id=asked.id, by=published.pat, now=timezone.now())
    assert files() == set()
    row = published.diagnosis(asked)
    assert (row.state, row.failure["code"]) == ("failed", "diagnosis.cancelled")
    assert set(NodeTask.objects.filter(diagnosis=asked.id).values_list("state", flat=True)) == {"cancelled"}
    assert not published.p0.work()


def test_an_answer_is_handed_out_once_and_then_nobody_holds_it(published):
    asked = published.ask()
    published.run()
    answers = published.collect(asked)
    assert [answer["party"] for answer in answers] == [0, 1]
    row = published.diagnosis(asked)
    assert (row.state, row.answers) == ("collected", None)
    assert all("answer" not in task.result for task in NodeTask.objects.filter(diagnosis=asked.id))
    with pytest.raises(Collected):
        published.collect(asked)


def test_an_answer_comes_again_for_its_receipt_until_it_is_acknowledged(published):
    asked = published.ask()
    published.run()
    first = published.collect(asked, MINE)
    assert published.diagnosis(asked).state == "answered"
    assert published.collect(asked, MINE) == first
    assert published.events(asked)[-1] == "answered"
    published.acknowledge(asked, MINE)
    row = published.diagnosis(asked)
    assert (row.state, row.answers) == ("collected", None)
    published.acknowledge(asked, MINE)
    assert published.events(asked).count("collected") == 1
    with pytest.raises(Collected, match="kept no more"):
        published.collect(asked, MINE)


def test_nobody_without_the_receipt_gets_an_answer_or_acknowledges_it(published):
    asked = published.ask()
    published.run()
    with pytest.raises(NotReady, match="not handed out yet"):
        published.acknowledge(asked, MINE)
    published.collect(asked, MINE)
    for receipt in (OTHER, None):
        with pytest.raises(Collected, match="for its collector alone"):
            published.collect(asked, receipt)
    with pytest.raises(Collected):
        published.acknowledge(asked, OTHER)
    assert published.diagnosis(asked).answers is not None
    published.acknowledge(asked, MINE)
    with pytest.raises(Collected):
        published.acknowledge(asked, OTHER)


def test_an_answer_that_was_handed_out_without_a_receipt_cannot_be_acknowledged(published):
    asked = published.ask()
    published.run()
    published.collect(asked)
    with pytest.raises(Collected):
        published.acknowledge(asked, MINE)


def test_a_receipt_is_kept_as_its_hash_alone(published):
    asked = published.ask()
    published.run()
    published.collect(asked, MINE)
    assert published.diagnosis(asked).receipt_hash == hashlib.sha256(MINE).hexdigest()


def test_an_answer_that_is_never_acknowledged_is_thrown_away(published):
    asked = published.ask()
    published.run()
    published.collect(asked, MINE)
    published.later(hours=25)
    row = published.diagnosis(asked)
    assert (row.state, row.answers) == ("expired", None)
    with pytest.raises(NotReady, match="thrown away"):
        published.collect(asked, MINE)
    with pytest.raises(NotReady, match="thrown away"):
        published.acknowledge(asked, MINE)


@pytest.mark.parametrize("receipts", [(None, None), (MINE, OTHER), (MINE, None)], ids=["none", "two", "one"])
def test_two_collections_at_once_get_one_answer(published, receipts):
    asked = published.ask()
    published.run()
    got, refused, start = [], [], threading.Barrier(2)

    def collect(receipt):
        start.wait(timeout=10)
        try:
            got.append(published.collect(asked, receipt))
        except Collected as error:
            refused.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=collect, args=(receipt,)) for receipt in receipts]
    [thread.start() for thread in threads]
    [thread.join(timeout=20) for thread in threads]
    assert (len(got), len(refused)) == (1, 1)


def test_what_is_not_answered_cannot_be_collected_and_says_why(published):
    asked = published.ask()
    with pytest.raises(NotReady, match="waits for its turn"):
        published.collect(asked)
    published.p0.work()
    with pytest.raises(NotReady, match="being computed"):
        published.collect(asked)
    diagnosis_cancel(diagnosis_id=asked.id, by=published.pat, now=timezone.now())
    with pytest.raises(NotReady, match="failed"):
        published.collect(asked)


def test_the_same_request_under_the_same_id_makes_one_row(published):
    asked = published.request()
    first, made = published.send(asked)
    again, made_again = published.send(asked)
    assert (made, made_again, first.pk) == (True, False, again.pk)
    assert Diagnosis.objects.count() == 1
    assert NodeTask.objects.filter(diagnosis=asked.id).count() == 2
    published.run()
    published.collect(asked)
    assert published.send(asked)[0].state == "collected"  # repeated late, it still finds what it made


def test_another_request_under_the_same_id_is_refused_whoever_sends_it(published):
    asked = published.ask()
    other = published.request(id=asked.id)
    with pytest.raises(IdTaken):
        published.send(other)
    with pytest.raises(IdTaken):
        published.send(asked, shares=asked.shares[::-1])
    clinician = member(published.federation, Role.CLINICIAN, "cleo")
    with pytest.raises(IdTaken):
        published.send(asked, by=clinician)


def test_two_equal_requests_at_once_make_one_row(published):
    asked, made, start = published.request(), [], threading.Barrier(2)

    def send():
        start.wait(timeout=10)
        try:
            made.append(published.send(asked)[1])
        finally:
            connection.close()

    threads = [threading.Thread(target=send) for _ in range(2)]
    [thread.start() for thread in threads]
    [thread.join(timeout=20) for thread in threads]
    assert sorted(made) == [False, True]


def test_a_request_for_another_descriptor_is_refused(published):
    with pytest.raises(WrongDescriptor, match="load the service again"):
        published.send(published.request(), descriptor="0" * 64)


def test_shares_of_another_size_are_refused(published):
    asked = published.request()
    small, large = asked.shares
    with pytest.raises(ShareTooLarge, match="Share 1 has"):
        published.send(asked, shares=(small, large + bytes(5000)))
    with pytest.raises(ShareTooLarge, match="Share 0 has"):
        published.send(asked, shares=(bytes(10_000), large))
    with pytest.raises(BadShare, match="Share 0 has 50 bytes"):
        published.send(asked, shares=(bytes(50), large))
    with pytest.raises(BadShare, match="two shares"):
        published.send(asked, shares=(small,))
    assert files() == set()
    assert not Diagnosis.objects.exists()


def test_a_user_asks_a_service_only_as_often_as_it_allows(published):
    DiagnosisService.objects.update(per_user_daily=2)
    first = published.ask()
    published.ask()
    with pytest.raises(BudgetUsedUp, match="2 times in 24 hours"):
        published.send(published.request())
    for _ in range(2):  # cancelled, then forgotten: it still counts
        diagnosis_cancel(diagnosis_id=first.id, by=published.pat, now=timezone.now())
    with pytest.raises(BudgetUsedUp):
        published.send(published.request())
    clinician = member(published.federation, Role.CLINICIAN, "cleo")
    published.send(published.request(), by=clinician)
    Diagnosis.objects.update(created_at=timezone.now() - timedelta(hours=25))
    published.send(published.request())


def test_a_closed_service_takes_no_request_and_fails_those_that_wait(published):
    waiting, asked = published.ask(), published.ask()
    published.p0.work()
    published.p1.work()
    late = published.request()
    service_close(service_id=published.service.pk, by=published.ada, now=timezone.now())
    assert published.diagnosis(waiting).state == "answered"  # what was answered can be collected
    assert published.diagnosis(asked).failure["code"] == "service.closed"
    assert waiting.open(published.collect(waiting)).logits is not None
    with pytest.raises(ServiceClosed):
        published.send(late, by=published.ada)
    assert files() == set()


def test_an_expired_service_takes_no_request(published):
    with pytest.raises(ServiceExpired):
        published.send(published.request(), now=timezone.now() + timedelta(days=31))


def test_a_service_that_is_not_open_yet_takes_no_request(stage):
    stage.create()
    with pytest.raises(NotFound):  # a patient does not see it
        _send_blind(stage, stage.pat)
    with pytest.raises(ServiceClosed, match="preparing"):
        _send_blind(stage, stage.ada)


def _send_blind(stage, by):
    from backend.apps.diagnosis.services.diagnosis_create import diagnosis_create

    diagnosis_create(
        diagnosis_id=uuid4(), service_id=stage.service.pk, descriptor="0" * 64, shares=(b"", b""), by=by,
        now=timezone.now(),
    )  # fmt: skip


def test_a_request_that_waits_too_long_expires_with_its_shares(published, settings):
    asked = published.ask()
    published.later(minutes=59)
    assert published.diagnosis(asked).state == "queued"
    published.later(minutes=61)
    assert published.diagnosis(asked).state == "expired"
    assert published.events(asked)[-1] == "expired"
    assert files() == set()
    assert not published.p0.work()


def test_an_answer_that_nobody_collects_is_thrown_away(published):
    asked = published.ask()
    published.run()
    published.later(hours=23)
    assert published.diagnosis(asked).answers is not None
    published.later(hours=25)
    row = published.diagnosis(asked)
    assert (row.state, row.answers) == ("expired", None)
    assert all("answer" not in task.result for task in NodeTask.objects.filter(diagnosis=asked.id))
    with pytest.raises(NotReady, match="thrown away"):
        published.collect(asked)


def test_a_forgotten_diagnosis_is_hidden_at_once_and_deleted_once_it_no_longer_counts(published):
    asked = published.ask()
    published.run()
    diagnosis_cancel(diagnosis_id=asked.id, by=published.pat, now=timezone.now())
    assert published.diagnosis(asked).answers is None
    assert not diagnoses_visible_to(published.pat).exists()
    with pytest.raises(NotFound):
        published.collect(asked)
    published.later(hours=23)
    assert Diagnosis.objects.exists()
    published.later(hours=25)
    assert not Diagnosis.objects.exists()


def test_nobody_else_collects_or_cancels(published):
    asked = published.ask()
    published.run()
    for other in (published.ada, member(published.federation, Role.PATIENT, "max")):
        for deed in (diagnosis_collect, diagnosis_cancel):
            with pytest.raises(NotFound):
                deed(diagnosis_id=asked.id, by=other, now=timezone.now())
    assert published.diagnosis(asked).state == "answered"


def test_places_in_the_queue_go_down_as_requests_are_answered(published):
    asked = [published.ask() for _ in range(3)]
    assert positions(published, asked) == [0, 1, 2]
    published.p0.work()
    published.p1.work()
    assert positions(published, asked) == [None, 0, 1]


def test_a_batch_belongs_to_its_requester_and_service(published):
    batch = DiagnosisBatch.objects.create(
        id=uuid4(), service=published.service, requester=published.pat, name="ward", count=2, created_at=timezone.now()
    )
    asked = published.ask(batch_id=batch.pk)
    assert published.diagnosis(asked).batch == batch
    with pytest.raises(InvalidInput):
        published.send(published.request(), batch_id=batch.pk, by=published.ada)
    with pytest.raises(InvalidInput):
        published.send(published.request(), batch_id=uuid4())


def positions(published, asked):
    """Return the places of requests in the queue, none for one that no longer waits."""
    rows = [published.diagnosis(each) for each in asked]
    found = queue_positions(rows)
    return [found.get(row.pk) for row in rows]
