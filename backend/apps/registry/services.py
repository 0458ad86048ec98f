"""Register, publish and retire model versions. It does not know how a model was trained."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from backend.apps.accounts.models import User
from backend.apps.artifacts.models import Artifact
from backend.apps.audit.services import audit_append
from backend.apps.federations.models import Federation
from backend.apps.federations.policies import require_role
from backend.apps.registry import policies
from backend.apps.registry.models import ModelVersion
from backend.common.errors import IllegalTransition

State = ModelVersion.State


@transaction.atomic
def model_register(
    *,
    federation_id: UUID,
    job_id: UUID,
    name: str,
    artifact: Artifact,
    card: dict[str, Any],
    lineage: dict[str, Any],
    evaluation: dict[str, Any],
    now: datetime,
) -> ModelVersion:
    """Add the next version of the model ``name``. A job that has registered its model gets the same version again."""
    Federation.objects.select_for_update().get(pk=federation_id)  # one number at a time
    version = ModelVersion.objects.filter(job_id=job_id).first()
    if version is not None:
        return version
    number = ModelVersion.objects.filter(federation_id=federation_id, name=name).count() + 1
    version = ModelVersion.objects.create(
        federation_id=federation_id,
        job_id=job_id,
        name=name,
        number=number,
        artifact=artifact,
        card=card,
        lineage=lineage,
        evaluation=evaluation,
        created_at=now,
    )
    _audit(version, "system", "model.registered", now)
    return version


@transaction.atomic
def model_publish(*, version_id: UUID, by: User, now: datetime) -> ModelVersion:
    """Release a draft. Publishing a published version changes nothing; a retired one stays retired."""
    return _move(version_id, by, now, legal_from=State.DRAFT, to=State.PUBLISHED)


@transaction.atomic
def model_retire(*, version_id: UUID, by: User, now: datetime) -> ModelVersion:
    """Withdraw a published version. Its row and its weights stay, for what was decided with it."""
    return _move(version_id, by, now, legal_from=State.PUBLISHED, to=State.RETIRED)


def _move(version_id: UUID, by: User, now: datetime, *, legal_from: State, to: State) -> ModelVersion:
    version = ModelVersion.objects.select_for_update().get(pk=version_id)
    require_role(user=by, federation_id=version.federation_id, roles=policies.RELEASE)
    if version.state == to:
        return version
    if version.state != legal_from:
        raise IllegalTransition(current=version.state, wanted=to)
    version.state = to
    version.save(update_fields=["state"])
    _audit(version, by.username, f"model.{to}", now)
    return version


def _audit(version: ModelVersion, actor: str, action: str, now: datetime) -> None:
    detail = {"model": str(version), "sha256": version.artifact.sha256, "job": str(version.job_id)}
    audit_append(
        actor=actor, action=action, subject=str(version.pk), detail=detail, now=now, federation_id=version.federation_id
    )
