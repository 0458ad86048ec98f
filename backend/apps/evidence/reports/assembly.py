"""What the rows say of a model version, as the JSON of a dossier. It draws nothing and computes no figure."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from backend.apps.evidence.models import AttackAudit, Evaluation
from backend.apps.privacy.models import StudySpending
from backend.apps.registry.models import ModelVersion

Json = dict[str, Any]
SPLITS = ("test", "validation")


def dossier_of(version: ModelVersion) -> Json:
    """Return the dossier of a version: its card and lineage, the latest evaluation of each split, the latest audit.

    ``primia_core.reporting.dossier.Dossier`` is its shape; it needs numerical libraries, so it is not imported here.
    """
    evaluations = list(_evaluations(version))
    audit = AttackAudit.objects.filter(model_version=version).select_related("demonstration").first()
    return {
        "title": version.name,
        "model": _card(version),
        "lineage": _lineage(version),
        "counted": list(_counted(version, {row.split for row in evaluations})),
        "evaluations": [row.document for row in evaluations],
        "audits": list(_audits(audit)),
        "privacy": {"spent": version.lineage.get("epsilon"), "accounts": list(_accounts(version))},
        "dates": {
            "trained": _said(version.created_at),
            "evaluated": _said(max((row.created_at for row in evaluations), default=None)),
            "audited": _said(audit.created_at if audit else None),
        },
    }


def _said(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat()


def _evaluations(version: ModelVersion) -> Iterator[Evaluation]:
    for split in SPLITS:
        latest = Evaluation.objects.filter(model_version=version, split=split).first()
        if latest is not None:
            yield latest


def _audits(audit: AttackAudit | None) -> Iterator[Json]:
    """Yield the audit over real images, then the hub's own over drawings, which has pictures."""
    if audit is None:
        return
    yield audit.document
    demonstration = getattr(audit, "demonstration", None)
    if demonstration is not None and demonstration.document is not None:
        yield demonstration.document


def _accounts(version: ModelVersion) -> Iterator[Json]:
    """Yield what each site reported that it has spent for the study, this model included."""
    for row in StudySpending.objects.filter(job=version.job_id).select_related("site").order_by("site__slug"):
        yield {
            "site": row.site.name,
            "study": row.study,
            "epsilon": row.epsilon,
            "cumulative": row.cumulative,
            "delta": row.delta,
            "budget": row.budget,
        }


def _card(version: ModelVersion) -> Json:
    card = version.card
    scale = card.get("normalisation")
    return {
        "name": version.name,
        "number": version.number,
        "state": version.state,
        "state_hash": version.lineage.get("model_hash"),
        "file_sha256": version.artifact.sha256,
        "file_size_bytes": version.artifact.size_bytes,
        "architecture": card.get("model", {}),
        "parameters": card.get("parameters"),
        "classes": card.get("classes", []),
        "image_size": card.get("image_size"),
        "normalisation": {"mean": scale["mean"], "std": scale["std"]} if scale else None,
        "task": card.get("task"),
        "intended_use": card.get("intended_use"),
    }


def _lineage(version: ModelVersion) -> Json:
    known, plan = version.lineage, version.job.plan or {}
    signatures = known.get("signatures", {})
    roster = {member["site"]: member for member in plan.get("roster", [])}
    return {
        "federation": version.federation.name,
        "job": str(version.job_id),
        "title": version.job.title,
        "plan_hash": known.get("plan_hash") or None,
        "plan": plan or None,
        "initial_model": known.get("initial_model"),
        "strategy": version.card.get("strategy"),
        "secure": known.get("secure"),
        "sites": [
            _site(slug, roster.get(slug, {}), signed=bool(signatures.get(slug))) for slug in known.get("sites", [])
        ],
        "rounds": known.get("rounds", []),
        "best_round": version.card.get("best_round"),
        "ended": version.card.get("ended"),
    }


def _site(slug: str, member: Json, *, signed: bool) -> Json:
    return {
        "site": slug,
        "name": member.get("name"),
        "fingerprint": member.get("fingerprint"),
        "dataset_version": member.get("dataset_version"),
        "signed": signed,
    }


def _counted(version: ModelVersion, evaluated: set[str]) -> Iterator[Json]:
    """Yield the counts of training's own test and validation, where no evaluation says more."""
    sites, secure = len(version.lineage.get("sites", [])), version.lineage.get("secure")
    for split in SPLITS:
        found = version.evaluation.get(split)
        if found and split not in evaluated:
            yield {
                "split": split,
                "made": f"secure sum of {sites} sites" if secure else f"sum of {sites} sites",
                "round": found.get("round"),
                "confusion": found["confusion"],
                "mean_loss": found.get("mean_loss"),
            }
