"""Driving parties over links: the results and costs of ``play``, and one clear end at every party."""

import asyncio
import json
import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

from primia_core.mpc.errors import KernelError, PeerFailed, PeerGarbage, PeerLost, PeerStalled, SessionError
from primia_core.mpc.steps import Step, Tally, play
from primia_core.mpc.transport.counters import Counters
from primia_core.mpc.transport.drive import drive
from primia_core.mpc.transport.memory import memory_links


def swap(me, sizes, parties=2):
    """Everybody sends everybody a message of each size; returns the sum of the bytes that came."""
    total = 0
    for index, size in enumerate(sizes):
        peers = [peer for peer in range(parties) if peer != me]
        theirs = yield Step(
            f"{index}:{'even' if index % 2 == 0 else 'odd'}",
            {peer: bytes([me + 1]) * size for peer in peers},
            dict.fromkeys(peers, size),
        )
        total += sum(sum(message) for message in theirs.values())
    return total


def fail_at(me, rounds, error):
    yield from swap(me, [8] * rounds)
    raise error


async def run(exchanges, *, timeout_s=30, sessions=None, capacity_bytes=1 << 20):
    links = memory_links(len(exchanges), capacity_bytes)
    counters = [Counters() for _ in links]
    for index, link in enumerate(links):
        link.begin(sessions[index] if sessions else b"session")
    async with asyncio.timeout(60):
        ends = await asyncio.gather(
            *(drive(*each, timeout_s=timeout_s) for each in zip(exchanges, links, counters, strict=True)),
            return_exceptions=True,
        )
    return ends, counters, links


@given(sizes=st.lists(st.integers(0, 50_000), max_size=6), parties=st.integers(2, 3))
def test_driven_parties_do_what_played_parties_do(sizes, parties):
    tallies = [Tally() for _ in range(parties)]
    want = play([swap(me, sizes, parties) for me in range(parties)], tallies)
    got, counters, _ = asyncio.run(run([swap(me, sizes, parties) for me in range(parties)], capacity_bytes=1000))
    assert got == want
    for tally, counted in zip(tallies, counters, strict=True):
        assert counted.total.rounds == tally.rounds
        assert counted.total.bytes_sent == counted.total.bytes_received == tally.bytes_sent
        by_label = {label: (cost.rounds, cost.bytes_sent) for label, cost in counted.by_label.items() if cost.rounds}
        assert by_label == tally.by_label


async def test_counters_tell_computing_from_waiting_and_add_up_by_kind():
    now = 0.0

    def clock():
        return now

    def party():
        nonlocal now
        for index in range(3):
            now += 1.0
            yield Step(f"{index}:relu")
        now += 0.5

    (link, _) = memory_links(2)
    counters = Counters()
    await drive(party(), link, counters, timeout_s=1, clock=clock)
    said = json.loads(json.dumps(counters.to_json()))
    assert said["by_label"]["0:relu"]["compute_s"] == 1.0
    assert said["by_label"]["2:relu"]["compute_s"] == 1.5
    assert said["by_kind"] == {"relu": said["total"]}
    assert said["total"] == {
        "rounds": 3, "messages": 0, "bytes_sent": 0, "bytes_received": 0, "compute_s": 3.5, "wait_s": 0.0,
    }  # fmt: skip


async def test_a_link_stays_open_for_the_next_run():
    _, counters, links = await run([swap(0, [5]), swap(1, [5])])
    for link in links:
        link.begin(b"next")
    pairs = zip([swap(0, [6]), swap(1, [6])], links, counters, strict=True)
    assert await asyncio.gather(*(drive(*each, timeout_s=30) for each in pairs)) == [12, 6]
    assert counters[0].total.bytes_sent == 11


@pytest.mark.parametrize("who", [0, 1])
async def test_an_error_of_one_party_ends_the_other_with_its_code_and_not_its_text(who):
    exchanges = [swap(me, [8] * 9) for me in (0, 1)]
    exchanges[who] = fail_at(who, 3, KernelError("secret 42"))
    ends, _, _ = await run(exchanges)
    assert isinstance(ends[who], KernelError)
    other = ends[1 - who]
    assert isinstance(other, PeerFailed)
    assert str(other).startswith(f"at 3:odd: party {who} has given up: mpc.kernel at 2:even")
    assert "42" not in str(other)


@pytest.mark.parametrize("who", [0, 1, 2])
async def test_an_error_of_one_of_three_ends_all(who):
    exchanges = [swap(me, [8] * 5, 3) for me in range(3)]

    def failing():
        yield from swap_once()
        raise ValueError("secret")

    def swap_once():
        others = [peer for peer in range(3) if peer != who]
        yield Step("0:even", dict.fromkeys(others, bytes(8)), dict.fromkeys(others, 8))

    exchanges[who] = failing()
    ends, _, _ = await run(exchanges)
    assert isinstance(ends[who], ValueError)
    for other in {0, 1, 2} - {who}:
        assert isinstance(ends[other], PeerFailed)
        assert "secret" not in str(ends[other])


async def test_parties_of_two_sessions_fail_at_the_first_message():
    ends, counters, _ = await run([swap(0, [8]), swap(1, [8])], sessions=[b"one", b"two"])
    assert [type(end) for end in ends] == [SessionError, SessionError]
    assert counters[0].total.rounds == 0


@pytest.mark.parametrize("size", [7, 9, 100_000])
async def test_a_message_of_another_length_is_garbage_and_both_end(size):
    ends, _, _ = await run([swap(0, [8, 8]), swap(1, [8, size])])
    assert [type(end) for end in ends] == [PeerGarbage, PeerGarbage]
    assert "at 1:odd" in str(ends[0])


async def test_a_party_that_ends_early_is_missed_not_waited_for():
    ends, _, links = await run([swap(0, [8]), swap(1, [8])])
    await links[0].close()
    counters = Counters()
    with pytest.raises(PeerLost, match="at 0:even"):
        await drive(swap(1, [8]), links[1], counters, timeout_s=30)
    assert ends == [16, 8]


async def test_a_stall_names_party_step_and_bytes():
    mute, link = memory_links(2)
    mute.begin(b"session")
    link.begin(b"session")
    mute.send(1, bytes(8))
    mute._channels[1]._pipe.write(memoryview(mute._channels[1]._outward.header(1, 8) + b"half"))
    with pytest.raises(PeerStalled, match=r"at 1:odd, after 0.05 s: of party 0 4 of 8 bytes have come"):
        await drive(swap(1, [8, 8]), link, Counters(), timeout_s=0.05)


async def test_a_peer_that_takes_nothing_is_named():
    _mute, link = memory_links(2, capacity_bytes=100)
    link.begin(b"session")

    def speak():
        yield Step("0:input", {0: bytes(1000)})

    with pytest.raises(PeerStalled, match="party 0 has not taken all of 1000 bytes"):
        await drive(speak(), link, Counters(), timeout_s=0.05)


async def test_a_cancelled_run_tells_its_peer_and_closes_its_party():
    closed = threading.Event()

    def party():
        try:
            yield Step("0:input", {}, {1: 8})
        finally:
            closed.set()

    left, right = memory_links(2)
    left.begin(b"session")
    right.begin(b"session")
    running = asyncio.create_task(drive(party(), left, Counters(), timeout_s=30))
    waiting = right.receive(0, 8)
    await asyncio.wait([running], timeout=0.01)
    running.cancel()
    with pytest.raises(PeerFailed, match="CancelledError at 0:input"):
        await waiting
    await right.close()
    with pytest.raises(asyncio.CancelledError):
        await running
    assert closed.is_set()


async def test_a_failed_run_leaves_nothing_unheard(caplog):
    await run([swap(0, [200_000] * 3), swap(1, [200_000, 5, 5])], capacity_bytes=1000)
    await run([swap(0, [200_000]), fail_at(1, 0, KernelError("x"))], capacity_bytes=1000)
    assert not caplog.records
