"""The reconciler finds what was lost: leases, messages, whole tasks of the queue."""

from datetime import timedelta

import pytest
from django.test import TestCase

from backend.apps.jobs.models import Attempt, Job, SiteTask
from backend.apps.jobs.services.attempt_advance import attempt_advance
from backend.apps.jobs.services.job_control import job_submit
from backend.apps.jobs.services.job_create import job_create
from backend.apps.jobs.services.reconcile import PREPARE_AFTER, reconcile
from backend.apps.jobs.services.site_tasks import site_task_leases_return
from backend.common.tasks import Task
from tests.backend.jobs.conductor import SETTINGS


def sent_by(monkeypatch, now):
    """Return what one look enqueues."""
    from backend.common import enqueue as module

    sent = []
    monkeypatch.setattr(module.app, "send_task", lambda name, kwargs, **options: sent.append((name, kwargs)))
    with TestCase.captureOnCommitCallbacks(execute=True):
        reconcile(now=now)
    return sent


def test_a_lease_that_ran_out_is_queued_again(conduct):
    platform = conduct()
    platform.job()
    platform.hospitals[0].mute = {"plan.review"}
    platform.hospitals[0].work(platform.now)
    task = SiteTask.objects.get(site=platform.hospitals[0].site)
    reconcile(now=platform.now)
    task.refresh_from_db()
    assert task.state == "leased"
    reconcile(now=task.lease_until)
    task.refresh_from_db()
    assert (task.state, task.deliveries) == ("queued", 1)


def test_a_submitted_job_whose_preparation_was_lost_is_prepared_again(conduct, monkeypatch):
    platform = conduct()
    job = job_create(
        federation_id=platform.federation.id, title="lost", settings=SETTINGS, by=platform.coordinator, now=platform.now
    )
    job_submit(job_id=job.id, by=platform.coordinator, now=platform.now)
    assert sent_by(monkeypatch, platform.now) == []
    later = platform.now + PREPARE_AFTER
    assert sent_by(monkeypatch, later) == [(Task.JOB_PREPARE.value, {"job_id": str(job.id)})]


def test_open_attempts_and_idle_jobs_are_looked_at_again(conduct, monkeypatch):
    platform = conduct()
    job = platform.job()
    assert (Task.JOB_ADVANCE.value, {"job_id": str(job.id)}) in sent_by(monkeypatch, platform.now)
    platform.run(until=lambda: Attempt.objects.exists())
    attempt = Attempt.objects.get()
    assert sent_by(monkeypatch, platform.now) == [(Task.ATTEMPT_ADVANCE.value, {"attempt_id": str(attempt.id)})]


@pytest.mark.parametrize("lies", [False, True])
def test_what_the_sites_made_of_a_sum_is_compared_even_if_the_word_of_their_last_answer_was_lost(
    conduct, monkeypatch, lies
):
    platform = conduct()
    for hospital in platform.hospitals:
        hospital.mute = {"step.apply"}
    if lies:
        liar = platform.hospitals[1]
        liar.tamper = lambda kind, result: {"model_hash": "f" * 64} if kind == "step.apply" else result
    job = platform.job()
    applying = SiteTask.objects.filter(job=job, kind=SiteTask.Kind.APPLY)
    platform.run(until=lambda: all("step.apply" in hospital.seen for hospital in platform.hospitals))
    attempt = Attempt.objects.get(state=Attempt.State.CLOSED)
    word = (Task.ATTEMPT_ADVANCE.value, {"attempt_id": str(attempt.id)})
    assert word not in sent_by(monkeypatch, platform.now)
    for hospital in platform.hospitals:
        hospital.mute = set()
        site_task_leases_return(site_id=hospital.site.id, now=platform.now)
        while applying.filter(site=hospital.site, finished_at=None).exists():
            assert hospital.work(platform.now)
    assert word in sent_by(monkeypatch, platform.now)
    attempt_advance(attempt_id=attempt.id, now=platform.now)
    assert word not in sent_by(monkeypatch, platform.now)
    job.refresh_from_db()
    assert job.state == (Job.State.FAILED if lies else Job.State.RUNNING)


def test_an_ended_job_is_left_alone(conduct, monkeypatch):
    platform = conduct(2)
    job = platform.job()
    job.refresh_from_db()
    assert job.state == Job.State.FAILED
    assert sent_by(monkeypatch, platform.now + timedelta(hours=5)) == []
