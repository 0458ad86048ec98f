"""What surrounds the API: error shapes, pages, headers, health, logs."""

import json
import logging

import pytest
from django.db import transaction
from django.http import Http404
from django.test import AsyncClient, override_settings
from rest_framework import exceptions, serializers

from backend.common.enqueue import enqueue
from backend.common.error_responses import exception_handler
from backend.common.errors import IllegalTransition, InvalidInput, NotFound
from backend.common.json_log import JsonLines, request_id
from backend.common.tasks import Task
from backend.config import environment
from primia_core.errors import PrimiaError
from primia_core.training.config import LocalTraining
from tests.backend.world import NOW, consortium, person


class Deep(serializers.Serializer):
    sizes = serializers.ListField(child=serializers.IntegerField())
    inner = serializers.DictField(child=serializers.IntegerField())


@pytest.mark.parametrize(
    ("error", "status", "code"),
    [
        (PrimiaError("no"), 400, "primia.error"),
        (NotFound("no"), 404, "request.not_found"),
        (IllegalTransition(current="failed", wanted="running"), 409, "request.illegal_transition"),
        (Http404(), 404, "request.not_found"),
        (exceptions.PermissionDenied(), 403, "request.permission_denied"),
        (exceptions.MethodNotAllowed("PUT"), 405, "request.method_not_allowed"),
        (exceptions.ParseError(), 400, "request.parse_error"),
    ],
)
def test_error_has_one_shape_whatever_raised_it(error, status, code):
    answer = exception_handler(error, {})
    assert (answer.status_code, answer.data["code"]) == (status, code)
    assert set(answer.data) == {"code", "message"}


def test_error_names_each_field_by_its_place():
    given = Deep(data={"sizes": [1, "x"], "inner": {"a": "y"}})
    with pytest.raises(serializers.ValidationError) as refused:
        given.is_valid(raise_exception=True)
    answer = exception_handler(refused.value, {})
    assert answer.data["code"] == "request.invalid"
    assert set(answer.data["fields"]) == {"sizes.1", "inner.a"}


def test_error_of_the_core_becomes_fields_without_repeating_values():
    with pytest.raises(ValueError) as refused:
        LocalTraining.model_validate({"batch_size": 31337.5})
    error = InvalidInput.from_pydantic(refused.value, prefix="training")
    assert list(error.fields) == ["training.batch_size"]
    assert "31337" not in str(error.fields)


def test_fault_is_not_dressed_up_as_an_answer():
    assert exception_handler(ZeroDivisionError(), {}) is None


@pytest.mark.django_db
def test_unknown_api_address_is_answered_as_json(client):
    for address in ("/api/v1/nonsense", "/api/", "/static/nonsense.js", "/assets/nonsense.js"):
        answer = client.get(address)
        assert (answer.status_code, answer.json()["code"]) == (404, "request.not_found")


@pytest.mark.django_db
def test_pages_say_how_to_build_them_when_they_are_missing(client, tmp_path):
    with override_settings(FRONTEND_DIST=tmp_path / "nowhere"):
        answer = client.get("/jobs/5")
    assert answer.status_code == 503
    assert "make frontend" in answer.content.decode()


@pytest.mark.django_db
def test_every_other_address_is_the_browser_application(client, tmp_path):
    (tmp_path / "index.html").write_text("<title>PriMIA</title>")
    with override_settings(FRONTEND_DIST=tmp_path):
        for address in ("/", "/jobs/5", "/federations"):
            answer = client.get(address)
            assert (answer.status_code, answer.content) == (200, b"<title>PriMIA</title>")
            assert "csrftoken" in answer.cookies


@pytest.mark.django_db
def test_pages_forbid_inline_scripts_and_foreign_frames(client):
    headers = client.get("/").headers
    rules = dict(rule.strip().split(" ", 1) for rule in headers["Content-Security-Policy"].split(";"))
    assert rules["script-src"] == "'self'"
    assert rules["frame-ancestors"] == rules["object-src"] == "'none'"
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["X-Content-Type-Options"] == "nosniff"


async def test_built_files_are_served_under_an_asynchronous_server(tmp_path):
    (tmp_path / "assets").mkdir()
    (tmp_path / "assets" / "index-abcdefgh.js").write_text("1")
    with override_settings(WHITENOISE_ROOT=tmp_path):
        answer = await AsyncClient().get("/assets/index-abcdefgh.js")
    assert (answer.status_code, answer.content) == (200, b"1")
    assert "immutable" in answer["Cache-Control"]
    assert "javascript" in answer["Content-Type"]


@pytest.mark.django_db
def test_api_documentation_loads_nothing_from_elsewhere(as_user):
    page = as_user(person()).get("/api/v1/docs").content.decode()
    assert "//" not in page.replace("<!-- ", "").split("<head>")[1].split("</head>")[0]
    assert "<script>" not in page


@pytest.mark.django_db
def test_health_names_the_part_that_is_down(client, settings, tmp_path):
    assert client.get("/api/v1/health").json() == {"ok": True, "database": "ok", "redis": "ok", "storage": "ok"}
    settings.PRIMIA_STORAGE = tmp_path / "nowhere"
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    answer = client.get("/api/v1/health")
    assert answer.status_code == 503
    assert answer.json() == {"ok": False, "database": "ok", "redis": "down", "storage": "down"}


@pytest.mark.django_db
def test_lists_are_cursor_pages(as_user):
    ada = person()
    for number in range(3):
        consortium(f"f{number}", coordinator=ada)
    api = as_user(ada)
    page = api.get("/api/v1/federations", {"page_size": 2}).json()
    assert (len(page["results"]), page["previous"]) == (2, None)
    rest = api.get(page["next"]).json()
    assert (len(rest["results"]), rest["next"]) == (1, None)


def test_log_line_is_json_with_the_request_and_its_extras():
    record = logging.LogRecord("primia", logging.INFO, "", 0, "round %s", (3,), None)
    record.job = "j"
    token = request_id.set("abc")
    line = json.loads(JsonLines().format(record))
    request_id.reset(token)
    assert (line["message"], line["job"], line["request_id"], line["level"]) == ("round 3", "j", "abc", "info")


@pytest.mark.django_db(transaction=True)
def test_task_is_sent_after_commit_with_ids_as_text(monkeypatch):
    sent = []
    monkeypatch.setattr("backend.config.celery.app.send_task", lambda name, **given: sent.append((name, given)))
    ada = person()
    with transaction.atomic():
        enqueue(Task.JOB_ADVANCE, job_id=ada.pk)
        assert not sent
    assert sent == [("jobs.advance", {"kwargs": {"job_id": str(ada.pk)}, "retry": False})]


@pytest.mark.django_db(transaction=True)
def test_task_that_cannot_be_sent_does_not_undo_the_request(monkeypatch):
    def refuse(*_name, **_given):
        raise ConnectionError("the queue is down")

    monkeypatch.setattr("backend.config.celery.app.send_task", refuse)
    enqueue(Task.RECONCILE)
    assert consortium().created_at == NOW


def test_setting_that_is_missing_is_named(monkeypatch):
    monkeypatch.delenv("PRIMIA_STORAGE")
    with pytest.raises(environment.SettingError, match="PRIMIA_STORAGE is not set"):
        environment.folder("PRIMIA_STORAGE")
    monkeypatch.setenv("PRIMIA_HTTPS", "perhaps")
    with pytest.raises(environment.SettingError, match="'perhaps'"):
        environment.flag("PRIMIA_HTTPS", default=True)


@pytest.mark.parametrize("given", ["soon", "9", "inf", "nan"])
def test_number_of_seconds_is_a_number_and_not_too_small(monkeypatch, given):
    monkeypatch.setenv("PRIMIA_SILENT_AFTER_S", given)
    with pytest.raises(environment.SettingError, match=f"PRIMIA_SILENT_AFTER_S is '?{given}"):
        environment.seconds("PRIMIA_SILENT_AFTER_S", 30, least=10)
    monkeypatch.delenv("PRIMIA_SILENT_AFTER_S")
    assert environment.seconds("PRIMIA_SILENT_AFTER_S", 30, least=10) == 30
