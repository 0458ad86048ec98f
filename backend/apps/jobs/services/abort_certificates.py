"""Collect the sites' oaths that a failed attempt is dead, and hand them on to whoever asks the same quantity again."""

from datetime import datetime
from typing import Any

from backend.apps.jobs.models import Attempt, Job, Message, SiteTask
from backend.apps.jobs.services.attempt_fail import attempt_end
from backend.apps.jobs.services.patience import ABORT
from backend.apps.jobs.services.site_tasks import site_tasks_cancel
from primia_core.errors import PrimiaError
from primia_core.secagg.messages import AbortCertificate, AbortSignature
from primia_core.secagg.session import SessionSpec

State = Attempt.State
HANDED_ON = 16
"""Certificates of earlier attempts that a share task carries; more cannot stand for one quantity in practice."""


def abort_advance(*, job: Job, attempt: Attempt, now: datetime) -> None:
    """End an aborting attempt once its certificate is complete, or cannot become so; the caller holds the job."""
    spec = SessionSpec.model_validate(attempt.spec)
    oaths = _oaths(attempt, spec)
    waiting = _waiting(attempt, now)
    if len(oaths) < spec.abort_quorum and len(oaths) + len(waiting) >= spec.abort_quorum:
        return
    if len(oaths) >= spec.abort_quorum:
        certificate = AbortCertificate(spec=spec, signatures=tuple(oaths.values()))
        attempt.abort_certificate = certificate.model_dump(mode="json")
    elif job.state not in Job.TERMINAL:
        missing = spec.abort_quorum - len(oaths)
        text = f"{attempt.failure['reason']} (and {missing} more sites must swear off the attempt before a retry)"
        attempt.failure = {**attempt.failure, "reason": text[:500]}
    site_tasks_cancel(tasks=SiteTask.objects.filter(attempt=attempt), now=now)
    ended = State.CANCELLED if job.state == Job.State.CANCELLED else State.FAILED
    attempt_end(job=job, attempt=attempt, state=ended, now=now)


def certificates_for(attempt: Attempt, site: str) -> list[dict[str, Any]]:
    """Return the certificates of earlier attempts at the same quantities that concern a site, in whatever job."""
    earlier = Attempt.objects.filter(
        round__job__federation_id=attempt.round.job.federation_id,
        spec__model_hash=attempt.spec["model_hash"],
        abort_certificate__isnull=False,
    )
    found = earlier.order_by("-closed_at").values_list("abort_certificate", flat=True)[:HANDED_ON]
    return [certificate for certificate in found if _concerns(certificate, site)]


def _concerns(certificate: dict[str, Any], site: str) -> bool:
    """Say whether a site took part in the attempt that a certificate is about."""
    return any(member["site"] == site for member in certificate["spec"]["roster"])


def _oaths(attempt: Attempt, spec: SessionSpec) -> dict[str, AbortSignature]:
    oaths = {}
    rows = Message.objects.filter(attempt=attempt, kind=Message.Kind.ABORT).order_by("site__slug")
    for name, body in rows.values_list("site__slug", "body"):
        try:
            oath = AbortSignature.model_validate(body)
            oath.check(spec.member(name).public)
        except (PrimiaError, ValueError):
            continue  # no oath; whether the others suffice is counted
        if (oath.site, oath.session) == (name, spec.digest):
            oaths[name] = oath
    return oaths


def _waiting(attempt: Attempt, now: datetime) -> list[str]:
    """Return who may still swear."""
    tasks = SiteTask.objects.filter(attempt=attempt, kind=SiteTask.Kind.ABORT)
    open_tasks = tasks.filter(state__in=[SiteTask.State.QUEUED, SiteTask.State.LEASED]).select_related("site")
    if now >= attempt.phase_since + ABORT:
        return []
    return [task.site.slug for task in open_tasks]
