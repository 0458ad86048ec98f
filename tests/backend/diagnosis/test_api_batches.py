"""Batches: announced once, counted by state, told to their requester alone."""

from uuid import uuid4

import pytest

from backend.apps.diagnosis.models import DiagnosisService
from backend.apps.federations.models import Role
from tests.backend.diagnosis.offer import asked, body, compute, offered, program, refuse
from tests.backend.world import NOW, consortium, member, person

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clean_cache")]
ADDRESS = "/api/v1/batches"


@pytest.fixture(autouse=True)
def storage(settings, tmp_path):
    settings.PRIMIA_STORAGE = tmp_path


@pytest.fixture
def service():
    return offered(consortium())


@pytest.fixture
def paul(service):
    return member(service.federation, Role.CLINICIAN, "paul")


def batch(service, **changes):
    return {"id": str(uuid4()), "service": str(service.pk), "name": "Monday", "count": 4, **changes}


def refusal(answer):
    return answer.status_code, answer.json()["code"]


def test_batch_counts_its_requests_by_state_and_lists_them_in_order(service, paul, as_user):
    api = as_user(paul)
    given = batch(service)
    assert api.post(ADDRESS, given).status_code == 201
    requests = [asked(service) for _ in range(3)]
    for request in requests:
        sent = api.post("/api/v1/diagnoses", body(request, batch=given["id"]))
        assert (sent.status_code, sent.json()["batch"]) == (201, given["id"])
    compute(requests[0])
    refuse(requests[1], "diagnosis.share_corrupt")
    told = api.get(f"{ADDRESS}/{given['id']}").json()
    assert told["states"] == {
        "missing": 1, "queued": 1, "computing": 0, "answered": 1, "collected": 0, "failed": 1, "expired": 0,
    }  # fmt: skip
    assert [row["id"] for row in told["rows"]] == [str(request.diagnosis) for request in requests]
    (row,) = api.get(ADDRESS).json()["results"]
    assert row["states"] == told["states"]
    assert "rows" not in row
    listed = api.get("/api/v1/diagnoses", {"batch": given["id"], "state": "answered"}).json()["results"]
    assert [row["id"] for row in listed] == [str(requests[0].diagnosis)]


def test_same_batch_again_is_the_same_and_another_under_its_id_is_refused(service, paul, as_user):
    api, given = as_user(paul), batch(service)
    assert [api.post(ADDRESS, given).status_code for _ in range(2)] == [201, 200]
    assert refusal(api.post(ADDRESS, {**given, "count": 5})) == (409, "diagnosis.id_taken")
    other = as_user(member(service.federation, Role.CLINICIAN, "petra"))
    assert refusal(other.post(ADDRESS, given)) == (409, "diagnosis.id_taken")


def test_batch_needs_an_open_service_a_name_and_a_sensible_count(service, paul, as_user):
    api = as_user(paul)
    for change in ({"count": 0}, {"count": 1001}, {"name": ""}, {"id": "x"}):
        assert refusal(api.post(ADDRESS, batch(service, **change))) == (400, "request.invalid")
    assert refusal(api.post(ADDRESS, {**batch(service), "service": str(uuid4())})) == (404, "request.not_found")
    DiagnosisService.objects.update(state="closed", closed_at=NOW)
    assert refusal(api.post(ADDRESS, batch(service))) == (409, "service.closed")


def test_batch_is_seen_and_used_by_its_requester_alone(service, paul, as_user):
    given = batch(service)
    as_user(paul).post(ADDRESS, given)
    for other in (person(), member(service.federation, Role.CLINICIAN, "petra")):
        api = as_user(other)
        assert api.get(f"{ADDRESS}/{given['id']}").status_code == 404
        assert api.get(ADDRESS).json()["results"] == []
        sent = api.post("/api/v1/diagnoses", body(asked(service), batch=given["id"]))
        assert (refusal(sent), list(sent.json()["fields"])) == ((400, "request.invalid"), ["batch"])


def test_batches_need_the_scope_for_diagnoses(service, paul):
    given = batch(service)
    assert program(paul, "diagnoses").post(ADDRESS, given).status_code == 201
    refused = program(paul, "read", "services")
    assert refused.post(ADDRESS, batch(service)).status_code == 403
    assert [refused.get(place).status_code for place in (ADDRESS, f"{ADDRESS}/{given['id']}")] == [403, 403]


def test_batch_of_many_is_told_in_as_many_queries_as_one_of_few(service, paul, as_user, django_assert_max_num_queries):
    api, given = as_user(paul), batch(service, count=12)
    api.post(ADDRESS, given)
    for _ in range(12):
        api.post("/api/v1/diagnoses", body(asked(service), batch=given["id"]))
    with django_assert_max_num_queries(9):
        told = api.get(f"{ADDRESS}/{given['id']}").json()
    assert [row["position"] for row in told["rows"]] == list(range(12))
