"""Whole requests between two real parties: what the requester opens, and what is never sent twice."""

import numpy as np

from tests.workers.party.trio import Trio


def test_requester_opens_the_plain_logits(trio):
    trio.publish(sets=3)
    for number in (0, 1):
        asked = trio.ask(number)
        tasks = trio.compute(asked)
        opened = trio.opened(asked)
        assert np.abs(np.array(opened.logits) - asked.plain).max() < 0.01
        assert all(
            set(task.result["steps"]) == {"open_s", "wait_s", "prepare_s", "online_s", "seal_s"} for task in tasks
        )
        assert [task.result["stock"] for task in tasks] == [2 - number, 2 - number]
    assert not any(blob.content in asked.request.shares for blob in trio.hub.blobs.values())


def test_label_alone_is_given_where_the_service_says_so(hub, tmp_path):
    trio = Trio(hub, tmp_path, policy="label")
    try:
        trio.publish()
        asked = trio.ask(3)
        trio.compute(asked)
        opened = trio.opened(asked)
        assert opened.logits is None
        assert opened.label == asked.plain.argmax()
    finally:
        trio.close()
