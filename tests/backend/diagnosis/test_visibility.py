"""Who sees what. A patient is a guest: they ask services and see their own requests, and nothing of the rest."""

from pathlib import Path
from uuid import uuid4

import pytest
import yaml
from django.utils import timezone
from rest_framework.test import APIClient

from backend.apps.accounts.models import Scope
from backend.apps.accounts.services import token_create
from backend.apps.audit.selectors import visible_to as audit_visible_to
from backend.apps.datasets.models import Dataset
from backend.apps.datasets.selectors import visible_to as datasets_visible_to
from backend.apps.diagnosis.models import DiagnosisService
from backend.apps.diagnosis.selectors.diagnoses import diagnoses_visible_to
from backend.apps.diagnosis.selectors.events import may_follow as may_follow_diagnosis
from backend.apps.diagnosis.selectors.nodes import nodes_visible_to
from backend.apps.diagnosis.selectors.services import services_visible_to
from backend.apps.events.selectors import may_follow as may_follow_job
from backend.apps.federations.models import Role
from backend.apps.federations.selectors import sites_visible_to
from backend.apps.federations.selectors import visible_to as federations_visible_to
from backend.apps.jobs.models import Job
from backend.apps.jobs.selectors.jobs import visible_to as jobs_visible_to
from backend.apps.registry.selectors import visible_to as versions_visible_to
from tests.backend.world import consortium, hospital, member, person

ROOT = Path(__file__).resolve().parents[3]
WORKS = (Role.COORDINATOR, Role.SITE_ADMIN, Role.CLINICIAN, Role.AUDITOR)


@pytest.fixture
def house(published):
    """Return a federation that has something of everything."""
    published.site, _ = hospital(published.federation, "north")
    now = timezone.now()
    published.dataset = Dataset.objects.create(
        site=published.site, name="chest", task="pneumonia", classes=["a", "b"], version="0" * 64, ready=True,
        readiness={"checks": []}, created_at=now, reported_at=now,
    )  # fmt: skip
    return published


def somebody(house, role):
    site = house.site if role == Role.SITE_ADMIN else None
    return member(house.federation, role, f"some-{role}", site)


@pytest.mark.parametrize("role", WORKS)
def test_whoever_works_in_a_federation_sees_its_things_but_nobodys_diagnoses(house, role):
    user, asked = somebody(house, role), house.ask()
    for seen in (
        federations_visible_to, sites_visible_to, jobs_visible_to, datasets_visible_to, versions_visible_to,
        nodes_visible_to, services_visible_to,
    ):  # fmt: skip
        assert seen(user).exists(), seen
    assert not diagnoses_visible_to(user).exists()
    assert not may_follow_diagnosis(user=user, diagnosis_id=asked.id)


def test_a_patient_sees_open_services_and_their_own_diagnoses_and_nothing_else(house):
    asked = house.ask()
    for hidden in (
        federations_visible_to, sites_visible_to, jobs_visible_to, datasets_visible_to, versions_visible_to,
        nodes_visible_to, audit_visible_to,
    ):  # fmt: skip
        assert not hidden(house.pat).exists(), hidden
    assert not may_follow_job(user=house.pat, job_id=Job.objects.get().pk)
    assert list(services_visible_to(house.pat)) == [house.service]
    assert [row.pk for row in diagnoses_visible_to(house.pat)] == [asked.id]
    assert may_follow_diagnosis(user=house.pat, diagnosis_id=asked.id)
    other = member(house.federation, Role.PATIENT, "max")
    assert not may_follow_diagnosis(user=other, diagnosis_id=asked.id)


def test_a_patient_sees_a_service_that_is_not_open_only_if_they_have_asked_it(house):
    asked = house.ask()
    other = member(house.federation, Role.PATIENT, "max")
    DiagnosisService.objects.update(state="closed", closed_at=timezone.now())
    assert list(services_visible_to(house.pat)) == [house.service]
    assert not services_visible_to(other).exists()
    assert house.diagnosis(asked)


def test_people_of_another_federation_see_nothing(house):
    stranger = person("eve")
    consortium("other", coordinator=stranger)
    house.ask()
    for seen in (nodes_visible_to, services_visible_to, diagnoses_visible_to, versions_visible_to, jobs_visible_to):
        assert not seen(stranger).exists(), seen


def test_who_is_both_clinician_and_patient_sees_as_a_clinician(house):
    member(house.federation, Role.CLINICIAN, "pat")
    assert jobs_visible_to(house.pat).exists()


def test_no_address_of_the_api_tells_a_patient_anything_of_a_federation(house, as_user):
    """Every address that the API's description names, so that a new one is looked at as well."""
    patient, coordinator, told = as_user(house.pat), as_user(house.ada), []
    for path in _addresses(house, "get"):
        seen, got = coordinator.get(path), patient.get(path)
        assert seen.status_code == 200, (path, seen.content)
        if got.status_code == 200 and getattr(got, "data", None) is not None and _rows(got.json()):
            told.append(path)
        assert got.status_code in (200, 400, 403, 404), path
    assert told == []


def _addresses(house, method):
    """Yield the addresses that are not for patients, each with something that exists."""
    ids = {
        "audit": None, "datasets": house.dataset.pk, "federations": house.federation.pk, "jobs": Job.objects.get().pk,
        "models": house.version.pk, "nodes": house.rows["p0"].pk, "services": house.service.pk,
    }  # fmt: skip
    described = yaml.safe_load((ROOT / "docs" / "openapi.yaml").read_text())["paths"]
    for path, methods in described.items():
        place = path.removeprefix("/api/v1/").split("/")[0]
        for_all = place == "services" and not path.endswith("/operations")
        if method in methods and place in ids and not for_all:
            yield path.replace("{id}", str(ids[place])).replace("{job_id}", str(ids["jobs"]))


def _rows(body):
    """Return whatever is told: the rows of a page, or the thing itself."""
    return body["results"] if isinstance(body, dict) and "results" in body else body


def test_a_patient_changes_nothing_of_a_federation(house, as_user):
    api = as_user(house.pat)
    for path, body in (
        ("jobs", {"federation": str(house.federation.pk), "title": "x", "settings": {}}),
        (f"federations/{house.federation.pk}/enrolments", {"site_slug": "x", "site_name": "X"}),
        (f"models/{house.version.pk}/retire", {}),
        ("node-invitations", {"federation": str(house.federation.pk), "role": "p0", "name": "x"}),
        (f"nodes/{house.rows['p0'].pk}/confirm", {"fingerprint": "0" * 64}),
        (f"services/{house.service.pk}/close", {}),
    ):
        answer = api.post(f"/api/v1/{path}", body)
        assert answer.status_code in (400, 403, 404), (path, answer.content)
    house.version.refresh_from_db()
    assert house.version.state == "published"
    assert house.reload().state == "open"


def test_a_token_needs_its_own_scope_for_diagnoses_and_services(house):
    def client(*scopes):
        _, secret = token_create(user=house.ada, name=str(uuid4()), scopes=scopes, now=timezone.now())
        return APIClient(headers={"Authorization": f"Bearer {secret}"})

    closing = f"/api/v1/services/{house.service.pk}/close"
    for scope in set(Scope.values) - {Scope.SERVICES}:
        assert client(scope).post(closing).status_code == 403, scope
    for scope in set(Scope.values) - {Scope.DIAGNOSES}:
        assert client(scope, Scope.READ).get("/api/v1/diagnoses").status_code == 403, scope
    assert client(Scope.DIAGNOSES).get("/api/v1/diagnoses").status_code == 200
