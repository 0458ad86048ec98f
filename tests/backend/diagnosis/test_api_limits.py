"""How often and how much: requests in a minute, bytes in a body."""

import json
import time
from uuid import uuid4

import pytest
from asgiref.testing import ApplicationCommunicator

from backend.apps.federations.models import Role
from backend.common.body_limit import BodyLimit
from backend.config.asgi import application
from tests.backend.diagnosis.offer import asked, body, offered, program
from tests.backend.world import consortium, member

ADDRESS = "/api/v1/diagnoses"


@pytest.fixture
def service(db, settings, tmp_path, clean_cache):
    settings.PRIMIA_STORAGE = tmp_path
    settings.DIAGNOSES_PER_MINUTE = 3
    return offered(consortium())


@pytest.fixture
def clock(monkeypatch):
    """Hold the clock of the throttle still, at the beginning of a minute; a test moves it."""
    now = [time.time() // 60 * 60]
    monkeypatch.setattr("backend.apps.diagnosis.api.throttles.time.time", lambda: now[0])
    return now


def ask(api, service):
    return api.post(ADDRESS, body(asked(service)))


def test_requests_in_a_minute_are_counted_for_each_token_and_for_a_persons_sessions(service, clock, as_user):
    paul = member(service.federation, Role.PATIENT, "paul")
    first, second, sessions = program(paul, "diagnoses"), program(paul, "diagnoses"), [as_user(paul), as_user(paul)]
    assert [ask(first, service).status_code for _ in range(4)] == [201, 201, 201, 429]
    assert ask(second, service).status_code == 201
    assert [ask(sessions[number % 2], service).status_code for number in range(4)] == [201, 201, 201, 429]


def test_throttled_request_says_when_to_come_again_and_then_passes(service, clock, as_user):
    api = as_user(member(service.federation, Role.PATIENT, "paul"))
    for moved_s in (0, 30, 59):
        clock[0] += moved_s - clock[0] % 60
        assert ask(api, service).status_code == 201
    refused = ask(api, service)
    assert (refused.status_code, refused.json()["code"]) == (429, "diagnosis.too_many")
    wait = int(refused["Retry-After"])
    assert 1 <= wait <= 60
    clock[0] += wait
    assert ask(api, service).status_code == 201


def test_two_minutes_worth_do_not_pass_around_the_turn_of_a_minute(service, clock, as_user):
    api = as_user(member(service.federation, Role.PATIENT, "paul"))
    clock[0] += 59
    before = [ask(api, service).status_code for _ in range(3)]
    clock[0] += 2
    after = [ask(api, service).status_code for _ in range(3)]
    assert (before + after).count(201) == 3


def test_refused_requests_do_not_count(service, clock, as_user):
    api = as_user(member(service.federation, Role.PATIENT, "paul"))
    for _ in range(20):
        ask(api, service)
    clock[0] += 125
    assert ask(api, service).status_code == 201


def test_reading_is_not_throttled(service, clock, as_user):
    api = as_user(member(service.federation, Role.PATIENT, "paul"))
    assert {api.get(ADDRESS).status_code for _ in range(10)} == {200}


def request(size, *, announced=None, path=ADDRESS):
    headers = [(b"host", b"testserver"), (b"content-type", b"application/json")]
    headers += [(b"content-length", b"%d" % announced)] if announced is not None else []
    return {
        "type": "http", "http_version": "1.1", "method": "POST", "path": path, "raw_path": path.encode(),
        "query_string": b"", "root_path": "", "scheme": "http", "headers": headers, "client": ("127.0.0.1", 1),
        "server": ("testserver", 80),
    }  # fmt: skip


async def answer_of(ends):
    start = await ends.receive_output(5)
    text = await ends.receive_output(5)
    return start["status"], json.loads(text["body"])


@pytest.mark.parametrize("announced", [True, False])
async def test_body_that_is_too_large_is_refused_whether_or_not_it_was_announced(settings, announced):
    settings.MAX_BODY_BYTES = 1000
    ends = ApplicationCommunicator(application, request(1001, announced=1001 if announced else None))
    for piece in (b"x" * 600, b"x" * 401):
        await ends.send_input({"type": "http.request", "body": piece, "more_body": piece == b"x" * 600})
    status, told = await answer_of(ends)
    assert (status, told["code"]) == (413, "request.too_large")
    assert "1000 bytes" in told["message"]


async def test_body_that_says_less_than_it_sends_is_refused_all_the_same(settings):
    settings.MAX_BODY_BYTES = 1000
    ends = ApplicationCommunicator(application, request(1001, announced=10))
    await ends.send_input({"type": "http.request", "body": b"x" * 1001, "more_body": False})
    assert (await answer_of(ends))[0] == 413


async def test_body_of_exactly_the_limit_reaches_the_application(settings):
    settings.MAX_BODY_BYTES = 1000
    seen = []

    async def inner(_scope, receive, send):
        seen.append(len((await receive())["body"]))

    pieces = [{"type": "http.request", "body": b"x" * 1000, "more_body": False}]

    async def receive():
        return pieces.pop()

    await BodyLimit(inner)(request(1000, announced=1000), receive, None)
    assert seen == [1000]


async def test_client_that_sends_without_end_is_left(settings):
    settings.MAX_BODY_BYTES = 1000
    sent, told = 0, []

    async def receive():
        nonlocal sent
        sent += 100
        return {"type": "http.request", "body": b"x" * 100, "more_body": True}

    async def send(message):
        told.append(message)

    await BodyLimit(application)(request(0, path=f"/{uuid4()}"), receive, send)
    assert told[0]["status"] == 413
    assert sent < 3000
