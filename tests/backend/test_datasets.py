"""What a site may tell of its cohort, and who reads it."""

from datetime import timedelta

import pytest

from backend.apps.datasets.errors import ReadinessTellsTooMuch
from backend.apps.datasets.models import Dataset
from backend.apps.datasets.services import dataset_report
from backend.apps.jobs.models import Job, Round
from tests.backend.world import NOW, consortium, draft_job, hospital, person

pytestmark = pytest.mark.django_db
VERSION = "a" * 64
READY = {"ready": True, "version": VERSION, "checks": [{"name": "classes", "status": "pass"}]}


def report(site, **changes):
    given = {
        "name": "chest",
        "task": "chest-xray-pneumonia",
        "classes": ["normal", "viral"],
        "version": VERSION,
        "readiness": READY,
        "now": NOW,
    }
    return dataset_report(site_id=site.pk, **{**given, **changes})


def test_dataset_report_replaces_the_one_before():
    site, _ = hospital(consortium())
    first = report(site)
    failing = {"ready": False, "version": "b" * 64, "checks": [{"name": "splits", "status": "fail"}]}
    second = report(site, version="b" * 64, readiness=failing)
    assert (first.pk, second.ready, Dataset.objects.count()) == (second.pk, False, 1)


@pytest.mark.parametrize(
    "readiness",
    [
        {**READY, "images": 214},
        {**READY, "checks": [{"name": "classes", "status": "pass", "count": 3}]},
        {**READY, "checks": [{"name": "classes", "status": "pass", "message": "fewer than 10 images"}]},
        {**READY, "checks": [{"name": "214 images", "status": "pass"}]},
        {**READY, "checks": [{"name": "classes", "status": 214}]},
        {**READY, "ready": 1},
        {**READY, "ready": False},
        {**READY, "version": "c" * 64},
        214,
    ],
)
def test_dataset_report_is_refused_when_it_has_any_other_form(readiness):
    site, _ = hospital(consortium())
    with pytest.raises(ReadinessTellsTooMuch) as refused:
        report(site, readiness=readiness)
    assert "214" not in str(refused.value.fields)
    assert not Dataset.objects.exists()


def test_datasets_are_visible_to_members_and_filtered_by_federation(as_user):
    federation = consortium()
    report(hospital(federation)[0])
    api = as_user(person())
    (row,) = api.get("/api/v1/datasets", {"federation": str(federation.pk)}).json()["results"]
    assert (row["site_slug"], row["ready"], row["checks"]) == ("north", True, READY["checks"])
    other = consortium("coastal")
    assert api.get("/api/v1/datasets", {"federation": str(other.pk)}).json()["results"] == []
    assert as_user(person("eve")).get("/api/v1/datasets").json()["results"] == []


def closed_statistics(federation, job, counts, closed_at):
    plan = {"data": {"task": "chest", "classes": ["normal", "viral"]}, "aggregation": {"secure": True}}
    Job.objects.filter(pk=job.pk).update(plan=plan, plan_hash="d" * 64)
    statistics = {"normalisation": {"mean": 0.48, "std": 0.22}, "class_counts": counts, "pixels": 4096}
    return Round.objects.create(
        job=job,
        number=0,
        kind="statistics",
        state="closed",
        step={},
        result={"survivors": ["north", "south", "west"], "statistics": statistics},
        opened_at=NOW,
        closed_at=closed_at,
    )


def test_pooled_statistics_are_the_latest_of_each_task_and_for_members_only(as_user):
    federation = consortium()
    closed_statistics(federation, draft_job(federation), [10, 20], NOW)
    closed_statistics(federation, draft_job(federation, "second"), [30, 60], NOW + timedelta(hours=1))
    (row,) = as_user(person()).get("/api/v1/datasets/pooled", {"federation": str(federation.pk)}).json()
    assert (row["class_counts"], row["images"], row["job_title"]) == ([30, 60], 90, "second")
    assert (row["mean"], row["secure"], row["sites"]) == (0.48, True, ["north", "south", "west"])
    assert as_user(person("eve")).get("/api/v1/datasets/pooled").json() == []
