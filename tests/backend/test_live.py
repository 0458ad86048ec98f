"""The live stream: who may follow, what is replayed, and that nothing is missed or read twice."""

import asyncio
import json
from contextlib import AsyncExitStack
from types import SimpleNamespace

import pytest
from asgiref.sync import sync_to_async
from django.test import Client

from backend.apps.accounts.services import token_create
from backend.apps.events import consumers, selectors, tail
from backend.apps.events.services import event_append
from backend.apps.events.stream import JobStream
from backend.apps.federations.models import Membership, Role
from backend.apps.federations.services import membership_grant
from tests.backend.live_socket import LiveSocket
from tests.backend.world import NOW, consortium, draft_job, person

pytestmark = pytest.mark.django_db(transaction=True)
ORIGIN = b"http://testserver"


@sync_to_async
def make_world():
    ada, eve = person(), person("eve")
    job = draft_job(consortium())
    return SimpleNamespace(job=job, ada=ada, eve=eve, cookies={user.username: cookie(user) for user in (ada, eve)})


def cookie(user):
    client = Client()
    client.force_login(user)
    return f"sessionid={client.cookies['sessionid'].value}".encode()


@sync_to_async
def append(job, *numbers):
    for number in numbers:
        event_append(job_id=job.pk, kind="round.opened", payload={"number": number}, now=NOW)


def socket(world, *, after=None, user="ada", origin=ORIGIN, job=None, headers=()):
    path = f"/ws/jobs/{job or world.job.pk}" + ("" if after is None else f"?after={after}")
    given = [(b"host", b"testserver"), *headers]
    given += [(b"origin", origin)] if origin else []
    given += [(b"cookie", world.cookies[user])] if user else []
    return LiveSocket(path, given)


async def read(client, count):
    return [json.loads(await client.text()) for _ in range(count)]


async def closes_with(connection):
    async with connection as client:  # which was accepted first: a browser learns the code only of an open socket
        return await client.closed_with()


async def test_stream_replays_what_the_client_lacks_and_then_follows():
    world = await make_world()
    await append(world.job, 1, 2, 3)
    async with socket(world, after=1) as client:
        assert [frame["seq"] for frame in await read(client, 2)] == [2, 3]
        await append(world.job, 4, 5)
        assert [frame["payload"]["number"] for frame in await read(client, 2)] == [4, 5]
        assert await client.is_silent()


async def test_stream_frames_are_those_of_the_rest_api():
    world = await make_world()
    await append(world.job, 1)
    async with socket(world) as client:
        frames = await read(client, 1)
    assert frames == await sync_to_async(selectors.events_after)(job_id=world.job.pk, after=0, limit=10)


async def test_stream_is_refused_without_session_from_a_foreign_page_and_to_strangers():
    world = await make_world()
    assert await closes_with(socket(world, user=None)) == consumers.FORBIDDEN
    assert await closes_with(socket(world, origin=b"http://evil.example")) == consumers.FORBIDDEN
    assert await closes_with(socket(world, origin=None)) == consumers.FORBIDDEN
    assert await closes_with(socket(world, user="eve")) == consumers.UNKNOWN
    assert await closes_with(socket(world, job="00000000-0000-4000-8000-000000000000")) == consumers.UNKNOWN
    assert await closes_with(socket(world, after="-1")) == consumers.BAD_REQUEST


async def bearer(user, scope):
    _, secret = await sync_to_async(token_create)(user=user, name=scope, scopes=[scope], now=NOW)
    return [(b"authorization", b"Bearer " + secret.encode())]


async def test_stream_is_open_to_a_token_that_may_read_and_to_no_other():
    world = await make_world()
    await append(world.job, 1)
    async with socket(world, user=None, origin=None, headers=await bearer(world.ada, "read")) as client:
        assert len(await read(client, 1)) == 1
    other = socket(world, user=None, origin=None, headers=await bearer(world.ada, "jobs"))
    assert await closes_with(other) == consumers.FORBIDDEN


async def test_stream_ends_when_the_membership_does(monkeypatch):
    monkeypatch.setattr(consumers, "CHECK_EVERY_S", 0.05)
    world = await make_world()
    async with socket(world) as client:
        await sync_to_async(Membership.objects.filter(user=world.ada).delete)()
        assert await client.closed_with() == consumers.UNKNOWN


async def test_stream_ends_when_the_person_logs_out(monkeypatch):
    monkeypatch.setattr(consumers, "CHECK_EVERY_S", 0.05)
    world = await make_world()
    async with socket(world) as client:
        leaving = Client(headers={"Cookie": world.cookies["ada"].decode()})
        await sync_to_async(leaving.delete)("/api/v1/auth/session")
        assert await client.closed_with() == consumers.FORBIDDEN


async def test_each_event_is_read_once_however_many_follow(monkeypatch):
    reads = []
    read_rows = selectors.events_after

    def counted(**given):
        rows = read_rows(**given)
        reads.extend(row["seq"] for row in rows)
        return rows

    monkeypatch.setattr(selectors, "events_after", counted)
    world = await make_world()
    async with AsyncExitStack() as open_sockets:
        clients = [await open_sockets.enter_async_context(socket(world)) for _ in range(12)]
        for number in range(5):
            await append(world.job, number)
            for client in clients:
                assert [frame["payload"]["number"] for frame in await read(client, 1)] == [number]
    assert sorted(reads) == [1, 2, 3, 4, 5]
    assert not tail._tails


async def test_follower_behind_the_tail_is_served_from_the_rows(monkeypatch):
    monkeypatch.setattr(tail, "KEEP", 3)
    world = await make_world()
    async with tail.following(JobStream(world.job.pk)) as ours:
        await append(world.job, *range(10))
        seen = 0
        while seen < 10:
            frames = await ours.after(seen, timeout_s=5)
            assert [frame.seq for frame in frames] == list(range(seen + 1, seen + 1 + len(frames)))
            seen = frames[-1].seq
        assert await ours.after(10, timeout_s=0.01) == []


async def test_stream_follows_by_the_clock_when_no_bell_rings(monkeypatch):
    monkeypatch.setattr(tail, "LOOK_EVERY_S", 0.05)
    monkeypatch.setattr("backend.apps.events.services.ring_on_commit", lambda job_id: None)
    world = await make_world()
    async with socket(world) as client:
        await append(world.job, 1)
        assert [frame["seq"] for frame in await read(client, 1)] == [1]


async def test_bell_wakes_the_stream_long_before_the_clock_would(monkeypatch):
    monkeypatch.setattr(tail, "LOOK_EVERY_S", 60.0)
    world = await make_world()
    async with socket(world) as client, asyncio.timeout(5):
        for number in range(1, 4):
            await append(world.job, number)
            assert [frame["seq"] for frame in await read(client, 1)] == [number]


@sync_to_async
def make_patient(world):
    patient = person("pat")
    membership_grant(user=patient, federation=world.job.federation, role=Role.PATIENT, by="test", now=NOW)
    world.cookies["pat"] = cookie(patient)


async def test_a_patient_of_the_federation_follows_none_of_its_jobs():
    world = await make_world()
    await make_patient(world)
    await append(world.job, 1)
    assert await closes_with(socket(world, user="pat")) == consumers.UNKNOWN
