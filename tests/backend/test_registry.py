"""Model versions: numbers, release, and who may take the weights home."""

import asyncio
from pathlib import Path

import pytest
from django.test import AsyncRequestFactory, RequestFactory

from backend.apps.accounts.services import token_create
from backend.apps.artifacts import store
from backend.apps.artifacts.services import artifact_publish, artifacts_discard
from backend.apps.federations.errors import RoleMissing
from backend.apps.federations.models import Role
from backend.apps.registry.services import model_publish, model_register, model_retire
from backend.common.errors import IllegalTransition
from backend.common.file_response import file_response
from tests.backend.world import NOW, consortium, draft_job, hospital, member, person

TEST = {
    "round": 7, "n": 90, "accuracy": 0.8, "mcc": 0.71, "low": 0.6, "high": 0.8, "mean_loss": 0.5,
    "confusion": [[40, 5], [13, 32]],
}  # fmt: skip
WEIGHTS = bytes(range(256)) * 16


@pytest.fixture
def storage(settings, tmp_path):
    settings.PRIMIA_STORAGE = tmp_path


def register(federation, job=None, name="lungs"):
    artifact = artifact_publish(blob=store.put_chunks([WEIGHTS]), kind="weights", now=NOW)
    return model_register(
        federation_id=federation.pk,
        job_id=(job or draft_job(federation)).pk,
        name=name,
        artifact=artifact,
        card={"model": {"name": "small_cnn"}, "parameters": 12_000},
        lineage={"plan_hash": "a" * 64},
        evaluation={"validation": None, "test": TEST},
        now=NOW,
    )


@pytest.mark.django_db
def test_versions_of_one_name_are_numbered_and_a_job_registers_once(storage):
    federation = consortium()
    job = draft_job(federation)
    assert [register(federation, job).number, register(federation).number] == [1, 2]
    assert register(federation, job).number == 1
    assert register(federation, name="hearts").number == 1


@pytest.mark.django_db
def test_version_goes_from_draft_to_published_to_retired_and_never_back(storage):
    federation, ada = consortium(), person()
    version = register(federation)
    with pytest.raises(IllegalTransition):
        model_retire(version_id=version.pk, by=ada, now=NOW)
    with pytest.raises(RoleMissing):
        model_publish(version_id=version.pk, by=member(federation, Role.AUDITOR, "iris"), now=NOW)
    for _ in range(2):
        assert model_publish(version_id=version.pk, by=ada, now=NOW).state == "published"
    assert model_retire(version_id=version.pk, by=ada, now=NOW).state == "retired"
    with pytest.raises(IllegalTransition):
        model_publish(version_id=version.pk, by=ada, now=NOW)


@pytest.mark.django_db
def test_versions_are_listed_to_members_only(storage, as_user):
    version = register(consortium())
    (row,) = as_user(person()).get("/api/v1/models", {"state": "draft"}).json()["results"]
    assert (row["id"], row["size_bytes"], row["test"]) == (str(version.pk), len(WEIGHTS), TEST)
    assert (row["architecture"], row["parameters"], row["federation"]["name"]) == ("small_cnn", 12_000, "Alpine")
    whole = as_user(person()).get(f"/api/v1/models/{version.pk}").json()
    assert (whole["lineage"], whole["evaluation"]["validation"]) == ({"plan_hash": "a" * 64}, None)
    assert as_user(person("eve")).get(f"/api/v1/models/{version.pk}").status_code == 404
    assert as_user(person()).post(f"/api/v1/models/{version.pk}/publish").json()["state"] == "published"


@pytest.mark.django_db
def test_weights_go_to_coordinators_and_site_administrators(storage, as_user):
    federation = consortium()
    version = register(federation)
    address = f"/api/v1/models/{version.pk}/weights"
    admin = member(federation, Role.SITE_ADMIN, "nils", hospital(federation)[0])
    for user in (person(), admin):
        answer = as_user(user).get(address)
        assert b"".join(answer.streaming_content) == WEIGHTS
        assert answer["ETag"] == f'"{version.artifact.sha256}"'
    assert as_user(member(federation, Role.CLINICIAN, "carl")).get(address).status_code == 403
    assert as_user(person("eve")).get(address).status_code == 404


@pytest.mark.django_db
def test_weights_need_their_own_scope(storage, client):
    address = f"/api/v1/models/{register(consortium()).pk}/weights"
    for scope, status in (("read", 403), ("models", 200)):
        _, secret = token_create(user=person(), name=scope, scopes=[scope], now=NOW)
        answer = client.get(address, headers={"Authorization": f"Bearer {secret}"})
        assert answer.status_code == status


@pytest.mark.django_db
def test_weights_that_are_no_longer_kept_are_not_found(storage, as_user):
    version = register(consortium())
    artifacts_discard(ids=[version.artifact_id])
    assert as_user(person()).get(f"/api/v1/models/{version.pk}/weights").status_code == 404


def serve(file: Path, asked: str | None = None, *, asynchronous: bool = False):
    factory = AsyncRequestFactory() if asynchronous else RequestFactory()
    request = factory.get("/", headers={"Range": asked} if asked else {})
    return file_response(request, file, size_bytes=file.stat().st_size, filename="w.bin", etag="abc")


@pytest.mark.parametrize(
    ("asked", "status", "content"),
    [
        (None, 200, WEIGHTS),
        ("bytes=4000-", 206, WEIGHTS[4000:]),
        ("bytes=5-9", 206, WEIGHTS[5:10]),
        ("bytes=0-99999", 206, WEIGHTS),
        ("bytes=4096-", 416, b""),
        ("bytes=9-5", 416, b""),
        ("bytes=-5", 200, WEIGHTS),
        ("bytes=0-1,5-9", 200, WEIGHTS),
    ],
)
def test_file_response_serves_the_range_that_was_asked_for(tmp_path, asked, status, content):
    file = tmp_path / "weights"
    file.write_bytes(WEIGHTS)
    answer = serve(file, asked)
    assert (answer.status_code, answer.getvalue()) == (status, content)
    if status != 416:
        assert answer["Content-Length"] == str(len(content))


def test_file_response_is_asynchronous_under_an_asynchronous_server(tmp_path):
    file = tmp_path / "weights"
    file.write_bytes(WEIGHTS)
    answer = serve(file, "bytes=10-", asynchronous=True)

    async def gather() -> bytes:
        return b"".join([chunk async for chunk in answer])

    assert answer.is_async
    assert asyncio.run(gather()) == WEIGHTS[10:]
