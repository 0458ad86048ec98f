"""Tell the sites that a private job is over, so that they keep no budget for it."""

from datetime import datetime

from backend.apps.jobs.models import Job, SiteTask
from backend.apps.jobs.services.site_tasks import site_task_queue

Kind = SiteTask.Kind


def plan_close(*, job: Job, now: datetime) -> None:
    """Tell every site that was asked about the plan; the caller holds the job. Other jobs have nothing reserved."""
    if (job.plan or {}).get("privacy") is None:
        return
    payload = {"job": str(job.id), "plan_hash": job.plan_hash}
    for review in SiteTask.objects.filter(job=job, kind=Kind.PLAN_REVIEW).select_related("site"):
        site_task_queue(job=job, site=review.site, kind=Kind.PLAN_CLOSE, payload=payload, now=now)
