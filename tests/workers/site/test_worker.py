"""The agent as a real Celery worker in a process of its own: killed, stopped, cut off, asked what it cannot do."""

import os
import signal
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path

import pytest

from primia_core.secagg import Identity
from tests.workers.link.fake_hub import CREDENTIAL
from tests.workers.site.hospitals import JOB, Federation, make_hospital
from workers.site.approvals import Approvals
from workers.site.database import Database
from workers.site.policy import SitePolicy

ROOT = Path(__file__).parents[3]
LIMIT_S = 90.0

pytestmark = pytest.mark.slow


@pytest.fixture
def coordinator(tmp_path):
    return Identity.create(tmp_path / "coordinator", "Coordinator")


@pytest.fixture
def folder(tmp_path, hub, coordinator):
    return make_hospital(tmp_path, "basel", hub, coordinator.public, SitePolicy(approval="auto"))


@contextmanager
def worker(folder, log_name="worker.log"):
    """Run ``celery -A workers.site.app worker`` until the block ends."""
    log = (folder.path / log_name).open("ab")
    environment = {**os.environ, "PRIMIA_SITE_FOLDER": str(folder.path), "OMP_NUM_THREADS": "1"}
    command = ["-m", "celery", "-A", "workers.site.app", "worker", "--pool", "solo", "--loglevel", "info"]
    process = subprocess.Popen(
        [sys.executable, *command], cwd=ROOT, env=environment, stdout=log, stderr=log, start_new_session=True
    )
    try:
        yield process
    finally:
        if process.poll() is None:
            process.kill()
        process.wait(30)
        log.close()


def log_of(folder, name="worker.log"):
    return (folder.path / name).read_text()


def test_an_empty_task_is_answered_once_and_greeted(hub, folder):
    task = hub.add("secagg.consent", {"session": "0" * 64, "survivors": {}})
    with worker(folder) as process:
        hub.wait_for(lambda: task.state == "done", LIMIT_S)
        hub.wait_for(lambda: hub.datasets, LIMIT_S)
        process.send_signal(signal.SIGTERM)
        assert process.wait(30) == 0
    assert (len(task.answers), task.acks) == (1, 0)
    assert "error" in task.answer
    assert hub.count("hello") == 1
    assert set(hub.datasets[0]["readiness"]) == {"ready", "version", "checks"}
    assert CREDENTIAL not in log_of(folder)


def test_a_task_that_this_agent_does_not_know_is_answered_so(hub, folder):
    task = hub.add("future.kind", {})
    with worker(folder):
        hub.wait_for(lambda: task.acks, LIMIT_S)
    assert task.answer["error"]["code"] == "site.unknown_task"


def test_a_killed_agent_is_delivered_its_task_again_and_an_outage_is_survived(hub, folder):
    hub.lease_s = 1.0
    hub.fail_next("result", 503, times=10_000)  # the agent is kept in the middle of its task
    task = hub.add("secagg.consent", {"session": "0" * 64, "survivors": {}})
    with worker(folder, "first.log") as process:
        hub.wait_for(lambda: hub.count("result"), LIMIT_S)
        process.kill()
        process.wait(30)
    hub.failures.clear()
    hub.lease_s = 30.0
    with worker(folder, "second.log") as process:
        hub.wait_for(lambda: task.answers, LIMIT_S)
        assert task.deliveries == 2
        polls = hub.count("lease")
        hub.wait_for(lambda: hub.count("lease") > polls, LIMIT_S)
        with hub.outage():
            later = hub.add("secagg.consent", {"session": "1" * 64, "survivors": {}})
        hub.wait_for(lambda: later.answers, LIMIT_S)
        assert process.poll() is None
    assert hub.count("hello") == 3  # two agents, and one reconnection


def test_a_stopping_agent_gives_its_task_back_at_once(hub, folder):
    hub.fail_next("result", 503, times=10_000)
    task = hub.add("secagg.consent", {"session": "0" * 64, "survivors": {}})
    with worker(folder) as process:
        hub.wait_for(lambda: hub.count("result") >= 2, LIMIT_S)
        process.send_signal(signal.SIGTERM)
        hub.wait_for(lambda: task.releases, LIMIT_S)
        assert process.wait(30) == 0
    assert task.answers == []
    assert task.acks == 0


def test_an_agent_without_a_valid_credential_ends_and_says_why(hub, folder):
    folder.write_credential("wrong")
    with worker(folder) as process:
        assert process.wait(LIMIT_S) != 0
    assert "enrol this site again" in log_of(folder)


def test_a_second_agent_in_the_folder_ends_and_says_why(hub, folder):
    claimed = folder.claim()
    with worker(folder) as process:
        assert process.wait(LIMIT_S) != 0
    claimed.close()
    assert "another process works in" in log_of(folder)
    assert hub.requests == []


def test_a_plan_waits_for_a_person_while_other_tasks_go_on(tmp_path, hub):
    federation = Federation(tmp_path, hub, policy=SitePolicy(approval="manual"))
    folder, plan = federation.agents["basel"].folder, federation.plan
    settings, identity = federation.agents["basel"].settings, federation.agents["basel"].identity
    version = federation.agents["basel"].cohort.version
    federation.close()
    review = hub.add("plan.review", {"plan": plan.to_json(), "job": JOB})
    with worker(folder):
        hub.wait_for(lambda: len(review.renewals) >= 2, LIMIT_S)
        other = hub.add("secagg.consent", {"session": "0" * 64, "survivors": {}})
        hub.wait_for(lambda: other.answers, LIMIT_S)
        assert (review.answers, review.acks) == ([], 0)
        database = Database(folder.database)
        Approvals(database, settings, identity, lambda: version).approve(plan.hash, by="Dr Test")
        database.close()
        hub.wait_for(lambda: review.acks, LIMIT_S)
    assert review.answer["result"]["decision"] == "approve"
