"""The API of diagnoses: who may ask, what is refused under which code, and that an answer leaves once."""

import base64
from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from backend.apps.diagnosis.models import Diagnosis, DiagnosisService
from backend.apps.diagnosis.services.diagnosis_end import diagnosis_expire
from backend.apps.federations.models import Role
from primia_core.diagnosis import open_answers
from tests.backend.diagnosis.offer import LOGITS, asked, body, compute, moved, offered, program, refuse
from tests.backend.world import consortium, member, person

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clean_cache")]
ADDRESS = "/api/v1/diagnoses"


@pytest.fixture(autouse=True)
def storage(settings, tmp_path):
    settings.PRIMIA_STORAGE = tmp_path


@pytest.fixture
def federation():
    return consortium()


@pytest.fixture
def service(federation):
    return offered(federation)


@pytest.fixture
def paul(federation):
    return member(federation, Role.PATIENT, "paul")


@pytest.fixture
def api(paul, as_user):
    return as_user(paul)


def post(api, given, **headers):
    return api.post(ADDRESS, given, headers=headers)


def refusal(answer):
    return answer.status_code, answer.json()["code"]


def test_request_is_answered_collected_once_and_opened_by_its_requester_alone(service, api):
    mine = asked(service)
    created = post(api, body(mine))
    assert created.status_code == 201
    told = created.json()
    assert (told["state"], told["position"], told["attempts"], told["failure"]) == ("queued", 0, 1, None)
    compute(mine)
    told = api.get(f"{ADDRESS}/{mine.diagnosis}").json()
    assert (told["state"], told["position"]) == ("answered", None)
    assert told["steps"]["p1"]["online_s"] == 1.5
    given = api.post(f"{ADDRESS}/{mine.diagnosis}/collect").json()["answers"]
    opened = open_answers(mine.descriptor, mine.diagnosis, mine.key, given, request_digest=mine.request.digest)
    assert [round(logit * mine.descriptor.output.scale) for logit in opened.logits] == LOGITS
    again = api.post(f"{ADDRESS}/{mine.diagnosis}/collect")
    assert refusal(again) == (410, "diagnosis.collected")
    assert Diagnosis.objects.get(pk=mine.diagnosis).answers is None


def test_answer_comes_again_for_its_receipt_until_it_is_acknowledged(service, api):
    mine = asked(service)
    post(api, body(mine))
    compute(mine)
    collect, acknowledge = (f"{ADDRESS}/{mine.diagnosis}/{deed}" for deed in ("collect", "acknowledge"))
    receipt, other = ({"receipt": base64.b64encode(bytes([n]) * 32).decode()} for n in (1, 2))
    assert refusal(api.post(acknowledge, receipt)) == (409, "diagnosis.not_ready")
    first = api.post(collect, receipt).json()
    assert api.post(collect, receipt).json() == first
    for deed, given in ((collect, other), (collect, {}), (acknowledge, other)):
        assert refusal(api.post(deed, given)) == (410, "diagnosis.collected")
    assert [api.post(acknowledge, receipt).status_code for _ in range(2)] == [204, 204]
    assert refusal(api.post(collect, receipt)) == (410, "diagnosis.collected")
    assert api.get(f"{ADDRESS}/{mine.diagnosis}").json()["state"] == "collected"
    assert Diagnosis.objects.get(pk=mine.diagnosis).answers is None


@pytest.mark.parametrize("receipt", ["", "no base64", base64.b64encode(bytes(31)).decode(), 7])
def test_receipt_that_could_be_guessed_is_refused(service, api, receipt):
    mine = asked(service)
    post(api, body(mine))
    compute(mine)
    for deed in ("collect", "acknowledge"):
        answer = api.post(f"{ADDRESS}/{mine.diagnosis}/{deed}", {"receipt": receipt})
        assert refusal(answer)[0] == 400
        assert list(answer.json()["fields"]) == ["receipt"]
    assert Diagnosis.objects.get(pk=mine.diagnosis).answers is not None


def test_nothing_that_is_told_of_a_diagnosis_holds_a_share_or_an_answer(service, api):
    mine = asked(service)
    sealed = [base64.b64encode(share).decode() for share in mine.request.shares]
    texts = [post(api, body(mine)).content]
    answers = [answer.to_json()["sealed"] for answer in compute(mine)]
    texts += [api.get(address).content for address in (ADDRESS, f"{ADDRESS}/{mine.diagnosis}")]
    texts.append(api.get(f"{ADDRESS}/{mine.diagnosis}/events").content)
    assert not any(secret.encode() in text for secret in (*sealed, *answers) for text in texts)


def test_same_request_again_is_the_same_row_and_another_under_its_id_is_refused(service, api, federation, as_user):
    mine = asked(service)
    first, again = post(api, body(mine)), post(api, body(mine), **{"Idempotency-Key": str(mine.diagnosis)})
    assert (first.status_code, again.status_code) == (201, 200)
    assert again.json()["created_at"] == first.json()["created_at"]
    other = asked(service, diagnosis=mine.diagnosis)
    assert refusal(post(api, body(other))) == (409, "diagnosis.id_taken")
    stranger = as_user(member(federation, Role.PATIENT, "petra"))
    assert refusal(post(stranger, body(mine))) == (409, "diagnosis.id_taken")
    assert Diagnosis.objects.count() == 1


def test_idempotency_key_that_is_not_the_id_is_refused(service, api):
    answer = post(api, body(asked(service)), **{"Idempotency-Key": str(uuid4())})
    assert refusal(answer) == (400, "request.invalid")
    assert list(answer.json()["fields"]) == ["id"]


def test_closed_and_expired_services_take_nothing(service, api):
    mine = asked(service)
    DiagnosisService.objects.filter(pk=service.pk).update(expires_at=timezone.now() - timedelta(seconds=1))
    assert refusal(post(api, body(mine))) == (409, "service.expired")
    DiagnosisService.objects.filter(pk=service.pk).update(state="closed", closed_at=timezone.now())
    assert refusal(post(api, body(mine))) == (404, "request.not_found")  # a patient sees what can be asked


def test_closed_service_is_named_to_who_works_there(service, federation, as_user):
    DiagnosisService.objects.filter(pk=service.pk).update(state="closed", closed_at=timezone.now())
    clinician = as_user(member(federation, Role.CLINICIAN, "clara"))
    assert refusal(post(clinician, body(asked(service)))) == (409, "service.closed")


def test_request_for_another_descriptor_is_refused(service, api):
    assert refusal(post(api, body(asked(service), descriptor="0" * 64))) == (409, "diagnosis.wrong_descriptor")


def test_shares_that_are_too_large_too_small_or_no_base64_are_refused(service, api):
    whole = body(asked(service))
    first, second = whole["shares"]
    large = base64.b64encode(bytes(8192)).decode()
    for shares, wanted in [
        ([first, large], (413, "diagnosis.share_too_large")),
        ([large, second], (413, "diagnosis.share_too_large")),
        ([base64.b64encode(bytes(40)).decode(), second], (400, "diagnosis.bad_share")),
        ([first, "AAAA"], (400, "diagnosis.bad_share")),
        ([first], (400, "request.invalid")),
        ([first, second, second], (400, "request.invalid")),
        ([first, "not base64!"], (400, "request.invalid")),
        ([first, second + "\n"], (400, "request.invalid")),
        ([first, 17], (400, "request.invalid")),
    ]:
        assert refusal(post(api, {**whole, "shares": shares})) == wanted, shares
    assert not Diagnosis.objects.exists()


def test_swapped_shares_of_a_real_size_are_refused_before_a_party_is_asked(federation, api):
    whole = body(asked(offered(federation, size=64)))
    answer = post(api, {**whole, "shares": whole["shares"][::-1]})
    assert refusal(answer) == (413, "diagnosis.share_too_large")
    assert "Share 0" in answer.json()["message"]


def test_answer_that_is_not_there_cannot_be_collected(service, api):
    mine = asked(service)
    post(api, body(mine))
    collect = f"{ADDRESS}/{mine.diagnosis}/collect"
    assert refusal(api.post(collect)) == (409, "diagnosis.not_ready")
    refuse(mine, "diagnosis.share_corrupt")
    failed = api.get(f"{ADDRESS}/{mine.diagnosis}").json()
    assert failed["state"] == "failed"
    assert failed["failure"]["code"] == "diagnosis.share_corrupt"
    assert (failed["failure"]["node"], failed["failure"]["phase"]) == ("p0", "opening")
    assert failed["failure"]["message"]
    assert failed["failure"]["next_step"]
    assert refusal(api.post(collect)) == (409, "diagnosis.not_ready")


def test_answer_that_nobody_collects_is_thrown_away(service, api):
    mine = asked(service)
    post(api, body(mine))
    compute(mine)
    moved(Diagnosis.objects.get(pk=mine.diagnosis), expires_at=timezone.now() - timedelta(seconds=1))
    diagnosis_expire(diagnosis_id=mine.diagnosis, now=timezone.now())
    answer = api.post(f"{ADDRESS}/{mine.diagnosis}/collect")
    assert refusal(answer) == (409, "diagnosis.not_ready")
    assert "thrown away" in answer.json()["message"]


def test_deleting_cancels_what_waits_and_forgets_what_has_ended(service, api):
    mine = asked(service)
    post(api, body(mine))
    address = f"{ADDRESS}/{mine.diagnosis}"
    assert api.delete(address).status_code == 204
    assert api.get(address).json()["failure"]["code"] == "diagnosis.cancelled"
    assert api.delete(address).status_code == 204
    assert api.get(address).status_code == 404
    assert api.get(ADDRESS).json()["results"] == []


def test_diagnosis_is_seen_by_its_requester_and_by_nobody_else_whatever_their_role(service, api, federation, as_user):
    mine = asked(service)
    post(api, body(mine))
    compute(mine)
    address = f"{ADDRESS}/{mine.diagnosis}"
    others = [person()] + [
        member(federation, role, role.value) for role in (Role.COORDINATOR, Role.AUDITOR, Role.CLINICIAN, Role.PATIENT)
    ]
    for other in others:
        there = as_user(other)
        assert [there.get(place).status_code for place in (address, f"{address}/events")] == [404, 404]
        assert [there.post(f"{address}/collect").status_code, there.delete(address).status_code] == [404, 404]
        assert there.get(ADDRESS).json()["results"] == []
    assert api.get(ADDRESS, {"state": "answered"}).json()["results"][0]["id"] == str(mine.diagnosis)


def test_stranger_cannot_ask_and_learns_nothing_of_the_service(service, as_user):
    assert refusal(post(as_user(person("eve")), body(asked(service)))) == (404, "request.not_found")


def test_nobody_asks_without_logging_in(service, client):
    assert client.post(ADDRESS, body(asked(service)), content_type="application/json").status_code == 401


def test_token_needs_the_scope_for_diagnoses_for_everything_here(service, paul):
    mine = asked(service)
    allowed = program(paul, "diagnoses")
    assert post(allowed, body(mine)).status_code == 201
    assert allowed.get(f"{ADDRESS}/{mine.diagnosis}").status_code == 200
    assert allowed.get(f"{ADDRESS}/{mine.diagnosis}/events").status_code == 200
    refused = program(paul, "read", "jobs", "models", "services")
    assert post(refused, body(asked(service))).status_code == 403
    for address in (ADDRESS, f"{ADDRESS}/{mine.diagnosis}", f"{ADDRESS}/{mine.diagnosis}/events"):
        assert refused.get(address).status_code == 403
    assert refused.post(f"{ADDRESS}/{mine.diagnosis}/collect").status_code == 403
    assert refused.delete(f"{ADDRESS}/{mine.diagnosis}").status_code == 403


def test_events_are_read_after_a_number_and_name_no_content(service, api):
    mine = asked(service)
    post(api, body(mine))
    compute(mine)
    page = api.get(f"{ADDRESS}/{mine.diagnosis}/events", {"limit": 2}).json()
    assert [event["seq"] for event in page["results"]] == [1, 2]
    assert page["results"][0]["kind"] == "diagnosis.queued"
    rest = api.get(page["next"]).json()
    assert rest["results"][-1]["kind"] == "diagnosis.answered"
    assert api.get(f"{ADDRESS}/{mine.diagnosis}/events", {"after": -1}).status_code == 400


def test_daily_budget_is_each_users_and_says_when_the_next_request_is_taken(federation, api, as_user):
    service = offered(federation, per_user_daily=2)
    for _ in range(2):
        assert post(api, body(asked(service))).status_code == 201
    answer = post(api, body(asked(service)))
    assert refusal(answer) == (429, "diagnosis.budget_used_up")
    assert 86_000 < int(answer["Retry-After"]) <= 86_400
    assert post(as_user(member(federation, Role.PATIENT, "petra")), body(asked(service))).status_code == 201
    oldest = Diagnosis.objects.order_by("created_at").first()
    moved(oldest, created_at=timezone.now() - timedelta(hours=24, seconds=1))
    assert post(api, body(asked(service))).status_code == 201


def test_forgotten_request_still_counts_for_the_budget(federation, api):
    service = offered(federation, per_user_daily=1)
    mine = asked(service)
    post(api, body(mine))
    for _ in range(2):
        api.delete(f"{ADDRESS}/{mine.diagnosis}")
    assert refusal(post(api, body(asked(service)))) == (429, "diagnosis.budget_used_up")


def test_tokens_quota_is_its_own_over_all_services_and_a_session_has_none(federation, paul, api):
    first, second = offered(federation), offered(federation)
    limited, other = program(paul, "diagnoses", diagnoses_per_day=2), program(paul, "diagnoses", diagnoses_per_day=1)
    assert [post(limited, body(asked(service))).status_code for service in (first, second)] == [201, 201]
    answer = post(limited, body(asked(second)))
    assert refusal(answer) == (429, "diagnosis.token_quota_used_up")
    assert 86_000 < int(answer["Retry-After"]) <= 86_400
    assert [post(client, body(asked(first))).status_code for client in (other, api)] == [201, 201]
    oldest = Diagnosis.objects.order_by("created_at").first()
    moved(oldest, created_at=timezone.now() - timedelta(hours=24, seconds=1))
    assert post(limited, body(asked(first))).status_code == 201


def test_token_is_made_with_a_quota_and_tells_it(api):
    made = api.post("/api/v1/auth/tokens", {"name": "ris", "scopes": ["diagnoses"], "diagnoses_per_day": 50})
    assert (made.status_code, made.json()["diagnoses_per_day"]) == (201, 50)
    api.post("/api/v1/auth/tokens", {"name": "lab", "scopes": ["diagnoses"]})
    rows = api.get("/api/v1/auth/tokens").json()["results"]
    assert {row["name"]: row["diagnoses_per_day"] for row in rows} == {"ris": 50, "lab": None}
    refused = api.post("/api/v1/auth/tokens", {"name": "x", "scopes": ["diagnoses"], "diagnoses_per_day": 0})
    assert list(refused.json()["fields"]) == ["diagnoses_per_day"]
