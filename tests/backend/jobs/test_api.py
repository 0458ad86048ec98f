"""The API of jobs: who may, what shape, and errors by field."""

import pytest

from backend.apps.federations.models import Role
from backend.apps.jobs.models import Job
from tests.backend.jobs.conductor import SETTINGS
from tests.backend.world import member, person


@pytest.fixture
def platform(conduct):
    """Return a federation of three ready hospitals."""
    return conduct()


def body(platform, **settings):
    """Return what the form would post."""
    return {"federation": str(platform.federation.id), "title": "Squares", "settings": {**SETTINGS, **settings}}


def test_a_coordinator_creates_a_draft_whose_settings_are_complete(platform, as_user):
    answer = as_user(platform.coordinator).post("/api/v1/jobs", body(platform))
    assert answer.status_code == 201
    job = answer.json()
    assert (job["state"], job["plan"], job["rounds_total"], job["last_seq"]) == ("draft", None, 2, 1)
    assert job["settings"]["data"]["classes"] == ["left", "middle", "right"]
    assert job["settings"]["training"]["optimizer"] == "adam"
    assert job["settings"]["aggregation"]["min_survivors"] == 3


def test_each_wrong_setting_is_named(platform, as_user):
    wrong = {
        "training": {"batch_size": 1, "momentum": 2},
        "strategy": {"rounds": 0},
        "aggregation": {"min_survivors": 2},
        "wishes": {},
        "seed": -1,
    }
    answer = as_user(platform.coordinator).post("/api/v1/jobs", body(platform, **wrong))
    assert answer.status_code == 400
    assert set(answer.json()["fields"]) == {
        "settings.training.batch_size",
        "settings.training.momentum",
        "settings.strategy.rounds",
        "settings.wishes",
        "settings.seed",
    }
    answer = as_user(platform.coordinator).post("/api/v1/jobs", body(platform, aggregation={"min_survivors": 2}))
    assert set(answer.json()["fields"]) == {"settings.aggregation.min_survivors"}


def test_the_same_idempotency_key_makes_one_job(platform, as_user):
    api = as_user(platform.coordinator)
    made = [api.post("/api/v1/jobs", body(platform), headers={"Idempotency-Key": "k1"}).json()["id"] for _ in range(2)]
    assert made[0] == made[1]
    assert Job.objects.count() == 1


def test_outsiders_see_nothing_and_other_roles_control_nothing(platform, as_user):
    job = platform.job()
    outsider = as_user(person("eve"))
    assert outsider.get(f"/api/v1/jobs/{job.id}").status_code == 404
    assert outsider.post("/api/v1/jobs", body(platform)).status_code == 404
    assert outsider.post(f"/api/v1/jobs/{job.id}/cancel").status_code == 404
    assert outsider.get("/api/v1/jobs").json()["results"] == []
    auditor = as_user(member(platform.federation, Role.AUDITOR, "otto"))
    assert auditor.get(f"/api/v1/jobs/{job.id}").status_code == 200
    assert auditor.post(f"/api/v1/jobs/{job.id}/cancel").status_code == 403
    assert auditor.post("/api/v1/jobs", body(platform)).status_code == 403


def test_only_legal_moves_are_made(platform, as_user):
    api = as_user(platform.coordinator)
    job = api.post("/api/v1/jobs", body(platform)).json()["id"]
    for what in ("pause", "resume"):
        answer = api.post(f"/api/v1/jobs/{job}/{what}")
        assert (answer.status_code, answer.json()["code"]) == (409, "request.illegal_transition")
    assert api.post(f"/api/v1/jobs/{job}/submit").json()["state"] == "awaiting_approval"
    assert api.post(f"/api/v1/jobs/{job}/submit").status_code == 200
    assert api.post(f"/api/v1/jobs/{job}/resume").status_code == 409
    assert api.post(f"/api/v1/jobs/{job}/cancel").json()["state"] == "cancelled"
    assert api.post(f"/api/v1/jobs/{job}/submit").status_code == 409


def test_a_finished_job_shows_its_curve_rounds_lanes_tasks_and_approvals(platform, as_user):
    job = platform.job()
    platform.run()
    api, address = as_user(platform.coordinator), f"/api/v1/jobs/{job.id}"
    shown = api.get(address).json()
    assert (shown["state"], shown["rounds_done"]) == ("succeeded", 2)
    assert [point["round"] for point in shown["curve"]] == [0, 1, 2]
    assert shown["best"]["round"] == shown["best_round"]
    assert shown["test"]["n"] == 27
    assert shown["test"]["interval"] == [shown["test"]["low"], shown["test"]["high"]]
    assert [site["slug"] for site in shown["roster"]] == ["aalborg", "basel", "coimbra"]
    assert "plan" not in api.get("/api/v1/jobs", {"search": "squa"}).json()["results"][0]
    rounds = api.get(f"{address}/rounds").json()["results"]
    assert [row["number"] for row in rounds] == [0, 1, 2, 3, 4]
    assert rounds[1]["metrics"]["samples"] > 0
    lane = rounds[1]["attempts"][0]["lanes"][0]
    assert (lane["site"], lane["phase"]) == ("aalborg", "done")
    assert lane["size_bytes"] > 1000
    phases = [span["phase"] for span in lane["spans"]]
    assert phases[:2] == ["waiting", "fetching"]
    assert phases[-2:] == ["applying", "done"]
    assert all(span["end"] for span in lane["spans"])
    approvals = api.get(f"{address}/approvals").json()["results"]
    assert [entry["decision"] for entry in approvals] == ["approve"] * 3
    tasks = api.get(f"{address}/tasks", {"page_size": 200}).json()["results"]
    assert {task["state"] for task in tasks} == {"done"}
    assert "payload" not in tasks[0]


def test_the_preview_says_bytes_and_who_learns_what_and_no_time_before_something_has_run(platform, as_user):
    api = as_user(platform.coordinator)
    before = api.post("/api/v1/jobs/preview", body(platform)).json()
    assert (before["sites"], before["seconds_round"], before["dropouts_tolerated"]) == (3, None, 0)
    assert before["upload_bytes_round"] > 4 * before["parameters"]
    assert [line["coordinator"] for line in before["visibility"][:2]] == [False, False]
    assert any("no dropout" in warning for warning in before["warnings"])
    platform.job()
    platform.run()
    after = api.post("/api/v1/jobs/preview", body(platform)).json()
    assert 0 < after["seconds_round"]["low"] <= after["seconds_round"]["high"]
    plain = api.post("/api/v1/jobs/preview", body(platform, aggregation={"secure": False})).json()
    assert plain["visibility"][1]["coordinator"] is True
    assert plain["seconds_round"] is None


def test_the_previewed_upload_is_what_a_round_takes(platform, as_user):
    from backend.apps.artifacts.models import Artifact
    from backend.apps.jobs.models import SiteTask
    from primia_core.canonical import canonical_json

    job = platform.job()
    platform.run()
    previewed = as_user(platform.coordinator).post("/api/v1/jobs/preview", body(platform)).json()["upload_bytes_round"]
    tasks = SiteTask.objects.filter(job=job, attempt__round__number=1, site__slug="basel")
    small = sum(len(canonical_json(task.result)) for task in tasks)
    blob = Artifact.objects.filter(owner__slug="basel").order_by("-size_bytes").first()
    assert 0.9 * previewed < blob.size_bytes + small <= previewed
    print(f"small messages of one site in one round: {small} bytes")
