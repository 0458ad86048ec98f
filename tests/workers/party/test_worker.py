"""Parties as they run: Celery workers in processes of their own, whose broker is the hub."""

import signal

import numpy as np

from tests.workers.party.workers import Workers
from workers.node.database import Database
from workers.node.outbox import Outbox


def test_two_workers_take_a_service_and_answer_requests_one_after_another(hub, tmp_path):
    trio = Workers(hub, tmp_path)
    try:
        trio.publish(sets=4)
        asked = [trio.ask(number) for number in range(3)]
        for one in reversed(asked):  # the hub hands them out by their order
            trio.halves(one)
        for one in asked:
            for task in one.tasks:
                trio.begin(task).result(60)
            assert np.abs(np.array(trio.opened(one).logits) - one.plain).max() < 0.01
        unknown = hub.task("p0", "diagnosis.guess")
        trio.begin(unknown).result(60)
        assert unknown.error["code"] == "node.unknown_task"
        process = trio.processes["p1"]
        process.send_signal(signal.SIGTERM)
        assert process.wait(30) == 0
        rows = Database(trio.folders["p1"].database)
        assert Outbox(rows).unsent() == []
        rows.close()
    finally:
        trio.close()
