"""Every task that the backend may enqueue exists at one of the hub's workers, and the beat knows the reconciler."""

import subprocess
import sys

import pytest

from backend.common.tasks import Task


@pytest.fixture(scope="module")
def app():
    """Return the hub's Celery application, with the tasks of all workers."""
    from workers.hub import audits, webhooks
    from workers.hub.app import app

    assert webhooks.app is audits.app is app
    return app


def test_every_task_name_is_registered_and_nothing_else_is(app):
    ours = {name for name in app.tasks if not name.startswith("celery.")}
    assert ours == {task.value for task in Task}


def registered(module: str) -> set[str]:
    """Return our tasks that a process knows which starts with this module, after the torch of the coordinator."""
    code = (
        f"import sys; from {module} import app; ours = [name for name in app.tasks if not name.startswith('celery.')]; "
        "print(*ours, 'torch' if 'torch' in sys.modules else '')"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return set(run.stdout.split())


def test_webhooks_and_audits_have_a_queue_and_a_small_worker_of_their_own(app):
    routed = {Task.WEBHOOK_DELIVER.value: "webhooks", Task.DEMONSTRATION_DRAW.value: "audits"}
    assert app.conf.task_routes == {name: {"queue": queue} for name, queue in routed.items()}
    assert registered("workers.hub.webhooks") == {Task.WEBHOOK_DELIVER.value}
    assert registered("workers.hub.audits") == {Task.DEMONSTRATION_DRAW.value}
    assert registered("workers.hub.app") == {"torch", *(task.value for task in Task)} - routed.keys()


def test_a_task_is_acknowledged_late_and_given_back_when_its_worker_dies(app):
    assert app.conf.task_acks_late
    assert app.conf.task_reject_on_worker_lost
    assert app.conf.task_default_queue == "coordinator"
    assert app.conf.broker_transport_options["visibility_timeout"] <= 60


def test_the_beat_asks_for_both_reconcilers_every_few_seconds(app):
    entries = app.conf.beat_schedule.values()
    assert {entry["task"] for entry in entries} == {Task.RECONCILE.value, Task.RECONCILE_DIAGNOSES.value}
    assert all(0 < entry["schedule"] <= 5 for entry in entries)


def test_each_task_calls_its_service_with_parsed_ids(app, monkeypatch):
    from uuid import uuid4

    from workers.hub import tasks, webhooks

    called = []
    by_id = ("job_prepare", "job_advance", "attempt_advance", "service_advance", "webhook_deliver")
    by_clock = ("reconcile", "reconcile_diagnoses")
    for name in (*by_id, *by_clock):
        room = webhooks if name == "webhook_deliver" else tasks
        monkeypatch.setattr(room, name, lambda name=name, **given: called.append((name, given)))
    row = uuid4()
    tasks.prepare_job(job_id=str(row))
    tasks.advance_job(job_id=str(row))
    tasks.advance_attempt(attempt_id=str(row))
    tasks.advance_service(service_id=str(row))
    webhooks.deliver_webhook(delivery_id=str(row))
    tasks.reconcile_all()
    tasks.reconcile_all_diagnoses()
    assert [name for name, _ in called] == [*by_id, *by_clock]
    given_ids = [value for _, given in called for key, value in given.items() if key != "now"]
    assert given_ids == [row] * len(by_id)


def test_a_demonstration_is_drawn_by_its_service(app, monkeypatch):
    from uuid import uuid4

    from backend.apps.evidence.services import demonstration_draw as room
    from workers.hub import audits

    called = []
    monkeypatch.setattr(room, "demonstration_draw", lambda **given: called.append(given["audit_id"]))
    row = uuid4()
    audits.draw_demonstration(audit_id=str(row))
    assert called == [row]
