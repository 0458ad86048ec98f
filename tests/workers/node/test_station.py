"""A node at its tasks, with a role of the test's own: answers are stored once, whatever happens around them."""

import threading
from dataclasses import dataclass, field

import pytest

from primia_core.errors import PrimiaError
from tests.workers.node.node_hub import NodeHub
from workers.link.errors import HubUnavailable
from workers.node import GiveBack, Node, Role
from workers.node.station import Station


@dataclass
class Work:
    """Counts what it does."""

    node: Node
    done: list[str] = field(default_factory=list)
    gate: threading.Event = field(default_factory=threading.Event)
    closed: bool = False

    def close(self):
        self.closed = True

    def count(self, job, payload):
        job.phase("counting", 1, 2)
        self.done.append(job.id)
        return {"count": len(self.done)}

    def refuse(self, job, payload):
        job.phase("refusing")
        raise Refusal("the number is 3, the limit 2; send a smaller one")

    def crash(self, job, payload):
        raise ZeroDivisionError("a secret stands here")

    def yield_(self, job, payload):
        raise GiveBack("another one first")

    def away(self, job, payload):
        raise HubUnavailable("the hub is away")

    def leave(self, job, payload):
        left = job.put_blob(b"sealed", reader="p0")
        return {"blob": left["blob"]}

    def read(self, job, payload):
        content = job.get_blob(payload["blob"])
        for _ in range(2):  # twice is harmless
            job.delete_blob(payload["blob"])
        return {"size": len(content)}

    def slowly(self, job, payload):
        self.gate.wait(30)
        return {"slow": True}

    def then(self, job, payload):
        job.afterwards(lambda: self.done.append("afterwards"))
        job.afterwards(lambda: 1 / 0)
        return {}


class Refusal(PrimiaError):
    code = "test.refused"


ROLE = Role(
    name="test",
    open=Work,
    kinds={
        "count": Work.count, "refuse": Work.refuse, "crash": Work.crash, "yield": Work.yield_, "away": Work.away,
        "leave": Work.leave, "read": Work.read, "slowly": Work.slowly, "then": Work.then,
    },
    background=frozenset({"slowly"}),
)  # fmt: skip


@pytest.fixture
def hub():
    hub = NodeHub()
    yield hub
    hub.close()


@pytest.fixture
def station(hub, tmp_path):
    station = Station(Node(hub.join(tmp_path / "node", "p0", address="127.0.0.1:1", origin="http://x")), ROLE)
    yield station
    station.work.gate.set()
    station.close()
    assert station.work.closed


def test_task_that_comes_again_is_answered_from_what_was_stored(hub, station):
    task = hub.do(station, "p0", "count")
    assert task.result == {"count": 1}
    assert hub.carry_out(station, task) == "answered"
    assert station.work.done == [task.id]
    assert station.node.outbox.unsent() == []


def test_answer_that_the_hub_did_not_take_is_kept_over_a_restart(hub, station, tmp_path):
    task = hub.task("p0", "count")
    station.node.outbox.put(task.id, "count", {"result": {"count": 7}})
    assert station.node.outbox.unsent() == [task.id]
    hub.carry_out(station, task)
    assert task.result == {"count": 7}
    assert station.work.done == []


def test_refusal_says_code_message_and_phase(hub, station):
    error = hub.do(station, "p0", "refuse").error
    assert (error["code"], error["phase"]) == ("test.refused", "refusing")
    assert error["message"] == "the number is 3, the limit 2; send a smaller one"


def test_crash_is_an_answer_that_tells_the_hub_nothing_of_its_text(hub, station):
    error = hub.do(station, "p0", "crash").error
    assert error["code"] == "node.crashed"
    assert "secret" not in str(error)
    assert hub.do(station, "p0", "count").result == {"count": 1}


@pytest.mark.parametrize("kind", ["yield", "away"])
def test_task_that_cannot_be_done_now_is_given_back_without_an_answer(hub, station, kind):
    task = hub.task("p0", kind)
    assert hub.carry_out(station, task) == "give_back"
    assert task.answer is None
    assert station.node.outbox.get(task.id) is None


def test_sealed_blobs_are_left_for_one_reader_and_deleted_once_read(hub, station):
    blob = hub.do(station, "p0", "leave").result["blob"]
    assert hub.blobs[blob].reader == "p0"
    assert hub.do(station, "p0", "read", blob=blob).result == {"size": 6}
    assert hub.blobs == {}
    assert {sent.what for sent in station.node.journal.last(9)} == {"blob for p0", "leave", "read"}


def test_slow_task_runs_beside_others_once_and_is_answered_in_the_end(hub, station):
    slow = hub.task("p0", "slowly")
    assert [hub.carry_out(station, slow) for _ in range(2)] == ["beside", "beside"]
    assert hub.do(station, "p0", "count").result == {"count": 1}
    assert slow.answer is None
    station.work.gate.set()
    hub.wait_for(lambda: slow.answer)
    assert slow.result == {"slow": True}


def test_what_is_done_afterwards_changes_no_answer(hub, station):
    task = hub.do(station, "p0", "then")
    assert task.result == {}
    assert station.work.done == ["afterwards"]
