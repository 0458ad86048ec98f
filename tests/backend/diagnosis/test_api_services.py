"""The API of services, nodes and descriptors: who sees and changes what, and in which shape it is told."""

from datetime import timedelta
from uuid import UUID

import pytest
from django.utils import timezone

from backend.apps.diagnosis.models import DiagnosisService, Node, NodeTask
from backend.apps.federations.models import Role
from primia_core.diagnosis import LogEntry, SignedDescriptor, check, verify_log
from tests.backend.diagnosis.offer import asked, body, enrolled, offered, program, released, seats
from tests.backend.world import consortium, member, person
from tests.core.diagnosis.parties import node

pytestmark = pytest.mark.django_db
SERVICES, NODES, LOG = "/api/v1/services", "/api/v1/nodes", "/api/v1/descriptor-log"


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
def ada(federation, as_user):
    return as_user(person())


def refusal(answer):
    return answer.status_code, answer.json()["code"]


def wish(federation, **changes):
    return {
        "model_version": str(released(federation).pk),
        "title": "Chest X-ray",
        "intended_use": "Research.",
        "expires_at": (timezone.now() + timedelta(days=30)).isoformat(),
        **{role: str(made.pk) for role, made in seats(federation).items()},
        **changes,
    }


def test_service_is_published_with_defaults_and_told_station_by_station(federation, ada):
    created = ada.post(SERVICES, wish(federation))
    assert created.status_code == 201
    told = created.json()
    assert (told["state"], told["policy"], told["protocol"], told["profile"]) == (
        "preparing", "logits", "tables", "fast",
    )  # fmt: skip
    assert told["classes"] == ["normal", "pneumonia", "other"]
    assert told["stock"] == {"p0": 0, "p1": 0, "low": 3, "full": 8}
    assert [(step["step"], step["state"]) for step in told["steps"]] == [
        ("prepare", "waiting"), ("mask", "waiting"), ("share", "waiting"), ("open", "waiting"), ("sign", "waiting"),
    ]  # fmt: skip
    assert told["nodes"]["p0"]["fingerprint"] == node("north").public.fingerprint
    assert [told[name] for name in ("input", "output", "price", "accuracy", "program")] == [None] * 5
    assert told["created_by"] == "ada"
    task = NodeTask.objects.get(service=told["id"])
    NodeTask.objects.filter(pk=task.pk).update(leased_at=timezone.now())
    step = ada.get(f"{SERVICES}/{told['id']}").json()["steps"][0]
    assert (step["state"], step["nodes"], step["finished_at"]) == ("running", ["owner"], None)


def test_publishing_says_which_value_does_not_fit(federation, ada):
    whole = wish(federation)
    for change, field in [
        ({"protocol": "magic"}, "protocol"),
        ({"policy": "everything"}, "policy"),
        ({"profile": "slow"}, "profile"),
        ({"stock_low": 9, "stock_full": 3}, "stock_full"),
        ({"expires_at": "2020-01-01T00:00:00Z"}, "expires_at"),
        ({"per_user_daily": 0}, "per_user_daily"),
        ({"p1": str(UUID(int=7))}, "p1"),
    ]:
        answer = ada.post(SERVICES, {**whole, **change})
        assert refusal(answer) == (400, "request.invalid"), change
        assert field in answer.json()["fields"]
    assert refusal(ada.post(SERVICES, {**whole, "p0": whole["p1"]})) == (409, "nodes.unfit")


def test_draft_model_cannot_be_offered(federation, ada):
    whole = wish(federation)
    federation.model_versions.update(state="draft")
    assert refusal(ada.post(SERVICES, whole)) == (409, "service.model_unfit")


def test_only_a_coordinator_publishes_closes_and_tries_again(federation, service, as_user):
    whole = wish(federation)
    for role in (Role.CLINICIAN, Role.AUDITOR):
        api = as_user(member(federation, role, role.value))
        assert api.post(SERVICES, whole).status_code == 403
        assert api.post(f"{SERVICES}/{service.pk}/close").status_code == 403
        assert api.post(f"{SERVICES}/{service.pk}/retry").status_code == 403
    assert as_user(person("eve")).post(f"{SERVICES}/{service.pk}/close").status_code == 404


def test_service_is_closed_once_and_failed_publishing_begins_anew(federation, service, ada):
    for _ in range(2):
        closed = ada.post(f"{SERVICES}/{service.pk}/close")
        assert (closed.status_code, closed.json()["state"]) == (200, "closed")
    assert refusal(ada.post(f"{SERVICES}/{service.pk}/retry")) == (409, "request.illegal_transition")
    failed = DiagnosisService.objects.get(pk=ada.post(SERVICES, wish(federation)).json()["id"])
    failed.state, failed.failure = "failed", {
        "node": "owner", "phase": "preparing", "code": "x", "reason": "too small", "next_step": "look",
    }  # fmt: skip
    failed.save()
    told = ada.get(f"{SERVICES}/{failed.pk}").json()["failure"]
    assert told == {"code": "x", "message": "too small", "phase": "preparing", "node": "owner", "next_step": "look"}
    assert ada.post(f"{SERVICES}/{failed.pk}/retry").json()["state"] == "preparing"


def test_patient_sees_open_services_and_neither_nodes_nor_operations(federation, service, as_user):
    paul = as_user(member(federation, Role.PATIENT, "paul"))
    (row,) = paul.get(SERVICES).json()["results"]
    assert (row["id"], row["state"], row["waiting"]) == (str(service.pk), "open", 0)
    assert paul.get(NODES).json()["results"] == []
    assert paul.get(f"{SERVICES}/{service.pk}/operations").status_code == 404
    DiagnosisService.objects.update(state="closed", closed_at=timezone.now())
    assert paul.get(SERVICES).json()["results"] == []
    assert paul.get(f"{SERVICES}/{service.pk}").status_code == 404
    assert as_user(person("eve")).get(SERVICES).json()["results"] == []


def test_descriptor_and_log_are_what_a_requester_verifies(service, as_user, federation):
    paul = as_user(member(federation, Role.PATIENT, "paul"))
    told = paul.get(f"{SERVICES}/{service.pk}/descriptor").json()
    descriptor = check(SignedDescriptor.from_json(told))
    assert descriptor.digest == service.descriptor_digest
    page = paul.get(LOG, {"service": str(service.pk)}).json()
    entries = [LogEntry.from_json(row) for row in page["results"]]
    verify_log(entries)
    assert [(entry.kind, entry.digest) for entry in entries] == [("published", descriptor.digest)]
    assert as_user(person("eve")).get(LOG).json()["results"] == []


def test_descriptor_of_a_service_on_its_way_is_not_there_yet(federation, ada):
    service = ada.post(SERVICES, wish(federation)).json()["id"]
    answer = ada.get(f"{SERVICES}/{service}/descriptor")
    assert refusal(answer) == (404, "request.not_found")
    assert "not described yet" in answer.json()["message"]


def test_facts_are_numbers_and_signatures_are_those_of_the_descriptor(service, ada):
    told = ada.get(f"{SERVICES}/{service.pk}").json()
    assert told["input"]["scale"] == 1234.5
    assert told["accuracy"]["largest_logit_error"] == 1e-07
    assert told["price"]["learns"]["hub"] == ["sizes"]
    assert [signature["role"] for signature in told["signatures"]] == ["p0", "p1"]
    assert told["program"] == "ab" * 32


def test_waiting_requests_are_counted(service, federation, as_user, ada):
    paul = as_user(member(federation, Role.PATIENT, "paul"))
    for _ in range(2):
        assert paul.post("/api/v1/diagnoses", body(asked(service))).status_code == 201
    assert ada.get(f"{SERVICES}/{service.pk}").json()["waiting"] == 2


def test_token_needs_the_scope_for_services_to_publish_and_to_close(federation, service):
    ada = person()
    assert program(ada, "services").post(f"{SERVICES}/{service.pk}/close").status_code == 200
    for scope in ("read", "diagnoses", "federations", "jobs"):
        assert program(ada, scope).post(f"{SERVICES}/{service.pk}/close").status_code == 403


@pytest.mark.parametrize("scope", ["read", "diagnoses", "services"])
def test_any_token_that_may_ask_or_read_can_read_whom_it_asks(service, scope):
    api = program(person(), scope)
    for address in (SERVICES, f"{SERVICES}/{service.pk}", f"{SERVICES}/{service.pk}/descriptor", LOG):
        assert api.get(address).status_code == 200
    assert program(person(), "jobs").get(f"{SERVICES}/{service.pk}/descriptor").status_code == 403


def test_node_is_invited_by_a_coordinator_and_its_token_is_shown_once(federation, ada, as_user):
    wanted = {"federation": str(federation.pk), "role": "p0", "name": "North"}
    created = ada.post("/api/v1/node-invitations", wanted)
    assert created.status_code == 201
    assert set(created.json()) == {"id", "federation", "role", "name", "expires_at", "token"}
    assert created.json()["token"].startswith("primia-join-")
    assert ada.post("/api/v1/node-invitations", {**wanted, "role": "king"}).status_code == 400
    clinician = as_user(member(federation, Role.CLINICIAN, "clara"))
    assert clinician.post("/api/v1/node-invitations", wanted).status_code == 403
    assert as_user(person("eve")).post("/api/v1/node-invitations", wanted).status_code == 404
    assert program(person(), "federations").post("/api/v1/node-invitations", wanted).status_code == 201
    assert program(person(), "services").post("/api/v1/node-invitations", wanted).status_code == 403


def test_node_is_confirmed_by_its_fingerprint_only(federation, ada):
    made = enrolled(federation, "p0")
    Node.objects.update(confirmed=False, confirmed_at=None)
    address = f"{NODES}/{made.pk}/confirm"
    assert refusal(ada.post(address, {"fingerprint": "0" * 64})) == (409, "nodes.fingerprint_differs")
    grouped = " ".join(made.fingerprint[place : place + 4] for place in range(0, 64, 4)).upper()
    told = ada.post(address, {"fingerprint": grouped}).json()
    assert (told["confirmed"], told["role"], told["federation"]["name"]) == (True, "p0", "Alpine")
    assert "credential_hash" not in told


def test_nodes_are_filtered_by_federation_and_role(federation, ada, as_user):
    for role in ("p0", "dealer"):
        enrolled(federation, role)
    assert [row["role"] for row in ada.get(NODES, {"role": "dealer"}).json()["results"]] == ["dealer"]
    assert len(ada.get(NODES, {"federation": str(federation.pk)}).json()["results"]) == 2
    assert as_user(person("eve")).get(NODES).json()["results"] == []
