"""What a webhook is told, and how that is signed. It sends nothing and keeps nothing."""

import hashlib
import hmac
import json
from datetime import datetime
from uuid import UUID

from django.db import models

SIGNATURE_HEADER = "Primia-Signature"


class WebhookKind(models.TextChoices):
    """What a webhook can ask to hear of. A message says that something happened and to which request, never more."""

    ANSWERED = "diagnosis.answered", "an answer waits to be collected"
    FAILED = "diagnosis.failed", "a request failed"
    EXPIRED = "diagnosis.expired", "a request ended without an answer, or with one that nobody collected"


KINDS = tuple(WebhookKind.values)
TEST_KIND = "webhook.test"


def body(*, delivery_id: UUID, kind: str, diagnosis_id: UUID | None, service_id: UUID | None, now: datetime) -> str:
    """Return the text that is signed and sent. ``id`` is the delivery's: a repetition has the same one."""
    return json.dumps(
        {
            "id": str(delivery_id),
            "kind": kind,
            "diagnosis": str(diagnosis_id) if diagnosis_id else None,
            "service": str(service_id) if service_id else None,
            "time": now.isoformat(),
        }
    )


def signature(*, secret: str, text: str, now: datetime) -> str:
    """Return the header's value: the second of sending, and HMAC-SHA256 of both under the webhook's secret."""
    second = int(now.timestamp())
    mac = hmac.new(secret.encode(), f"{second}.{text}".encode(), hashlib.sha256).hexdigest()
    return f"t={second},v1={mac}"
