"""A whole job, from draft to registered model, over simulated hospitals."""

import pytest

from backend.apps.artifacts.models import Artifact
from backend.apps.jobs.models import Approval, Attempt, Job, Round, SiteTask
from backend.apps.registry.models import ModelVersion


@pytest.mark.parametrize("secure", [True, False])
def test_a_job_runs_from_draft_to_registered_model(conduct, secure):
    platform = conduct()
    job = platform.job(aggregation={"secure": secure})
    platform.run()
    job.refresh_from_db()
    assert (job.state, job.failure) == (Job.State.SUCCEEDED, None)
    rounds = list(Round.objects.filter(job=job).values_list("kind", "round", "state"))
    assert rounds == [
        ("statistics", None, "closed"),
        ("train", 1, "closed"),
        ("train", 2, "closed"),
        ("evaluate", None, "closed"),
        ("evaluate", None, "closed"),
    ]
    assert Approval.objects.filter(job=job, decision="approve").count() == 3
    assert set(Attempt.objects.values_list("state", "number")) == {("closed", 1)}
    assert not SiteTask.objects.exclude(state="done").exists()
    version = ModelVersion.objects.get(job=job)
    assert version.lineage["plan_hash"] == job.plan_hash
    assert version.artifact.state == Artifact.State.COMPLETE
    assert version.evaluation["test"]["n"] == 27
    kept = Artifact.objects.filter(state="complete").values_list("id", flat=True)
    assert set(kept) == {job.initial_weights_id, version.artifact_id}


def test_every_site_and_the_hub_hold_the_same_model_at_the_end(conduct):
    platform = conduct()
    job = platform.job()
    platform.run()
    last = Round.objects.get(job=job, round=2).model_after
    assert all(last in hospital.models for hospital in platform.hospitals)


def test_the_events_of_a_job_tell_its_whole_story_without_a_gap(conduct):
    platform = conduct()
    job = platform.job()
    platform.run()
    kinds = platform.events(job)
    assert kinds[:3] == ["job.created", "job.submitted", "job.planned"]
    assert kinds[3:6] == ["plan.approved"] * 3
    assert kinds[6:9] == ["job.started", "round.opened", "attempt.opened"]
    assert kinds.count("round.closed") == 5
    assert kinds.count("model.validated") == 3
    assert kinds.count("update.received") == 15
    assert "job.succeeded" in kinds
