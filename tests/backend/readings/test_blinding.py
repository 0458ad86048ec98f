"""Who may know what, when: readers nothing before the end, and whoever has known something never reads."""

import json

import pytest

from backend.apps.audit.models import AuditEntry
from backend.apps.federations.models import Role
from backend.apps.readings.models import StudyCase
from tests.backend.readings.trial import ADDRESS, CASES, CLASSES, begun, protocol, read_all
from tests.backend.world import consortium, member, person

pytestmark = pytest.mark.django_db
HIDDEN = ("comparison", "cases", "readings.csv", "log.csv")


@pytest.fixture
def federation():
    return consortium()


@pytest.fixture
def rosa(federation):
    return member(federation, Role.CLINICIAN, "rosa")


def hides(api, address):
    return [
        (api.get(f"{address}/{place}").status_code, api.get(f"{address}/{place}").json()["code"]) for place in HIDDEN
    ]


def test_reader_learns_no_truth_and_no_other_reader_before_the_end(federation, rosa, as_user):
    lead, reader = as_user(person()), as_user(rosa)
    address = begun(lead, federation, [rosa, member(federation, Role.CLINICIAN, "otto")])
    read_all(as_user(member(federation, Role.CLINICIAN, "otto")), address)
    assert hides(reader, address) == [(403, "readings.blinded")] * len(HIDDEN)
    told = reader.get(address).json()
    assert (told["blinded"], told["leads"], told["reads"], told["seal"], told["looks"]) == (True, False, True, None, [])
    assert [(one["name"], one["own"], one["username"]) for one in told["raters"]] == [("Reader 1", True, None)]
    assert "truth" not in json.dumps([reader.get(f"{address}/worklist").json(), told])
    assert set(reader.get(f"{address}/worklist").json()["items"][0]) == {"case", "position", "sha256", "reading"}
    lead.post(f"{address}/close")
    assert [reader.get(f"{address}/{place}").status_code for place in HIDDEN] == [200, 200, 200, 200]
    told = reader.get(address).json()
    assert [one["name"] for one in told["raters"]] == ["Reader 1", "Reader 2"]
    assert {one["username"] for one in told["raters"]} == {None}


def test_coordinator_who_reads_is_blinded_also_once_withdrawn(federation, as_user):
    reads = member(federation, Role.COORDINATOR, "clara")
    lead, api = as_user(person()), as_user(reads)
    address = begun(lead, federation, [reads])
    assert hides(api, address) == [(403, "readings.blinded")] * len(HIDDEN)
    refused = api.post(f"{address}/raters", {"kind": "model", "name": "x", "table": "case,label\n0001,viral\n"})
    assert (refused.status_code, refused.json()["code"]) == (403, "readings.blinded")
    (rater,) = api.get(address).json()["raters"]
    assert api.post(f"{address}/raters/{rater['id']}/withdraw").status_code == 200
    assert hides(api, address) == [(403, "readings.blinded")] * len(HIDDEN)
    assert api.get(f"{address}/worklist").json()["code"] == "readings.not_a_reader"
    assert lead.get(f"{address}/cases").status_code == 200


def test_auditor_sees_the_study_and_not_its_results(federation, rosa, as_user):
    address = begun(as_user(person()), federation, [rosa])
    auditor = as_user(member(federation, Role.AUDITOR, "iris"))
    assert [one["username"] for one in auditor.get(address).json()["raters"]] == ["rosa"]
    assert hides(auditor, address) == [(403, "readings.blinded")] * len(HIDDEN)
    as_user(person()).post(f"{address}/close")
    assert auditor.get(f"{address}/cases").status_code == 200


def test_whoever_has_known_something_never_reads(federation, rosa, as_user):
    lead, clara = as_user(person()), member(federation, Role.COORDINATOR, "clara")
    address = begun(lead, federation, [rosa])
    barred = {one["username"]: one["barred"] for one in lead.get(f"{address}/candidates").json()}
    assert barred == {"ada": "knows", "clara": "", "rosa": "reads"}
    assert as_user(clara).get(f"{address}/cases").status_code == 200
    for user in (person(), clara):  # who made the study has seen the truth, and so has she now
        refused = lead.post(f"{address}/readers", {"user": str(user.pk)})
        assert (refused.status_code, refused.json()["code"]) == (409, "readings.reader_knows")


def test_early_look_at_the_comparison_is_kept_and_told(federation, rosa, as_user):
    lead = as_user(person())
    address = begun(lead, federation, [rosa])
    read_all(as_user(rosa), address)
    for _ in range(2):
        assert lead.get(f"{address}/comparison").json()["interim"] is True
    lead.post(f"{address}/close")
    assert lead.get(f"{address}/comparison").json()["interim"] is False
    assert [(one["username"], one["readings"]) for one in as_user(rosa).get(address).json()["looks"]] == [("ada", 6)]
    assert AuditEntry.objects.filter(action="study.comparison_seen").count() == 1


def test_strangers_and_patients_see_no_study_and_readers_no_draft(federation, rosa, as_user):
    body = protocol(federation)
    lead = as_user(person())
    lead.post(ADDRESS, body)
    address = f"{ADDRESS}/{body['id']}"
    lead.post(f"{address}/readers", {"user": str(rosa.pk)})
    outsiders = [
        person("eve"), member(federation, Role.PATIENT, "pat"), member(federation, Role.CLINICIAN, "carl"), rosa,
    ]  # fmt: skip
    for user in outsiders:
        api = as_user(user)
        assert api.get(ADDRESS).json()["results"] == []
        assert {api.get(f"{address}{place}").status_code for place in ("", *(f"/{one}" for one in HIDDEN))} == {404}
    lead.post(f"{address}/open")
    assert [one["id"] for one in as_user(rosa).get(ADDRESS).json()["results"]] == [body["id"]]


def test_only_a_coordinator_leads(federation, rosa, as_user):
    assert as_user(rosa).post(ADDRESS, protocol(federation)).json()["code"] == "federations.role_missing"
    address = begun(as_user(person()), federation, [rosa])
    for place in ("open", "close", "readers", "raters"):
        body = {"user": str(rosa.pk), "kind": "model", "table": "x"}
        assert as_user(rosa).post(f"{address}/{place}", body).status_code == 403
    assert as_user(rosa).get(f"{address}/candidates").status_code == 403


def test_audit_log_names_no_truth_no_label_and_no_case_of_the_table(federation, rosa, as_user):
    address = begun(as_user(person()), federation, [rosa])
    read_all(as_user(rosa), address, wrong=1)
    entries = AuditEntry.objects.filter(subject=address.rsplit("/", 1)[1])
    assert entries.filter(action="reading.given").count() == len(CASES)
    written = json.dumps([one.detail for one in entries])
    assert not [
        word
        for word in (*CLASSES, *(one.case for one in CASES), *(one.sha256 for one in CASES))
        if f'"{word}"' in written
    ]


def test_order_is_each_readers_own_and_holds_every_case(federation, as_user):
    readers = [member(federation, Role.CLINICIAN, name) for name in ("rosa", "otto", "emil", "vera")]
    address = begun(as_user(person()), federation, readers)
    orders = [
        tuple(one["case"] for one in as_user(user).get(f"{address}/worklist").json()["items"]) for user in readers
    ]
    everything = {str(pk) for pk in StudyCase.objects.values_list("pk", flat=True)}
    assert all(set(order) == everything and len(order) == len(CASES) for order in orders)
    assert len(set(orders)) > 1  # four equal draws of 720 orders: once in 370 million
    assert orders[0] == tuple(one["case"] for one in as_user(readers[0]).get(f"{address}/worklist").json()["items"])
