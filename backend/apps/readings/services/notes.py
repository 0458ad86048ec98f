"""Leave a study's deeds in the audit log. No entry holds a truth or a label: readers may be among its readers."""

from datetime import datetime
from typing import Any

from backend.apps.accounts.models import User
from backend.apps.audit.services import audit_append
from backend.apps.readings.models import ReaderStudy


def note(study: ReaderStudy, by: User, action: str, detail: dict[str, Any], now: datetime) -> None:
    """Append one entry about the study."""
    audit_append(
        actor=by.username, action=action, subject=str(study.pk), detail=detail, now=now,
        federation_id=study.federation_id,
    )  # fmt: skip
