"""Channels in memory: both directions at once, whatever fits into the pipe, and clear ends."""

import asyncio

import pytest

from primia_core.mpc.errors import PeerFailed, PeerLost, SessionError
from primia_core.mpc.transport.memory import memory_links

SIZES = [0, 1, 16352, 16353, 300_001]


def begun(parties=2, capacity_bytes=1 << 20):
    links = memory_links(parties, capacity_bytes)
    for link in links:
        link.begin(b"session")
    return links


@pytest.mark.parametrize("capacity_bytes", [1, 33, 1 << 20])
@pytest.mark.parametrize("size", [0, 1, 100, 20_000])
async def test_both_send_at_once_and_nobody_waits_for_ever(capacity_bytes, size):
    left, right = begun(capacity_bytes=capacity_bytes)
    mine, yours = bytes([1]) * size, bytes([2]) * size
    sent = [left.send(1, mine), right.send(0, yours)]
    async with asyncio.timeout(30):
        assert bytes(await left.receive(1, size)) == yours
        assert bytes(await right.receive(0, size)) == mine
        await asyncio.gather(*sent)


async def test_messages_queue_up_in_order():
    left, right = begun(capacity_bytes=1000)
    messages = [bytes([number]) * size for number, size in enumerate(SIZES)]
    sent = [left.send(1, message) for message in messages]
    async with asyncio.timeout(30):
        assert [bytes(await right.receive(0, len(message))) for message in messages] == messages
        await asyncio.gather(*sent)


async def test_what_is_there_is_had_without_waiting():
    left, right = begun()
    assert left.send(1, b"now").done()
    received = right.receive(0, 3)
    assert received.done()
    assert bytes(received.result()) == b"now"


async def test_a_view_of_several_dimensions_is_sent_as_its_bytes():
    numpy = pytest.importorskip("numpy")
    left, right = begun()
    for shape in [(2, 3), (0, 3)]:
        words = numpy.arange(shape[0] * shape[1], dtype=numpy.uint32).reshape(shape)
        await left.send(1, words.data)
        assert bytes(await right.receive(0, words.nbytes)) == words.tobytes()


async def test_a_reason_to_give_up_comes_behind_what_was_sent():
    left, right = begun()
    await left.send(1, b"last")
    ending = asyncio.create_task(left.abort("no more"))
    assert bytes(await right.receive(0, 4)) == b"last"
    with pytest.raises(PeerFailed, match="party 0 has given up: no more"):
        await right.receive(0, 4)
    await right.close()
    await ending


async def test_who_only_sends_learns_why_the_peer_gave_up():
    left, right = begun(capacity_bytes=100)
    ending = asyncio.create_task(left.abort("no more"))
    await right.send(0, bytes(1000))  # not awaited by anybody any more, and still no deadlock
    left_closed = asyncio.gather(ending, return_exceptions=True)
    right._channels[0]._pipe.end_writing()
    await left_closed
    with pytest.raises(PeerFailed, match="no more"):
        await right.send(0, b"more")


async def test_giving_up_is_bounded_where_the_peer_does_not_read(monkeypatch):
    monkeypatch.setattr("primia_core.mpc.transport.channel.GRACE_S", 0.05)
    left, _right = begun(capacity_bytes=100)
    stuck = left.send(1, bytes(1000))
    async with asyncio.timeout(10):
        await left.abort("no more")
    assert stuck.cancelled()


async def test_a_closed_peer_is_lost_between_and_within_messages():
    left, right = begun()
    await left.close()
    await left.close()
    with pytest.raises(PeerLost, match="party 0 has hung up between messages"):
        await right.receive(0, 4)
    with pytest.raises(PeerLost):
        await right.send(0, b"x")
    with pytest.raises(PeerLost, match="is closed"):
        await left.send(1, b"x")
    with pytest.raises(PeerLost, match="is closed"):
        await left.receive(1, 1)


async def test_misuse_is_refused():
    (link, _) = memory_links(2)
    with pytest.raises(SessionError, match="begin"):
        link.send(1, b"early")
    link.begin(b"session")
    with pytest.raises(SessionError, match="not to 7"):
        link.send(7, b"astray")
    first = link.receive(1, 1)
    with pytest.raises(SessionError, match="already"):
        link.receive(1, 1)
    await link.close()
    assert first.cancelled()


async def test_one_link_serves_one_session_after_another():
    left, right = begun()
    for session in (b"second", b"third"):
        await left.send(1, b"old")
        await right.receive(0, 3)
        left.begin(session)
        sent = left.send(1, b"new")  # the other one begins later: the message waits for it
        right.begin(session)
        await sent
        assert bytes(await right.receive(0, 3)) == b"new"
