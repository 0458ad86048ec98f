"""Two parties that find themselves at two tasks, or alone: nobody blocks, and nothing is used up."""

from time import monotonic

import numpy as np
import pytest

from tests.workers.party.trio import Trio


@pytest.fixture
def hasty(hub, tmp_path):
    """Parties that wait three seconds for one another: few for a test, and enough on a busy machine."""
    trio = Trio(hub, tmp_path, waits_s=3.0)
    yield trio
    trio.close()


def test_requests_taken_in_opposite_order_are_both_answered(trio):
    trio.publish(sets=3)
    first, second = trio.ask(0), trio.ask(1)
    trio.halves(first), trio.halves(second)
    waiting = trio.begin(first.tasks[1])
    assert trio.begin(second.tasks[0]).result(20) == "give_back"
    assert not waiting.done()
    assert trio.begin(first.tasks[0]).result(20) == "answered"
    assert waiting.result(20) == "answered"
    for done in [trio.begin(task) for task in second.tasks]:
        assert done.result(20) == "answered"
    for asked in (first, second):
        assert np.abs(np.array(trio.opened(asked).logits) - asked.plain).max() < 0.01


def test_party_with_the_larger_order_gives_way_whichever_it_is(trio):
    trio.publish()
    first, second = trio.ask(0), trio.ask(1)
    trio.halves(first), trio.halves(second)
    waiting = trio.begin(first.tasks[0])
    assert trio.begin(second.tasks[1]).result(20) == "give_back"
    assert trio.begin(first.tasks[1]).result(20) == "answered"
    assert waiting.result(20) == "answered"


def test_party_whose_peer_does_not_come_says_so_in_time_and_uses_nothing(hasty):
    hasty.publish()
    asked, levels, began = hasty.ask(), hasty.levels(), monotonic()
    hasty.begin(hasty.halves(asked)[0]).result(20)
    assert asked.tasks[0].error["code"] == "party.peer_absent"
    assert monotonic() - began < 15
    assert hasty.levels() == levels
    hasty.compute(asked)
    assert hasty.opened(asked).label == asked.plain.argmax()


def test_party_that_waits_ends_when_its_task_is_cancelled(trio):
    trio.publish()
    trio.hub.lease_s = 1.5
    task = trio.halves(trio.ask())[1]
    waiting = trio.begin(task)
    trio.hub.wait_for(lambda: "meeting" in task.phases)
    task.cancelled = True
    assert waiting.result(14) == "dropped"
    assert task.answer is None


def test_party_that_restarts_is_found_again(trio):
    trio.publish(sets=5)  # each restart loses the set that was prepared ahead
    trio.compute(trio.ask())
    for role in ("p1", "p0"):
        trio.stop(role)
        trio.start(role)
        asked = trio.ask(1)
        trio.compute(asked)
        assert trio.opened(asked).label == asked.plain.argmax()
