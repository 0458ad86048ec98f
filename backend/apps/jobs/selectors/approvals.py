"""What each site of a job's roster has said to its plan."""

from typing import Any

from backend.apps.jobs.models import Approval, Job


def approvals_of(job: Job) -> list[dict[str, Any]]:
    """Return one entry for each site of the roster, decided or not."""
    decided = {approval.site.slug: approval for approval in Approval.objects.filter(job=job).select_related("site")}
    return [
        _entry(member["site"], member["name"], decided.get(member["site"]))
        for member in (job.plan or {}).get("roster", [])
    ]


def _entry(slug: str, name: str, approval: Approval | None) -> dict[str, Any]:
    return {
        "site": {"slug": slug, "name": name},
        "decision": approval.decision if approval else None,
        "reason": approval.reason if approval else "",
        "decided_at": approval.decided_at if approval else None,
    }
