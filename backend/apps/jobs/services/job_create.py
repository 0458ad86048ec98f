"""Make a draft of a job from what the form gave."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from backend.apps.accounts.models import User
from backend.apps.audit.services import audit_append
from backend.apps.events.services import event_append
from backend.apps.federations.models import Federation
from backend.apps.federations.policies import MANAGE, require_role
from backend.apps.federations.selectors import federation_get
from backend.apps.jobs.examination_settings import examination_read
from backend.apps.jobs.job_settings import JobSettings, settings_read
from backend.apps.jobs.models import Job
from backend.apps.jobs.selectors.cohorts import common_task
from backend.apps.registry.models import ModelVersion
from backend.apps.registry.selectors import model_version_get
from backend.common.errors import InvalidInput

MAX_TITLE, MAX_KEY = 120, 80


def settings_for(
    federation: Federation, given: object, *, kind: str = Job.Kind.TRAIN, version: ModelVersion | None = None
) -> JobSettings:
    """Complete a form's settings with what the federation's cohorts and rules, or the model examined, suggest."""
    if kind != Job.Kind.TRAIN:
        return examination_read(given, kind=kind, version=version, min_survivors=federation.min_survivors)
    common = common_task(federation.id)
    task, classes = common or (None, None)
    return settings_read(given, min_survivors=federation.min_survivors, task=task, classes=classes)


@transaction.atomic
def job_create(
    *,
    federation_id: UUID,
    title: str,
    settings: Any,
    by: User,
    now: datetime,
    kind: str = Job.Kind.TRAIN,
    model: UUID | None = None,
    idempotency_key: str = "",
) -> Job:
    """Keep a draft; a request with a key that its user has used before gets the draft of that time.

    Args:
        kind: to train, or to evaluate or audit the model version ``model``.
    Raises:
        NotFound, RoleMissing: the user may not.
        InvalidInput: with the fields that do not fit.
    """
    if len(idempotency_key) > MAX_KEY:
        raise InvalidInput("The idempotency key is too long.", fields={"idempotency_key": [f"At most {MAX_KEY}."]})
    User.objects.select_for_update(no_key=True).get(pk=by.pk)  # one creation at a time, so that a key is seen once
    if idempotency_key and (known := Job.objects.filter(created_by=by, idempotency_key=idempotency_key).first()):
        return known
    federation = federation_get(user=by, federation_id=federation_id)
    require_role(user=by, federation_id=federation.id, roles=MANAGE)
    title = title.strip()
    if not 1 <= len(title) <= MAX_TITLE:
        raise InvalidInput("The title does not fit.", fields={"title": [f"Give 1 to {MAX_TITLE} characters."]})
    version = examined(user=by, federation=federation, kind=kind, model=model)
    complete = settings_for(federation, settings, kind=kind, version=version).model_dump(mode="json")
    job = Job.objects.create(
        federation=federation, title=title, kind=kind, examines=version, settings=complete, created_by=by,
        created_at=now, idempotency_key=idempotency_key,
    )  # fmt: skip
    event_append(job_id=job.id, kind="job.created", payload={"title": title, "kind": kind}, now=now)
    detail = {"title": title, "kind": kind, **({"model": str(version.pk)} if version else {})}
    audit_append(
        actor=by.username, action="job.created", subject=str(job.id), detail=detail, now=now,
        federation_id=federation.id,
    )  # fmt: skip
    return job


def examined(*, user: User, federation: Federation, kind: str, model: UUID | None) -> ModelVersion | None:
    """Return the model version that a job of this kind examines; ``None`` for one that trains.

    Raises:
        InvalidInput: none is named, or one that does not belong here.
    """
    if kind == Job.Kind.TRAIN:
        if model is not None:
            raise InvalidInput("A training job examines no model.", fields={"model": ["Leave this out."]})
        return None
    version = model_version_get(user=user, version_id=model) if model is not None else None
    if version is None or version.federation_id != federation.id:
        raise InvalidInput("Name a model.", fields={"model": ["Give the id of a model version of this federation."]})
    return version
