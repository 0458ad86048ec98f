"""Studies: made once from a table that fits, fixed by a hash, with raters from tables beside their readers."""

from uuid import uuid4

import pytest

from backend.apps.audit.models import AuditEntry
from backend.apps.federations.models import Role
from backend.apps.readings.models import ReaderStudy, Reading
from backend.apps.readings.services.study_create import protocol_hash
from tests.backend.readings.trial import ADDRESS, CASES, CLASSES, begun, protocol
from tests.backend.test_registry import register
from tests.backend.world import consortium, member, person

pytestmark = pytest.mark.django_db
TABLE = "case,truth,Dr Fry,Dr Hay\n" + "".join(f"{one.case},{one.truth},{one.truth},normal\n" for one in CASES)


@pytest.fixture
def federation():
    return consortium()


@pytest.fixture
def lead(federation, as_user):
    return as_user(person())


@pytest.fixture
def address(federation, lead):
    return begun(lead, federation, [member(federation, Role.CLINICIAN, "rosa")])


def fields(answer):
    return answer.status_code, answer.json().get("fields", answer.json()["code"])


def test_same_study_again_is_the_same_and_another_under_its_id_is_refused(federation, lead):
    body = protocol(federation)
    assert [lead.post(ADDRESS, body).status_code for _ in range(2)] == [201, 200]
    assert lead.post(ADDRESS, {**body, "title": "another"}).json()["code"] == "readings.id_taken"
    assert (ReaderStudy.objects.count(), AuditEntry.objects.filter(action="study.created").count()) == (1, 1)


def test_protocol_hash_can_be_checked_once_the_seal_is_shown(federation, lead):
    body = protocol(federation)
    told = lead.post(ADDRESS, body).json()
    assert told["seal"] is None
    for place in ("open", "close"):
        closed = lead.post(f"{ADDRESS}/{body['id']}/{place}").json()
    stated = {"title": body["title"], "question": body["question"], "classes": CLASSES, "margin": "0.100"}
    assert protocol_hash(stated, CASES, closed["seal"]) == told["protocol_sha256"] == closed["protocol_sha256"]
    assert protocol_hash({**stated, "margin": "0.200"}, CASES, closed["seal"]) != told["protocol_sha256"]
    opened = AuditEntry.objects.get(action="study.opened")
    assert opened.detail["protocol_sha256"] == told["protocol_sha256"]


@pytest.mark.parametrize(
    ("change", "place"),
    [
        ({"classes": ["normal"]}, "classes"),
        ({"classes": ["normal", "normal", "viral"]}, "classes"),
        ({"classes": ["=cmd()", "viral"]}, "classes"),
        ({"classes": ["label", "viral"]}, "classes"),
        ({"margin": "1.5"}, "margin"),
        ({"margin": "0"}, "margin"),
        ({"title": ""}, "title"),
        ({"cases": "case,truth\n1,normal\n"}, "cases"),
        ({"cases": "case,sha256,truth\n"}, "cases"),
        ({"cases": "case,sha256,truth\n" + "x" * 200_000}, "cases"),
        ({"cases": f"case,sha256,truth\n1,{'a' * 64},fungal\n"}, "cases"),
        ({"cases": f"case,sha256,truth\n1,{'a' * 64},viral\n2,{'a' * 64},viral\n"}, "cases"),
        ({"cases": f"case,sha256,truth\n1,{'a' * 64},viral\n1,{'b' * 64},viral\n"}, "cases"),
        ({"cases": f"case,sha256,truth\n=1+1,{'a' * 64},viral\n"}, "cases"),
        ({"cases": "case,sha256,truth\n1,person7_virus_3.jpeg,viral\n"}, "cases"),
    ],
)
def test_protocol_that_does_not_fit_is_refused_with_its_field(federation, lead, change, place):
    answer = lead.post(ADDRESS, protocol(federation, **change))
    assert (answer.status_code, list(answer.json()["fields"])) == (400, [place])
    assert not ReaderStudy.objects.exists()


def test_table_of_people_becomes_a_rater_for_each_column(address, lead):
    told = lead.post(f"{address}/raters", {"kind": "person", "table": TABLE})
    assert told.status_code == 201
    people = [(one["name"], one["read"]) for one in told.json()["raters"] if one["kind"] == "person"]
    assert people == [("Dr Fry", 6), ("Dr Hay", 6)]
    again = lead.post(f"{address}/raters", {"kind": "person", "table": TABLE})
    assert fields(again) == (409, "readings.rater_taken")


def test_table_of_other_cases_or_with_another_truth_is_refused(address, lead):
    other = TABLE.replace("0001,normal,normal", "0001,viral,viral")
    strangers = "sha256,label\n" + "".join(f"{n:064},viral\n" for n in range(3))
    for table in (other, strangers, "case,label\n9999,viral\n0001,viral\n", "case,label\n0001,fungal\n", "x,y\n1,2\n"):
        answer = lead.post(f"{address}/raters", {"kind": "model", "name": "CNN", "table": table})
        assert (answer.status_code, answer.json()["code"]) == (400, "readings.table_refused")
    assert not Reading.objects.exists()


def test_name_of_a_rater_is_one_that_no_reader_can_have(address, lead):
    for name in ("", "Reader 1", "reader 12", "=x", "truth"):
        answer = lead.post(f"{address}/raters", {"kind": "model", "name": name, "table": "case,label\n0001,viral\n"})
        assert (answer.status_code, list(answer.json()["fields"])) == (400, ["name"])


def test_predictions_of_a_model_version_are_matched_by_file(address, lead, federation, settings, tmp_path):
    settings.PRIMIA_STORAGE = tmp_path
    version = register(federation)
    rows = "".join(f"{one.sha256},{one.truth},0.2,0.5,0.3\n" for one in CASES[:5])
    body = {
        "kind": "model",
        "name": "lungs v1",
        "table": f"sha256,label,{','.join(CLASSES)}\n{rows}{'f' * 64},viral,0,0,1\n",
    }
    told = lead.post(f"{address}/raters", {**body, "model_version": str(version.pk)}).json()
    (model,) = [one for one in told["raters"] if one["kind"] == "model"]
    assert (model["model_version"], model["read"]) == (str(version.pk), 5)
    assert Reading.objects.first().probabilities == [0.2, 0.5, 0.3]
    stranger = lead.post(f"{address}/raters", {**body, "name": "x", "model_version": str(uuid4())})
    assert fields(stranger) == (400, {"model_version": ["Choose a model of this federation."]})


def test_withdrawn_rater_takes_no_part_and_stays_in_the_log(address, lead):
    told = lead.post(f"{address}/raters", {"kind": "person", "table": TABLE}).json()
    hay = next(one for one in told["raters"] if one["name"] == "Dr Hay")
    lead.post(f"{address}/raters/{hay['id']}/withdraw")
    assert lead.get(f"{address}/readings.csv").content.decode().splitlines()[0] == "case,truth,Dr Fry"
    assert "Dr Hay,person,0001,1,,normal" in lead.get(f"{address}/log.csv").content.decode()
    assert lead.post(f"{address}/raters/{uuid4()}/withdraw").status_code == 404


def test_reader_needs_a_role_that_reads(address, lead, federation):
    for user in (person("eve"), member(federation, Role.PATIENT, "pat"), member(federation, Role.AUDITOR, "iris")):
        assert lead.post(f"{address}/readers", {"user": str(user.pk)}).json()["code"] == "federations.role_missing"


def test_list_of_many_studies_takes_as_many_queries_as_one_of_few(lead, federation, django_assert_max_num_queries):
    for _ in range(8):
        begun(lead, federation, [])
    with django_assert_max_num_queries(8):
        assert len(lead.get(ADDRESS).json()["results"]) == 8
