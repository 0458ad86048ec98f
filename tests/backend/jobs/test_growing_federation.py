"""Sites come and go between jobs: no cohort's statistics are asked in two groups, and no job waits for the gone."""

from datetime import timedelta

from backend.apps.federations.models import Site
from backend.apps.jobs.models import Job, Round
from backend.apps.jobs.selectors.cohorts import GONE_AFTER

ONE_ROUND = {"strategy": {"rounds": 1}}


def kinds_of(job: Job) -> list[str]:
    return list(Round.objects.filter(job=job).order_by("number").values_list("kind", flat=True))


def after(platform, job: Job) -> Job:
    platform.run()
    job.refresh_from_db()
    return job


def leave(platform, number: int) -> None:
    """Let one hospital be unheard of for longer than anybody waits."""
    long_ago = platform.now - GONE_AFTER - timedelta(seconds=1)
    Site.objects.filter(pk=platform.hospitals[number].site.pk).update(last_seen_at=long_ago)


def test_the_same_sites_may_be_asked_again(conduct):
    platform = conduct()
    for seed in (7, 8):
        job = after(platform, platform.job(**ONE_ROUND, seed=seed))
        assert (job.state, job.failure) == (Job.State.SUCCEEDED, None)
        assert kinds_of(job)[0] == "statistics"


def test_a_site_that_left_is_not_waited_for_and_the_others_keep_their_constants(conduct):
    platform = conduct(4)
    first = after(platform, platform.job(**ONE_ROUND))
    known = first.run_state["results"][0]["statistics"]["normalisation"]
    leave(platform, 3)
    second = after(platform, platform.job(**ONE_ROUND, seed=8))
    assert [member["site"] for member in second.plan["roster"]] == ["aalborg", "basel", "coimbra"]
    assert (second.state, second.failure) == (Job.State.SUCCEEDED, None)
    assert kinds_of(second)[0] == "train"
    assert second.plan["data"]["normalisation"] == known


def test_a_site_that_joins_takes_over_the_constants_of_the_others(conduct):
    platform = conduct(4)
    heard = Site.objects.get(pk=platform.hospitals[3].site.pk).last_seen_at
    leave(platform, 3)
    first = after(platform, platform.job(**ONE_ROUND))
    Site.objects.filter(pk=platform.hospitals[3].site.pk).update(last_seen_at=heard)
    second = after(platform, platform.job(**ONE_ROUND, seed=8))
    assert len(second.plan["roster"]) == 4
    assert (second.state, second.failure) == (Job.State.SUCCEEDED, None)
    assert second.plan["data"]["normalisation"] == first.run_state["results"][0]["statistics"]["normalisation"]


def test_class_counts_for_another_group_are_refused_before_anybody_is_asked(conduct):
    platform = conduct(4)
    after(platform, platform.job(**ONE_ROUND))
    leave(platform, 3)
    weighted = platform.job(**ONE_ROUND, training={"steps": 2, "class_weights": "pooled"})
    assert weighted.state == Job.State.FAILED
    assert weighted.failure["phase"] == "preparing"
    assert "class_weights" in weighted.failure["reason"]


def test_a_site_that_dropped_out_of_the_statistics_does_not_stop_later_jobs(conduct):
    platform = conduct(4)
    gone = platform.hospitals[3]
    gone.mute = {"step.submit"}
    first = platform.job(**ONE_ROUND)
    platform.run(until=lambda: "step.submit" in gone.seen)
    platform.run(absent=[gone])
    for _ in range(4):
        for hospital in platform.hospitals[:3]:
            hospital.work(platform.now)
        platform.wait(seconds=15)
    platform.run(absent=[gone])
    first.refresh_from_db()
    assert first.state == Job.State.SUCCEEDED
    gone.mute = set()
    second = after(platform, platform.job(**ONE_ROUND, seed=8))
    assert (second.state, second.failure) == (Job.State.SUCCEEDED, None)
    assert len(second.plan["roster"]) == 4
