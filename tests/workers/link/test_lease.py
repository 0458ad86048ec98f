"""Keeping a lease while a task runs."""

import threading

import pytest

from workers.link import LeaseKeeper, LinkAddress, LinkClient
from workers.link.errors import AgentStopping, TaskCancelled, TaskLost


@pytest.fixture
def client(hub):
    client = LinkClient(LinkAddress.parse(hub.broker_url))
    yield client
    client.close()


@pytest.fixture
def task(hub, client):
    task = hub.add("step.submit")
    client.lease(0)
    return task


def keeper(client, task, **options):
    return LeaseKeeper(client, task.id, **{"lease_s": 30, "tick_s": 0.02, **options})


def test_progress_is_told_with_the_lease(hub, client, task):
    with keeper(client, task) as kept:
        kept.progress("training", 1, 8)
        hub.wait_for(lambda: {"phase": "training", "done": 1, "total": 8} in task.renewals)
        kept.progress("training", 2, 8)
        hub.wait_for(lambda: {"phase": "training", "done": 2, "total": 8} in task.renewals)
        kept.check()


def test_a_quiet_task_renews_within_a_third_of_its_lease(hub, client, task):
    with keeper(client, task, lease_s=0.3) as kept:
        hub.lease_s = 0.3
        hub.wait_for(lambda: len(task.renewals) >= 3)
        assert kept.status == "ok"


@pytest.mark.parametrize(
    ("happen", "error"),
    [
        (lambda hub, task: setattr(task, "cancelled", True), TaskCancelled),
        (lambda hub, task: setattr(task, "state", "queued"), TaskLost),
        (lambda hub, task: hub.fail_next("renew", 404), TaskLost),
    ],
)
def test_lost_and_cancel_reach_the_running_task(hub, client, task, happen, error):
    happen(hub, task)
    with keeper(client, task) as kept:
        kept.progress("training", 1, 8)
        kept._thread.join(10)
        assert kept.should_stop()
        with pytest.raises(error):
            kept.check()


def test_a_hub_that_is_away_is_no_verdict(hub, client, task):
    with keeper(client, task) as kept:
        with hub.outage():
            kept.progress("training", 3, 8)
            assert not kept.should_stop()
        hub.wait_for(lambda: {"phase": "training", "done": 3, "total": 8} in task.renewals)
        kept.check()


def test_a_stuck_task_is_no_longer_renewed(client, task):
    with keeper(client, task, stall_s=0.05) as kept:
        kept._thread.join(10)
        assert kept.status == "stalled"
        with pytest.raises(TaskLost, match="stalled"):
            kept.check()


def test_a_stopping_agent_stops_its_task(client, task):
    stopping = threading.Event()
    with keeper(client, task, stopping=stopping) as kept:
        kept.check()
        stopping.set()
        with pytest.raises(AgentStopping):
            kept.check()
