"""Private jobs at the hub: what the form takes, what is previewed, what sites report, how a budget ends a job."""

import pytest

from backend.apps.events.models import Event
from backend.apps.jobs.errors import BudgetTooSmall
from backend.apps.jobs.job_settings import JobSettings
from backend.apps.jobs.models import Attempt, Job, Round
from backend.apps.jobs.selectors.preview import job_preview
from backend.apps.privacy.models import StudySpending
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
