"""The live stream of a diagnosis: replayed from any number, then followed, by its requester alone."""

import json
from types import SimpleNamespace

import pytest
from asgiref.sync import sync_to_async
from django.test import Client
from django.utils import timezone

from backend.apps.accounts.services import token_create
from backend.apps.diagnosis.models import Diagnosis
from backend.apps.diagnosis.selectors import events
from backend.apps.diagnosis.services.diagnosis_create import diagnosis_create
from backend.apps.events import consumers, tail
from backend.apps.federations.models import Role
from tests.backend.diagnosis.offer import asked, compute, offered
from tests.backend.live_socket import LiveSocket
from tests.backend.world import consortium, member, person

pytestmark = pytest.mark.django_db(transaction=True)
ORIGIN = b"http://testserver"


@pytest.fixture(autouse=True)
def storage(settings, tmp_path):
    settings.PRIMIA_STORAGE = tmp_path


@sync_to_async
def make_world():
    federation = consortium()
    paul, petra = (member(federation, Role.PATIENT, name) for name in ("paul", "petra"))
    mine = asked(offered(federation))
    diagnosis, _ = diagnosis_create(
        diagnosis_id=mine.diagnosis, service_id=mine.descriptor.service, descriptor=mine.descriptor.digest,
        shares=mine.request.shares, by=paul, now=timezone.now(),
    )  # fmt: skip
    people = {user.username: user for user in (paul, petra, person())}
    cookies = {name: cookie(user) for name, user in people.items()}
    return SimpleNamespace(mine=mine, diagnosis=diagnosis, people=people, cookies=cookies)


def cookie(user):
    client = Client()
    client.force_login(user)
    return f"sessionid={client.cookies['sessionid'].value}".encode()


def socket(world, *, after=None, user="paul", headers=(), diagnosis=None):
    path = f"/ws/diagnoses/{diagnosis or world.diagnosis.pk}" + ("" if after is None else f"?after={after}")
    given = [(b"host", b"testserver"), (b"origin", ORIGIN), *headers]
    given += [(b"cookie", world.cookies[user])] if user else []
    return LiveSocket(path, given)


async def frames_until(client, kind):
    frames = []
    while not frames or frames[-1]["kind"] != kind:
        frames.append(json.loads(await client.text()))
    return frames


async def closes_with(connection):
    async with connection as client:
        return await client.closed_with()


async def bearer(user, scope):
    _, secret = await sync_to_async(token_create)(user=user, name=scope, scopes=[scope], now=timezone.now())
    return [(b"authorization", b"Bearer " + secret.encode())]


async def test_stream_replays_what_was_missed_and_follows_to_the_end():
    world = await make_world()
    async with socket(world) as client:
        assert [frame["kind"] for frame in await frames_until(client, "diagnosis.queued")] == ["diagnosis.queued"]
        await sync_to_async(compute)(world.mine)
        frames = await frames_until(client, "diagnosis.answered")
    assert [frame["seq"] for frame in frames] == list(range(2, 2 + len(frames)))
    assert {"diagnosis.computing", "diagnosis.answered"} <= {frame["kind"] for frame in frames}
    async with socket(world, after=frames[-1]["seq"] - 1) as client:
        assert await frames_until(client, "diagnosis.answered") == frames[-1:]
        assert await client.is_silent()
    rows = await sync_to_async(events.events_after)(diagnosis_id=world.diagnosis.pk, after=1, limit=100)
    assert rows == frames
    assert not tail._tails


async def test_stream_is_the_requesters_alone():
    world = await make_world()
    assert await closes_with(socket(world, user="petra")) == consumers.UNKNOWN
    assert await closes_with(socket(world, user="ada")) == consumers.UNKNOWN  # the federation's coordinator
    assert await closes_with(socket(world, user=None)) == consumers.FORBIDDEN
    assert await closes_with(socket(world, diagnosis="00000000-0000-4000-8000-000000000000")) == consumers.UNKNOWN
    assert await closes_with(socket(world, after="x")) == consumers.BAD_REQUEST


async def test_stream_is_open_to_a_token_for_diagnoses_and_to_no_other():
    world = await make_world()
    async with socket(world, user=None, headers=await bearer(world.people["paul"], "diagnoses")) as client:
        await frames_until(client, "diagnosis.queued")
    other = socket(world, user=None, headers=await bearer(world.people["paul"], "read"))
    assert await closes_with(other) == consumers.FORBIDDEN


async def test_stream_ends_when_the_diagnosis_is_forgotten(monkeypatch):
    monkeypatch.setattr(consumers, "CHECK_EVERY_S", 0.05)
    world = await make_world()
    async with socket(world) as client:
        await frames_until(client, "diagnosis.queued")
        await sync_to_async(Diagnosis.objects.update)(forgotten_at=timezone.now())
        assert await client.closed_with() == consumers.UNKNOWN
