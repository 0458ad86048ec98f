"""Readings: once, for good, while the study is open, by its readers; a later thought is another row."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import DatabaseError, transaction

from backend.apps.accounts.services import token_create
from backend.apps.federations.models import Role
from backend.apps.readings.models import Reading, StudyCase
from tests.backend.readings.trial import begun, read_all, reading
from tests.backend.world import NOW, consortium, member, person

pytestmark = pytest.mark.django_db


@pytest.fixture
def federation():
    return consortium()


@pytest.fixture
def rosa(federation):
    return member(federation, Role.CLINICIAN, "rosa")


@pytest.fixture
def address(federation, rosa, as_user):
    return begun(as_user(person()), federation, [rosa])


def first_case(api, address):
    return api.get(f"{address}/worklist").json()["items"][0]["case"]


def refusal(answer):
    return answer.status_code, answer.json()["code"]


def test_reading_sent_again_is_one_row_also_after_the_end(address, rosa, as_user):
    api = as_user(rosa)
    given = reading(first_case(api, address), "viral")
    assert [api.post(f"{address}/readings", given).status_code for _ in range(3)] == [201, 200, 200]
    as_user(person()).post(f"{address}/close")
    assert api.post(f"{address}/readings", given).status_code == 200
    assert refusal(api.post(f"{address}/readings", {**given, "label": "normal"})) == (409, "readings.id_taken")
    assert Reading.objects.count() == 1


def test_second_reading_of_a_case_says_which_it_replaces(address, rosa, as_user):
    api = as_user(rosa)
    case = first_case(api, address)
    given = reading(case, "viral")
    api.post(f"{address}/readings", given)
    assert refusal(api.post(f"{address}/readings", reading(case, "normal"))) == (409, "readings.already_read")
    amended = api.post(f"{address}/readings", reading(case, "normal", replaces=given["id"]))
    assert (amended.status_code, amended.json()["revision"], amended.json()["position"]) == (201, 2, 2)
    stale = reading(case, "bacterial", replaces=given["id"])
    assert refusal(api.post(f"{address}/readings", stale)) == (409, "readings.already_read")
    assert api.get(f"{address}/worklist").json()["items"][0]["reading"]["label"] == "normal"
    (rater,) = api.get(address).json()["raters"]
    assert (rater["read"], rater["amended"]) == (1, 1)
    assert [one.label for one in Reading.objects.order_by("revision")] == [2, 0]


def test_database_refuses_to_change_or_delete_a_reading_or_a_truth(address, rosa, as_user):
    read_all(as_user(rosa), address)
    for change in (
        lambda: Reading.objects.update(label=0),
        lambda: Reading.objects.all().delete(),
        lambda: StudyCase.objects.update(truth=0),
    ):
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            change()


def test_readings_come_only_while_the_study_is_open(federation, rosa, address, as_user):
    api = as_user(rosa)
    case = first_case(api, address)
    as_user(person()).post(f"{address}/close")
    assert refusal(api.post(f"{address}/readings", reading(case, "viral"))) == (409, "readings.study_not_open")
    for place in ("open", "readers"):
        body = {"user": str(member(federation, Role.CLINICIAN, "otto").pk)}
        assert as_user(person()).post(f"{address}/{place}", body).status_code == 409
    assert as_user(person()).post(f"{address}/close").status_code == 200


def test_reading_that_does_not_fit_is_refused_with_its_field(address, rosa, as_user):
    api = as_user(rosa)
    case = first_case(api, address)
    faults = {
        "label": reading(case, "fungal"),
        "confidence": reading(case, "viral", confidence=50),
        "read_at": reading(case, "viral", read_at=(NOW - timedelta(seconds=1)).isoformat()),
        "seconds": reading(case, "viral", seconds=-1),
    }
    for field, body in faults.items():
        answer = api.post(f"{address}/readings", body)
        assert (answer.status_code, list(answer.json()["fields"])) == (400, [field])
    assert refusal(api.post(f"{address}/readings", reading(str(uuid4()), "viral"))) == (404, "request.not_found")
    assert not Reading.objects.exists()


def test_study_that_asks_for_confidence_takes_none_without_it(federation, rosa, as_user):
    address = begun(as_user(person()), federation, [rosa], ask_confidence=True)
    api = as_user(rosa)
    case = first_case(api, address)
    assert api.post(f"{address}/readings", reading(case, "viral")).status_code == 400
    assert api.post(f"{address}/readings", reading(case, "viral", confidence=101)).status_code == 400
    assert api.post(f"{address}/readings", reading(case, "viral", confidence=0)).json()["confidence"] == 0


def test_only_its_readers_read_and_only_in_a_session(address, federation, rosa, as_user, client):
    case = first_case(as_user(rosa), address)
    lead = as_user(person()).post(f"{address}/readings", reading(case, "viral"))
    assert refusal(lead) == (403, "readings.not_a_reader")
    carl = as_user(member(federation, Role.CLINICIAN, "carl")).post(f"{address}/readings", reading(case, "viral"))
    assert carl.status_code == 404
    _, secret = token_create(user=rosa, name="all", scopes=["read", "jobs", "models"], now=NOW)
    headers = {"Authorization": f"Bearer {secret}"}
    given = client.post(f"{address}/readings", reading(case, "viral"), content_type="application/json", headers=headers)
    assert given.status_code == 403
    assert client.get(f"{address}/worklist", headers=headers).status_code == 200
