"""Keep the document of a job that examined a model. The caller holds the job; doing it twice keeps one row."""

from datetime import datetime
from typing import TYPE_CHECKING

from backend.apps.audit.services import audit_append
from backend.apps.evidence.models import AttackAudit, Demonstration, Evaluation
from backend.common.enqueue import enqueue
from backend.common.tasks import Task
from primia_core.attacks.document import AuditDocument
from primia_core.evaluation.document import EvaluationDocument, ModelRef

if TYPE_CHECKING:
    from backend.apps.jobs.models import Job
    from backend.apps.registry.models import ModelVersion


def evaluation_record(*, job: "Job", document: EvaluationDocument, now: datetime) -> Evaluation:
    """Keep an evaluation beside its model version, under the name that the registry knows it by."""
    version = _examined(job)
    named = document.model_copy(update={"model": _ref(version, document.model.hash)})
    row, made = Evaluation.objects.get_or_create(
        job=job,
        defaults={
            "federation_id": job.federation_id,
            "model_version": version,
            "split": document.split,
            "n": document.n,
            "per_site": bool(document.sites),
            "document": named.model_dump(mode="json"),
            "created_at": now,
        },
    )
    if made:
        _audit(job, "evaluation.recorded", str(row.pk), version, now)
    return row


def attack_audit_record(*, job: "Job", document: AuditDocument, now: datetime) -> AttackAudit:
    """Keep an audit beside its model version, and have the hub attack drawings with the same settings."""
    version = _examined(job)
    row, made = AttackAudit.objects.get_or_create(
        job=job,
        defaults={
            "federation_id": job.federation_id,
            "model_version": version,
            "verdict": document.verdict,
            "document": document.model_dump(mode="json"),
            "created_at": now,
        },
    )
    if made:
        Demonstration.objects.create(audit=row, asked_at=now)
        enqueue(Task.DEMONSTRATION_DRAW, audit_id=row.pk)
        _audit(job, "attack_audit.recorded", str(row.pk), version, now)
    return row


def _examined(job: "Job") -> "ModelVersion":
    assert job.examines is not None  # the database holds it for every kind but training
    return job.examines


def _ref(version: "ModelVersion", model_hash: str) -> ModelRef:
    return ModelRef(hash=model_hash, name=version.name, number=version.number)


def _audit(job: "Job", action: str, subject: str, version: "ModelVersion", now: datetime) -> None:
    detail = {"job": str(job.pk), "model": str(version), "plan_hash": job.plan_hash}
    audit_append(
        actor="system", action=action, subject=subject, detail=detail, now=now, federation_id=job.federation_id
    )
