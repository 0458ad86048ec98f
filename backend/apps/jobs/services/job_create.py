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
from backend.apps.jobs.job_settings import JobSettings, settings_read
from backend.apps.jobs.models import Job
from backend.apps.jobs.selectors.cohorts import common_task
from backend.common.errors import InvalidInput

MAX_TITLE, MAX_KEY = 120, 80


def settings_for(federation: Federation, given: object) -> JobSettings:
    """Complete a form's settings with what the federation's cohorts and rules suggest."""
    common = common_task(federation.id)
    task, classes = common or (None, None)
    return settings_read(given, min_survivors=federation.min_survivors, task=task, classes=classes)


@transaction.atomic
def job_create(
    *, federation_id: UUID, title: str, settings: Any, by: User, now: datetime, idempotency_key: str = ""
) -> Job:
    """Keep a draft; a request with a key that its user has used before gets the draft of that time.

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
    complete = settings_for(federation, settings).model_dump(mode="json")
    job = Job.objects.create(
        federation=federation, title=title, settings=complete, created_by=by, created_at=now,
        idempotency_key=idempotency_key,
    )  # fmt: skip
    event_append(job_id=job.id, kind="job.created", payload={"title": title}, now=now)
    audit_append(
        actor=by.username, action="job.created", subject=str(job.id), detail={"title": title}, now=now,
        federation_id=federation.id,
    )  # fmt: skip
    return job
