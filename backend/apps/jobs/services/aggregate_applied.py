"""Whether every site came to the same next model. One that did not, or that refused the sum, ends the job."""

from datetime import datetime

from backend.apps.jobs.models import Attempt, Job, SiteTask
from backend.apps.jobs.services.job_end import job_fail
from backend.apps.jobs.services.leftovers import sums_discard

REFUSALS = ("secagg.", "federation.")


def applied_check(*, job: Job, attempt: Attempt, now: datetime) -> None:
    """Compare what the sites computed with what the coordinator computed; the caller holds the job."""
    sums_discard(attempt)
    if job.state in Job.TERMINAL:
        return
    expected = attempt.round.result["model_after"]
    tasks = SiteTask.objects.filter(attempt=attempt, kind=SiteTask.Kind.APPLY).select_related("site")
    for task in tasks.filter(state=SiteTask.State.DONE):
        found = str(task.result.get("model_hash", ""))
        if found != expected:
            reason = f"{task.site.name} computed the model {found[:12]}… from the same sums, the hub {expected[:12]}…"
            step = "Compare the versions of PriMIA and PyTorch at both ends, then start the job again."
            job_fail(job=job, site=task.site.slug, phase="applying", reason=reason, next_step=step, now=now)
            return
    for task in tasks.filter(state=SiteTask.State.FAILED):
        if str(task.error["code"]).startswith(REFUSALS):
            step = "The site refuses the coordinator's sum. Ask its administrator for the log before anything else."
            reason = task.error["message"]
            job_fail(job=job, site=task.site.slug, phase="applying", reason=reason, next_step=step, now=now)
            return
