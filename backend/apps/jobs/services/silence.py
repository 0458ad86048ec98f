"""Say when a site that a job needs is no longer heard of, and when it is back. It decides nothing else."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from backend.apps.events.models import Event
from backend.apps.events.services import event_append
from backend.apps.federations.models import Site
from backend.apps.federations.selectors import is_online
from backend.apps.jobs.models import Job
from backend.apps.jobs.services.locking import hold_job
from backend.apps.jobs.services.rosters import sites_of

SILENT, RETURNED = "site.silent", "site.returned"


@transaction.atomic
def silence_announce(*, job_id: UUID, now: datetime) -> None:
    """Append an event for each site whose silence began or ended since the last one."""
    job = hold_job(job_id)
    if job.plan is None or job.state in Job.TERMINAL:
        return
    for site in sites_of(job).values():
        silent, said = not is_online(site, now=now), _last_said(job, site)
        if silent and said != SILENT:
            since = site.last_seen_at.isoformat() if site.last_seen_at else None
            event_append(job_id=job.id, kind=SILENT, payload={"since": since}, site=site, now=now)
        if not silent and said == SILENT:
            event_append(job_id=job.id, kind=RETURNED, payload={}, site=site, now=now)


def _last_said(job: Job, site: Site) -> str | None:
    said = Event.objects.filter(job=job, site=site, kind__in=[SILENT, RETURNED])
    return said.order_by("-seq").values_list("kind", flat=True).first()
