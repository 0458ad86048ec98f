"""The shaped link: its model exactly, and that no message arrives before the model says."""

import asyncio
import math
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from primia_core.mpc.errors import PeerFailed, PeerStalled, SessionError
from primia_core.mpc.steps import Step
from primia_core.mpc.transport.counters import Counters
from primia_core.mpc.transport.drive import drive
from primia_core.mpc.transport.memory import memory_links
from primia_core.mpc.transport.shaped import Line, ShapedLink


def test_a_message_takes_its_transmission_and_one_latency():
    assert Line(latency_ms=10, bandwidth_mbps=8).delivered_at_s(1.0, 1_000_000) == pytest.approx(2.010)
    assert Line(latency_ms=10).delivered_at_s(1.0, 1_000_000) == pytest.approx(1.010)
    assert Line().delivered_at_s(1.0, 1_000_000) == 1.0


@given(
    sends=st.lists(st.tuples(st.floats(0, 1), st.integers(0, 10**6)), max_size=20),
    latency_ms=st.floats(0, 1000),
    bandwidth_mbps=st.floats(0.1, 1e5),
)
def test_messages_arrive_in_order_and_the_line_never_carries_more_than_it_can(sends, latency_ms, bandwidth_mbps):
    line, now, last = Line(latency_ms, bandwidth_mbps), 0.0, 0.0
    for pause, size in sends:
        now += pause
        there = line.delivered_at_s(now, size)
        took = 8e-6 * size / bandwidth_mbps
        assert there >= now + took + latency_ms / 1e3 - 1e-9
        assert there >= last + took - 1e-9
        last = there


@pytest.mark.parametrize(
    ("latency_ms", "bandwidth_mbps"), [(-1, 1), (math.nan, 1), (math.inf, 1), (1, 0), (1, -1), (1, math.nan)]
)
def test_impossible_lines_are_refused(latency_ms, bandwidth_mbps):
    with pytest.raises(SessionError):
        Line(latency_ms, bandwidth_mbps)


def shaped_pair(**shape):
    links = [ShapedLink(link, **shape) for link in memory_links(2)]
    for link in links:
        link.begin(b"session")
    return links


def swap(me, rounds, size):
    for _ in range(rounds):
        theirs = yield Step("0:swap", {1 - me: bytes([me]) * size}, {1 - me: size})
        assert bytes(theirs[1 - me]) == bytes([1 - me]) * size


async def test_a_round_takes_at_least_one_latency_and_its_transmission():
    links = shaped_pair(latency_ms=2, bandwidth_mbps=80)
    began = time.monotonic()
    await asyncio.gather(*(drive(swap(me, 3, 10_000), links[me], Counters(), timeout_s=30) for me in (0, 1)))
    assert time.monotonic() - began >= 3 * (0.002 + 0.001)


async def test_delivery_waits_for_the_clock_and_holds_nothing_else_up():
    now = 100.0
    left, right = shaped_pair(latency_ms=1, clock=lambda: now)
    await left.send(1, b"held")
    message = right.receive(0, 4)
    await asyncio.wait([message], timeout=0.01)
    assert not message.done()
    now += 0.001001
    assert bytes(await message) == b"held"


async def test_reasons_to_give_up_are_not_held_back():
    left, right = shaped_pair(latency_ms=1e6)
    message = right.receive(0, 4)
    ending = asyncio.create_task(left.abort("enough"))
    with pytest.raises(PeerFailed, match="enough"):
        await message
    await right.close()
    await ending


async def test_a_message_that_is_held_back_too_long_is_a_stall():
    left, right = shaped_pair(latency_ms=1e6)
    ends = await asyncio.gather(
        *(drive(swap(me, 1, 8), link, Counters(), timeout_s=0.05) for me, link in enumerate((left, right))),
        return_exceptions=True,
    )
    assert PeerStalled in [type(end) for end in ends]
    assert {type(end) for end in ends} <= {PeerStalled, PeerFailed}
