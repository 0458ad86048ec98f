"""Attack drawn chests as an audit attacked real ones, and keep the pictures: the only ones that a hub ever shows.

It takes minutes. One worker at a time does it, without a transaction; one that dies leaves the row waiting, and the
reconciler has it done again.
"""

import tempfile
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from uuid import UUID

from backend.apps.artifacts import store
from backend.apps.evidence.models import AttackAudit, Demonstration
from backend.common.alone import alone_with
from primia_core.attacks.audit import run_audit
from primia_core.attacks.document import AuditDocument, AuditedImages, AuditedModel
from primia_core.attacks.plan import AuditPlan
from primia_core.errors import PrimiaError
from primia_core.imaging import CohortPixels, Normalisation, PixelCache, phantoms
from primia_core.models.weights import load

SPARE = 1.25
"""Patients drawn for each that is needed, since classes are not equally many."""
SHOWN = {"victims": 1, "positive_victims": 1}
"""A demonstration shows one release of each view; the audit over real images has the figures."""


def demonstration_draw(*, audit_id: UUID, now: datetime) -> None:
    """Draw, attack and keep the pictures. Doing it twice, or by two workers at once, changes nothing."""
    with alone_with(audit_id) as alone:
        waiting = Demonstration.objects.filter(audit_id=audit_id, state=Demonstration.State.WAITING)
        if not alone or not waiting.exists():
            return
        try:
            document = _attacked(AttackAudit.objects.select_related("model_version__artifact").get(pk=audit_id))
        except PrimiaError as error:
            waiting.update(state=Demonstration.State.FAILED, reason=error.message[:500], finished_at=now)
            return
        waiting.update(state=Demonstration.State.DONE, document=document.model_dump(mode="json"), finished_at=now)


def _attacked(audit: AttackAudit) -> AuditDocument:
    asked = AuditDocument.model_validate(audit.document)
    plan = AuditPlan.model_validate({**asked.plan.model_dump(), **SHOWN, "split": "train"})
    loaded = load(store.path_of(audit.model_version.artifact.sha256))
    manifest = loaded.manifest
    with tempfile.TemporaryDirectory(prefix="primia-phantoms-") as folder:
        data = _drawn(Path(folder), plan, image_size=manifest.image_size, classes=len(manifest.classes))
        findings = run_audit(
            plan,
            model=loaded.network(),
            pixels=data.split("train"),
            patients=data.patients("train"),
            normalisation=Normalisation(mean=manifest.normalisation.mean, std=manifest.normalisation.std),
        )
    model = AuditedModel.model_validate({**asked.model.model_dump(), "name": str(audit.model_version)[:120]})
    images = AuditedImages(kind="phantom", image_size=manifest.image_size, split="train")
    return findings.document(model=model, images=images)


def _drawn(folder: Path, plan: AuditPlan, *, image_size: int, classes: int) -> CohortPixels:
    """Draw chests of as many classes as the model knows, or as there are kinds of drawings."""
    kinds = phantoms.CLASSES[:classes]
    release = max(part.images for part in plan.parts)
    of_a_class = plan.gallery + 2 * release  # all of a release may be of one class, and it has as many strangers
    patients = round(SPARE * of_a_class * len(kinds))
    whole = phantoms.draw(folder / "chests", patients, plan.seed, size=max(image_size, 32), classes=kinds)
    cohort = whole.with_records(replace(record, split="train") for record in whole.records)
    return CohortPixels(cohort, PixelCache.build(cohort, image_size, folder / "pixels"))
