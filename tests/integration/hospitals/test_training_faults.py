"""Whatever dies while hospitals train, the job ends right. Real processes, killed the hard way, on one platform."""

import time
from collections.abc import Callable
from contextlib import closing

import pytest

from tests.integration.consortium import FOUR, THREE, Consortium
from tests.integration.live_events import follow_with_losses
from tests.integration.training_job import TrainingJob

pytestmark = [pytest.mark.platform, pytest.mark.slow]

Record = Callable[[str, object], None]

CLOSING = """
    SELECT 1 FROM jobs_attempt attempt JOIN jobs_round round ON round.id = attempt.round_id
    WHERE round.job_id = %s AND round.kind = 'train' AND attempt.phase = 'close'
"""
CLOSED = "SELECT 1 FROM events_event WHERE job_id = %s AND kind = 'round.closed' AND seq > %s"
WAITS_TO_RECORD = "SELECT 1 FROM pg_locks WHERE relation = 'jobs_round'::regclass AND NOT granted"


def closes_a_round(job: TrainingJob, after: int) -> float:
    """Wait until the job closes a round after this event, and return the seconds that it took."""
    began = time.monotonic()
    job.consortium.wait_for_row(CLOSED, job.id, after, within_s=90)
    return time.monotonic() - began


def test_socket_that_breaks_again_and_again_sees_every_event_once(consortium: Consortium):
    job = consortium.job()
    seen = follow_with_losses(consortium.url, consortium.access.token, job.id, frames_a_socket=9)
    job.check_ended_right(lost=0, applied_by=consortium.enrolled)
    rows = consortium.client.all(f"jobs/{job.id}/events")
    known = [(row["seq"], row["kind"], row["site"]) for row in rows]
    assert [(frame["seq"], frame["kind"], frame["site"]) for frame in seen] == known[: len(seen)]
    assert seen[-1]["kind"] == "job.succeeded"


@pytest.mark.parametrize("victim", ["site-basel", "redis", "postgres", "web"])
def test_job_ends_right_when_a_process_is_killed_while_a_site_trains(
    consortium: Consortium, victim: str, record_property: Record
):
    job = consortium.job()
    job.wait_for_training("basel")
    last = job.events()[-1][0]
    consortium.kill(victim)
    record_property("round_closed_after_s", closes_a_round(job, last))
    job.check_ended_right(lost=1, applied_by=consortium.enrolled)


def test_job_ends_right_when_the_coordinator_is_killed_with_a_sum_in_its_hands(
    consortium: Consortium, record_property: Record
):
    """It has added up and written the next model, and dies before any row says so."""
    job = consortium.job()
    job.wait_for_training("basel")
    last = job.events()[-1][0]
    with closing(consortium.connect()) as connection, connection.cursor() as cursor:
        cursor.execute("LOCK TABLE jobs_round IN SHARE MODE")
        consortium.wait_for_row(CLOSING, job.id, within_s=60)
        consortium.wait_for_row(WAITS_TO_RECORD, within_s=60)
        consortium.kill("coordinator")
    record_property("round_closed_after_s", closes_a_round(job, last))
    job.check_ended_right(lost=1, applied_by=consortium.enrolled)


def test_job_ends_right_when_everything_is_killed_and_started_again(consortium: Consortium, record_property: Record):
    job = consortium.job()
    job.wait_for_training("basel")
    last = job.events()[-1][0]
    consortium.kill_supervisors()
    record_property("platform_serves_after_s", consortium.platform.start())
    record_property("round_closed_after_s", closes_a_round(job, last))
    job.check_ended_right(lost=1, applied_by=consortium.enrolled)


def test_paused_job_lets_another_run_and_goes_on_and_a_cancelled_one_ends(consortium: Consortium):
    first = consortium.job()
    first.wait_for_training("aalborg")
    consortium.client.post(f"jobs/{first.id}/pause")
    second = consortium.job()
    second.wait_for_training("coimbra")
    rounds = first.rows("SELECT state FROM jobs_round WHERE job_id = %s")
    assert set(rounds) == {("closed",)}
    consortium.client.post(f"jobs/{second.id}/cancel")
    assert second.wait_for_end() == ("cancelled", None)
    second.wait_for_idle_sites()
    assert first.rows("SELECT count(*) FROM jobs_round WHERE job_id = %s") == [(len(rounds),)]
    consortium.client.post(f"jobs/{first.id}/resume")
    first.check_ended_right(lost=0, applied_by=consortium.enrolled)
    kinds = [kind for _, kind in first.events()]
    assert kinds.index("job.paused") < kinds.index("job.resumed")


def test_job_of_a_site_that_always_fails_says_which_where_why_and_what_next(consortium: Consortium):
    images = consortium.folder / "images" / "coimbra"
    kept = {path: path.read_bytes() for path in images.rglob("*.png")}
    for path in kept:
        path.write_bytes(b"the disk gives back something else")
    try:
        job = consortium.job(data={"image_size": 24})  # of another size, so that the images are read anew
        state, failure = job.wait_for_end()
    finally:
        for path, content in kept.items():
            path.write_bytes(content)
    assert state == "failed"
    assert (failure["site"], failure["phase"]) == ("coimbra", "submit")
    assert "images cannot be used" in failure["reason"]
    assert ".png" not in str(failure)
    assert "administrator" in failure["next_step"]
    assert job.events()[-1][1] == "job.failed"


def test_with_four_sites_a_round_closes_without_the_one_that_is_gone_for_good(
    consortium: Consortium, record_property: Record
):
    consortium.enrol(FOUR)
    # Sites that summed their statistics under one roster refuse the same sums under another: four take known constants.
    known = {"normalisation": {"mean": 0.45, "std": 0.22}}
    job = consortium.job(strategy={"rounds": 3}, data=known)
    job.wait_for_training("dresden")
    last = job.events()[-1][0]
    consortium.bury("dresden")
    record_property("round_closed_after_s", closes_a_round(job, last))
    job.check_ended_right(lost=1, applied_by=set(THREE))
    survivors = job.rows("SELECT result -> 'survivors' FROM jobs_round WHERE job_id = %s ORDER BY number")
    assert survivors == [(list(THREE),)] * 5
    assert ("site.silent",) in job.rows("SELECT kind FROM events_event WHERE job_id = %s")
