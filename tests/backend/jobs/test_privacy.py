"""Private jobs at the hub: what the form takes, what is previewed, what sites report, how a budget ends a job."""

import pytest

from backend.apps.events.models import Event
from backend.apps.jobs.errors import BudgetTooSmall
from backend.apps.jobs.job_settings import JobSettings
from backend.apps.jobs.models import Attempt, Job, Round, SiteTask
from backend.apps.jobs.selectors.preview import job_preview
from backend.apps.jobs.services.job_control import job_cancel
from backend.apps.privacy.models import StudySpending
from backend.apps.privacy.selectors import reservations
from backend.apps.privacy.services import spending_report
from backend.apps.registry.models import ModelVersion
from backend.common.errors import InvalidInput
from primia_core.federation.plan import Plan
from primia_core.federation.privacy_terms import a_round_of
from primia_core.privacy.accounting import Steps, epsilon
from tests.backend.jobs.conductor import SETTINGS

PRIVATE = {
    "data": {"image_size": 16, "normalisation": {"mean": 0.3, "std": 0.2}},
    "model": {"name": "small_cnn", "normalisation": "group"},
    "training": {**SETTINGS["training"], "steps": 2},
    "privacy": {"noise_multiplier": 1.0, "sample_rate": 0.5, "delta": 1e-5},
}
BUDGET = 8.0


def reports(platform, budget: float = BUDGET) -> None:
    """Have every hospital report its ledger with its answers, as an agent does."""
    charged: dict[str, dict[str, Steps]] = {hospital.site.slug: {} for hospital in platform.hospitals}

    def with_ledger(hospital):
        own = charged[hospital.site.slug]

        def told(kind, result):
            plan = Plan.model_validate(Job.objects.latest("created_at").plan)
            if kind == "step.submit" and Round.objects.latest("opened_at").kind == "train":
                own[f"{plan.hash} {len(own)}"] = a_round_of(plan)
            if kind not in {"plan.review", "step.submit"} or plan.privacy is None:
                return result
            of_job = [steps for key, steps in own.items() if key.startswith(plan.hash)]
            return {
                **result,
                "privacy": {
                    "study": plan.data.task, "rounds": len(of_job), "steps": sum(s.count for s in of_job),
                    "epsilon": epsilon(of_job, 1e-5), "cumulative": epsilon(own.values(), 1e-5), "delta": 1e-5,
                    "budget": budget,
                },
            }  # fmt: skip

        return told

    for hospital in platform.hospitals:
        hospital.tamper = with_ledger(hospital)


def test_a_private_job_ends_with_its_epsilon_in_the_lineage_and_in_the_ledger(conduct):
    platform = conduct()
    reports(platform)
    job = platform.job(**PRIVATE)
    platform.run()
    job.refresh_from_db()
    assert (job.state, job.failure) == (Job.State.SUCCEEDED, None)
    two_rounds = epsilon([Steps(1.0, 0.5, 4)], 1e-5)
    found = ModelVersion.objects.get(job=job).lineage["epsilon"]
    assert found["epsilon_pld"] == pytest.approx(two_rounds)
    assert found["epsilon_pld"] <= found["epsilon_rdp"]
    assert (found["rounds"], found["steps"], found["unit"], found["mode"]) == (2, 4, "patient", "local")
    for row in StudySpending.objects.all():
        assert (row.job, row.rounds, row.steps, row.study) == (job, 2, 4, "squares")
        assert row.epsilon == row.cumulative == pytest.approx(two_rounds)
    assert StudySpending.objects.count() == 3
    metrics = Round.objects.get(job=job, round=1).metrics
    assert "samples" not in metrics
    assert "training_loss" not in metrics


def test_a_site_whose_budget_is_spent_ends_the_training_and_the_last_model_is_kept(conduct):
    platform = conduct()
    job = platform.job(**PRIVATE, strategy={"rounds": 5})
    platform.run(until=lambda: Round.objects.filter(job=job, state="closed", kind="train").count() == 1)
    text = "the privacy budget of the study 'squares' at this site is spent: epsilon is 4.8 now"
    error = {"code": "site.budget_reached", "message": text, "phase": "advertise"}
    basel = platform.hospitals[1]
    basel.errors = {"secagg.advertise": error}
    platform.run(until=lambda: "budget.reached" in platform.events(job))
    basel.errors = {}
    platform.run()
    job.refresh_from_db()
    assert (job.state, job.failure) == (Job.State.SUCCEEDED, None)
    assert job.run_state["ended"] == "budget"
    version = ModelVersion.objects.get(job=job)
    assert version.card["ended"] == "budget"
    assert version.lineage["epsilon"]["rounds"] == 1
    assert version.evaluation["test"] is not None
    told = Event.objects.get(job=job, kind="budget.reached")
    assert told.site == basel.site
    assert told.payload == {"rounds_done": 1, "reason": text}
    kinds = list(Round.objects.filter(job=job).order_by("number").values_list("kind", "state"))
    assert kinds == [("train", "closed"), ("evaluate", "closed"), ("evaluate", "closed")]
    opened = Event.objects.filter(job=job, kind="round.opened").order_by("seq")
    assert [each.payload["number"] for each in opened] == [0, 1, 2], "each round opens once"
    assert Event.objects.get(job=job, kind="round.changed").payload == {"number": 1, "kind": "evaluate", "round": None}
    failed = Attempt.objects.get(round__job=job, state=Attempt.State.FAILED)
    assert failed.failure["code"] == "site.budget_reached"


def test_a_budget_that_is_spent_before_the_first_round_fails_the_job_with_the_reason(conduct):
    platform = conduct()
    job = platform.job(**PRIVATE)
    error = {"code": "site.budget_reached", "message": "nothing is left", "phase": "advertise"}
    platform.hospitals[0].errors = {"secagg.advertise": error}
    platform.run()
    job.refresh_from_db()
    assert job.state == Job.State.FAILED
    assert (job.failure["site"], job.failure["reason"]) == ("aalborg", "nothing is left")
    assert "site.toml" in job.failure["next_step"]


def test_a_job_that_would_pass_a_known_budget_is_refused_at_submission_with_the_figures(conduct):
    platform = conduct()
    reports(platform, budget=BUDGET)
    first = platform.job(**PRIVATE)
    platform.run()
    first.refresh_from_db()
    assert first.state == Job.State.SUCCEEDED
    with pytest.raises(BudgetTooSmall) as caught:
        platform.job(**PRIVATE)
    before, after = epsilon([Steps(1.0, 0.5, 4)], 1e-5), epsilon([Steps(1.0, 0.5, 8)], 1e-5)
    assert f"{before:.3f}" in caught.value.message
    assert f"{after:.3f} of 8" in caught.value.message
    assert "aalborg" in caught.value.message


@pytest.fixture
def two_jobs(conduct):
    """A platform whose hospitals have told their budgets, and a second private job that waits for their approval."""
    platform = conduct()
    reports(platform, budget=11.0)
    platform.job(**PRIVATE)
    platform.run()
    return platform, platform.job(**PRIVATE, seed=8)


def account(platform, client, slug="basel"):
    client.force_login(platform.coordinator)
    found = client.get(f"/api/v1/privacy-accounts?federation={platform.federation.id}").json()["results"]
    return next(each for each in found if each["site"]["slug"] == slug)


def test_two_jobs_that_were_both_submitted_cannot_pass_the_budget_together(two_jobs):
    platform, waiting = two_jobs
    assert waiting.state == Job.State.AWAITING_APPROVAL
    with pytest.raises(BudgetTooSmall) as caught:
        platform.job(**PRIVATE, seed=9)
    spent, both = epsilon([Steps(1.0, 0.5, 4)], 1e-5), epsilon([Steps(1.0, 0.5, 8)], 1e-5)
    after = epsilon([Steps(1.0, 0.5, 12)], 1e-5)
    assert both < 11.0 < after
    assert f"basel has spent epsilon {spent:.3f}" in caught.value.message
    assert f"{both - spent:.3f} more are reserved for other jobs" in caught.value.message
    job_cancel(job_id=waiting.id, by=platform.coordinator, now=platform.now)
    assert platform.job(**PRIVATE, seed=9).state == Job.State.AWAITING_APPROVAL


def test_the_ledger_shows_what_is_reserved_until_the_job_ends(two_jobs, client):
    platform, waiting = two_jobs
    spent, both = epsilon([Steps(1.0, 0.5, 4)], 1e-5), epsilon([Steps(1.0, 0.5, 8)], 1e-5)
    found = account(platform, client)
    assert (found["study"], found["budget"], found["spent"]) == ("squares", 11.0, pytest.approx(spent))
    assert found["reserved"] == pytest.approx(both - spent)
    title, state = waiting.title, "awaiting_approval"
    (told,) = found["reservations"]
    assert told == {"job": str(waiting.id), "job_title": title, "state": state, "rounds": 2, "steps": 4}
    platform.run(until=lambda: Round.objects.filter(job=waiting, state="closed", kind="train").exists())
    found = account(platform, client)
    assert [(each["state"], each["rounds"]) for each in found["reservations"]] == [("running", 1)]
    assert found["spent"] + found["reserved"] == pytest.approx(both)
    platform.run()
    found = account(platform, client)
    assert (found["reserved"], found["reservations"]) == (0, [])
    assert found["spent"] == pytest.approx(both)


def test_the_preview_counts_what_is_reserved(two_jobs):
    platform, waiting = two_jobs
    settings = JobSettings.model_validate(waiting.settings)
    found = job_preview(federation=platform.federation, settings=settings, now=platform.now)["privacy"]
    both, after = (epsilon([Steps(1.0, 0.5, steps)], 1e-5) for steps in (8, 12))
    for site in found["sites"]:
        assert (site["spent"] + site["reserved"], site["after"]) == (pytest.approx(both), pytest.approx(after))
        assert site["would_pass"]


@pytest.mark.parametrize("end", ["cancelled", "succeeded", "refused"])
def test_every_site_that_was_asked_hears_of_a_private_jobs_end(conduct, end):
    platform = conduct()
    job = platform.job(**PRIVATE)
    if end == "refused":
        platform.hospitals[0].errors = {"plan.review": {"code": "site.data", "message": "gone", "phase": ""}}
    if end == "cancelled":
        job_cancel(job_id=job.id, by=platform.coordinator, now=platform.now)
    platform.run()
    job.refresh_from_db()
    assert job.state == {"refused": "failed"}.get(end, end)
    heard = SiteTask.objects.filter(job=job, kind="plan.close", state="done").values_list("site__slug", flat=True)
    assert sorted(heard) == ["aalborg", "basel", "coimbra"]


def test_a_job_without_a_promise_reserves_nothing_and_ends_in_silence(conduct):
    platform = conduct()
    job = platform.job()
    assert reservations(platform.hospitals[0].site, "squares") == []
    job_cancel(job_id=job.id, by=platform.coordinator, now=platform.now)
    assert not SiteTask.objects.filter(kind="plan.close").exists()


def test_the_server_finds_the_noise_that_a_wanted_epsilon_takes(conduct, client):
    client.force_login(conduct().coordinator)
    asked = {"sample_rate": 0.1, "steps": 20, "delta": 1e-5}
    found = client.get("/api/v1/privacy-noise", {**asked, "epsilon": 3}).json()
    assert 2.98 < found["epsilon_pld"] <= 3 < found["epsilon_rdp"]
    assert found["epsilon_pld"] == epsilon([Steps(found["noise_multiplier"], 0.1, 20)], 1e-5)
    for wrong in ({"epsilon": 0}, {"epsilon": "nan"}, {"epsilon": 1e-4}, {"sample_rate": 2}, {"steps": 0}):
        answer = client.get("/api/v1/privacy-noise", {"epsilon": 3, **asked, **wrong})
        assert answer.status_code == 400
        assert answer.json()["fields"]


def test_the_preview_says_both_epsilons_every_sites_outlook_and_what_has_no_noise(conduct):
    platform = conduct()
    reports(platform)
    platform.job(**PRIVATE)
    platform.run()
    settings = JobSettings.model_validate(Job.objects.get().settings)
    found = job_preview(federation=platform.federation, settings=settings, now=platform.now)["privacy"]
    assert found["epsilon_pld"] == pytest.approx(epsilon([Steps(1.0, 0.5, 4)], 1e-5))
    assert found["epsilon_pld"] <= found["epsilon_rdp"]
    assert (found["rounds"], found["steps"], found["honest_sites"]) == (2, 4, None)
    assert [site["site"] for site in found["sites"]] == ["aalborg", "basel", "coimbra"]
    assert found["would_pass"]
    assert all(site["after"] > site["budget"] == BUDGET for site in found["sites"])
    assert any("validation" in thing for thing in found["released_without_dp"])


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"model": {"name": "small_cnn", "normalisation": "batch"}}, "BatchNorm"),
        ({"data": {"image_size": 16}}, "normalisation"),
        ({"training": {"epochs": 1}}, "epochs"),
    ],
)
def test_settings_that_cannot_keep_the_promise_are_refused_with_the_reason(conduct, changed, says):
    platform = conduct()
    with pytest.raises(InvalidInput) as caught:
        platform.job(**{**PRIVATE, **changed})
    assert any(says in reason for reason in caught.value.fields["settings.privacy"])


def test_a_late_report_changes_nothing_and_nonsense_is_not_kept(conduct):
    platform = conduct()
    reports(platform)
    job = platform.job(**PRIVATE)
    platform.run()
    row = StudySpending.objects.get(site=platform.hospitals[0].site)
    late = {"study": "squares", "rounds": 1, "steps": 2, "epsilon": 1, "cumulative": 1, "delta": 1e-5, "budget": 8}
    assert spending_report(site=row.site, job=job, told=late, now=platform.now).rounds == 2
    for nonsense in ({"epsilon": "nan"}, {"study": "another"}, {"rounds": -1}):
        assert spending_report(site=row.site, job=job, told={**late, **nonsense}, now=platform.now) is None
    row.refresh_from_db()
    assert row.rounds == 2


def test_the_ledger_is_read_by_members_of_the_federation_alone(conduct, client):
    from tests.backend.world import person

    platform = conduct()
    reports(platform)
    job = platform.job(**PRIVATE)
    platform.run()
    client.force_login(platform.coordinator)
    (row, *_) = client.get("/api/v1/privacy-ledger?site=basel").json()["results"]
    assert row["site"]["slug"] == "basel"
    assert row["federation"]["id"] == str(platform.federation.id)
    assert (row["job"], row["job_title"], row["mode"], row["unit"]) == (str(job.id), "Squares", "local", "patient")
    assert (row["rounds"], row["budget"]) == (2, BUDGET)
    client.force_login(person("eve"))
    assert client.get("/api/v1/privacy-ledger").json()["results"] == []
