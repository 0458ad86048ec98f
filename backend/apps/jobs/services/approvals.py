"""The sites' signed decisions on a plan: checked, recorded, and turned into a start or an end."""

import base64
import binascii
from datetime import datetime
from typing import Any

from backend.apps.audit.services import audit_append
from backend.apps.events.services import event_append
from backend.apps.federations.models import Site
from backend.apps.jobs.models import Approval, Job, SiteTask
from backend.apps.jobs.services.job_end import job_fail
from backend.apps.jobs.transitions import move
from primia_core.errors import PrimiaError
from primia_core.secagg.identity import PublicIdentity

PURPOSE = b"primia plan approval v1"
REVIEW = "approval"


class ApprovalRefused(PrimiaError):
    """What a site sent as its approval is none."""

    code = "jobs.approval_invalid"


def approvals_gather(*, job: Job, now: datetime) -> None:
    """Record the decisions that have come; queue the job once every site has signed. The caller holds the job."""
    reviews = SiteTask.objects.filter(job=job, kind=SiteTask.Kind.PLAN_REVIEW).select_related("site")
    decided = set(Approval.objects.filter(job=job).values_list("site_id", flat=True))
    for review in reviews.filter(state=SiteTask.State.DONE).exclude(site_id__in=decided).order_by("finished_at"):
        if not _record(job, review.site, review.result, now):
            return
    for review in reviews.filter(state=SiteTask.State.FAILED):
        _fail(job, review.site, review.error["message"], "Mend what the site names, then submit a new job.", now)
        return
    approved = Approval.objects.filter(job=job, decision=Approval.Decision.APPROVE).count()
    if approved == len(job.plan["roster"]):
        move(job, Job.State.QUEUED)
        job.save(update_fields=["state"])


def _record(job: Job, site: Site, result: dict[str, Any], now: datetime) -> bool:
    """Keep one decision; say whether the job still stands."""
    approve = result.get("decision") == Approval.Decision.APPROVE
    reason = str(result.get("reason") or "")[:500]
    try:
        signature = _verified(job, site, result) if approve else ""
    except PrimiaError as error:
        _fail(job, site, error.message, "Compare the site's fingerprint with it by telephone before a new job.", now)
        return False
    decision = Approval.Decision.APPROVE if approve else Approval.Decision.REFUSE
    Approval.objects.create(
        job=job, site=site, decision=decision, reason=reason, plan_hash=job.plan_hash, signature=signature,
        decided_at=now,
    )  # fmt: skip
    audit_append(
        actor=f"site:{site.slug}", action=f"plan.{'approved' if approve else 'refused'}", subject=str(job.id),
        detail={"plan_hash": job.plan_hash, "reason": reason}, now=now, federation_id=job.federation_id,
    )  # fmt: skip
    if approve:
        event_append(job_id=job.id, kind="plan.approved", payload={}, site=site, now=now)
        return True
    event_append(job_id=job.id, kind="plan.refused", payload={"reason": reason}, site=site, now=now)
    text = f"{site.name} refused the plan: {reason}" if reason else f"{site.name} refused the plan"
    _fail(
        job, site, text, "Talk to the site, change the plan, and submit a new job; a refusal cannot be overridden.", now
    )
    return False


def _verified(job: Job, site: Site, result: dict[str, Any]) -> str:
    """Return the signature after checking that it is the site's, on this plan."""
    if result.get("plan_hash") != job.plan_hash:
        raise ApprovalRefused(f"{site.name} signed another plan than {job.plan_hash[:12]}…")
    signature = str(result.get("signature") or "")
    try:
        raw = base64.b64decode(signature, validate=True)
    except binascii.Error as error:
        raise ApprovalRefused(f"the signature of {site.name} is not base64") from error
    PublicIdentity.from_json(site.identity).verify(PURPOSE + bytes.fromhex(job.plan_hash), raw)
    return signature


def _fail(job: Job, site: Site, reason: str, next_step: str, now: datetime) -> None:
    job_fail(job=job, site=site.slug, phase=REVIEW, reason=reason, next_step=next_step, now=now)
