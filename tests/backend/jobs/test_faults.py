"""What happens when sites fall silent, fail, lie or refuse, and when the coordinator's worker dies."""

import pytest

from backend.apps.events.models import Event
from backend.apps.jobs.models import Attempt, Job, Round, SiteTask
from backend.apps.jobs.services import attempt_close
from backend.apps.jobs.services.attempt_advance import attempt_advance
from backend.apps.jobs.services.job_control import job_cancel, job_pause, job_resume
from backend.apps.jobs.services.patience import MAX_ATTEMPTS

BROKEN = {"code": "site.disk_full", "message": "no space is left at this site", "phase": "training"}
ONE_ROUND = {"strategy": {"rounds": 1}}


def state_of(job):
    """Return where the job stands and what failed."""
    job.refresh_from_db()
    return job.state, job.failure


def test_with_four_sites_a_round_closes_without_one_that_is_gone_and_later_rounds_do_not_wait_for_it(conduct):
    platform = conduct(4)
    gone = platform.hospitals[3]
    gone.mute = {"step.submit"}
    job = platform.job(**ONE_ROUND)
    platform.run(until=lambda: "step.submit" in gone.seen)
    platform.run(absent=[gone])
    assert state_of(job) == (Job.State.RUNNING, None)
    for _ in range(4):  # the others go on speaking while the grace passes
        for hospital in platform.hospitals[:3]:
            hospital.work(platform.now)
        platform.wait(seconds=15)
    platform.run(absent=[gone])
    assert state_of(job) == (Job.State.SUCCEEDED, None)
    rounds = Round.objects.filter(job=job)
    assert {tuple(round_.result["survivors"]) for round_ in rounds} == {("aalborg", "basel", "coimbra")}
    assert [len(attempt.roster) for attempt in Attempt.objects.order_by("opened_at")] == [4, 3, 3, 3]
    silent = Event.objects.filter(job=job, kind="site.silent").values_list("site__slug", flat=True)
    assert list(silent) == ["dresden"]
    dropped = Event.objects.filter(job=job, kind="site.phase", payload__phase="dropped")
    assert list(dropped.values_list("site__slug", flat=True)) == ["dresden"]


@pytest.mark.parametrize("kind", ["secagg.advertise", "secagg.share", "step.submit", "secagg.consent"])
def test_an_attempt_that_fails_is_aborted_for_certain_and_tried_again(conduct, kind):
    platform = conduct()
    weak = platform.hospitals[1]
    weak.errors = {kind: BROKEN}
    job = platform.job(**ONE_ROUND)
    platform.run(until=lambda: Attempt.objects.filter(number=2).exists())
    weak.errors = {}
    platform.run()
    assert state_of(job) == (Job.State.SUCCEEDED, None)
    first, *_, last = Attempt.objects.filter(round__number=0).order_by("number")
    assert (first.state, last.state) == ("failed", "closed")
    assert first.failure["site"] == "basel"
    assert first.failure["code"] == "site.disk_full"
    assert (first.abort_certificate is not None) == (kind in ("step.submit", "secagg.consent"))


def test_a_job_that_cannot_go_on_names_site_phase_reason_and_next_step(conduct):
    platform = conduct()
    platform.hospitals[2].errors = {"step.submit": BROKEN}
    job = platform.job()
    platform.run()
    state, failure = state_of(job)
    assert state == Job.State.FAILED
    assert (failure["site"], failure["phase"], failure["reason"]) == ("coimbra", "submit", BROKEN["message"])
    assert "administrator" in failure["next_step"]
    assert Attempt.objects.count() == MAX_ATTEMPTS
    assert not SiteTask.objects.filter(state__in=["queued", "leased"]).exists()


def test_a_message_in_another_sites_name_is_dropped_as_forged(conduct):
    platform = conduct(4)
    liar = platform.hospitals[0]

    def lie(kind, result):
        return {"advertisement": {**result["advertisement"], "site": "basel"}} if kind == "secagg.advertise" else result

    liar.tamper = lie
    job = platform.job(**ONE_ROUND)
    platform.run()
    assert state_of(job) == (Job.State.SUCCEEDED, None)
    attempt = Attempt.objects.order_by("opened_at").first()
    assert attempt.dropped["aalborg"]["code"] == "secagg.unknown_sender"


def test_a_site_that_refuses_the_plan_ends_the_job(conduct):
    platform = conduct()
    refusal = {"decision": "refuse", "reason": "not with our patients", "signature": "", "plan_hash": ""}
    platform.hospitals[0].tamper = lambda kind, result: refusal if kind == "plan.review" else result
    job = platform.job()
    platform.run()
    state, failure = state_of(job)
    assert (state, failure["site"], failure["phase"]) == (Job.State.FAILED, "aalborg", "approval")
    assert "not with our patients" in failure["reason"]


def test_an_approval_with_a_forged_signature_ends_the_job(conduct):
    platform = conduct()
    forged = platform.hospitals[1].identity
    import base64

    def forge(kind, result):
        if kind != "plan.review":
            return result
        message = b"primia plan approval v1" + bytes.fromhex(result["plan_hash"])
        return {**result, "signature": base64.b64encode(forged.sign(message)).decode()}

    platform.hospitals[0].tamper = forge
    job = platform.job()
    platform.run()
    state, failure = state_of(job)
    assert (state, failure["site"]) == (Job.State.FAILED, "aalborg")
    assert "fingerprint" in failure["next_step"]


def test_a_site_that_comes_to_another_model_ends_the_job(conduct):
    platform = conduct()
    platform.hospitals[1].tamper = lambda kind, result: {"model_hash": "f" * 64} if kind == "step.apply" else result
    job = platform.job()
    platform.run()
    state, failure = state_of(job)
    assert (state, failure["site"], failure["phase"]) == (Job.State.FAILED, "basel", "applying")


def test_a_cancelled_job_frees_its_quantities_for_the_next_one(conduct):
    platform = conduct()
    slow = platform.hospitals[2]
    slow.mute = {"step.submit"}
    first = platform.job(**ONE_ROUND)
    platform.run(until=lambda: all("step.submit" in hospital.seen for hospital in platform.hospitals))
    job_cancel(job_id=first.id, by=platform.coordinator, now=platform.now)
    slow.mute = set()
    platform.run()
    assert state_of(first)[0] == Job.State.CANCELLED
    attempt = Attempt.objects.get(round__job=first)
    assert attempt.state == "cancelled"
    assert attempt.abort_certificate is not None
    assert "job.cancelled" in platform.events(first)
    second = platform.job(**ONE_ROUND)
    platform.run()
    assert state_of(second) == (Job.State.SUCCEEDED, None)


def test_pause_ends_the_open_round_and_opens_no_other_until_resume(conduct):
    platform = conduct()
    job = platform.job(**ONE_ROUND)
    platform.run(until=lambda: Attempt.objects.filter(phase="submit").exists())
    job_pause(job_id=job.id, by=platform.coordinator, now=platform.now)
    platform.run()
    assert list(Round.objects.filter(job=job).values_list("state", flat=True)) == ["closed"]
    job_resume(job_id=job.id, by=platform.coordinator, now=platform.now)
    platform.run()
    assert state_of(job) == (Job.State.SUCCEEDED, None)


def test_a_second_job_of_the_federation_waits_for_the_first(conduct):
    platform = conduct()
    first, second = platform.job(**ONE_ROUND), platform.job(**ONE_ROUND)
    platform.run(until=lambda: Round.objects.filter(job=first, number=1).exists())
    assert state_of(second)[0] == Job.State.QUEUED
    platform.run()
    assert (state_of(first)[0], state_of(second)[0]) == (Job.State.SUCCEEDED, Job.State.SUCCEEDED)


def test_a_worker_that_dies_while_closing_leaves_the_attempt_to_the_next_one(conduct, monkeypatch):
    platform = conduct()
    job = platform.job(**ONE_ROUND)

    def dies(*_):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(attempt_close, "_record", dies)
        with pytest.raises(KeyboardInterrupt):
            platform.run()
    attempt = Attempt.objects.get(phase="close")
    assert attempt.state == "open"
    attempt_advance(attempt_id=attempt.id, now=platform.now)
    attempt.refresh_from_db()
    assert attempt.state == "closed"
    platform.run()
    assert state_of(job) == (Job.State.SUCCEEDED, None)


def test_a_site_that_falls_silent_is_announced_once_and_so_is_its_return(conduct):
    platform = conduct()
    job = platform.job()
    platform.run(until=lambda: Attempt.objects.exists())
    quiet = platform.hospitals[0]
    for _ in range(3):
        platform.wait(seconds=20)
        for hospital in platform.hospitals[1:]:
            hospital.work(platform.now)
    for _ in range(2):
        quiet.work(platform.now)
        platform.wait(seconds=1)
    said = Event.objects.filter(job=job, kind__in=["site.silent", "site.returned"], site=quiet.site)
    assert list(said.order_by("seq").values_list("kind", flat=True)) == ["site.silent", "site.returned"]


def test_a_federation_with_too_few_ready_cohorts_fails_in_preparing(conduct):
    platform = conduct(2)
    job = platform.job()
    state, failure = state_of(job)
    assert (state, failure["phase"], failure["site"]) == (Job.State.FAILED, "preparing", None)
    assert "2 sites" in failure["reason"]
