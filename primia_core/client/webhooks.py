"""A webhook's message at its receiver: whether the platform sent it, and lately. It answers no HTTP."""

import hashlib
import hmac
import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from primia_core.client.errors import WebhookRefused

HEADER = "Primia-Signature"
TOLERANCE_S = 300.0
"""How old a message may be; whoever repeats one later is refused."""


def verified(body: bytes, header: str, secret: str, *, now: datetime) -> Mapping[str, Any]:
    """Return a message that the platform signed.

    Args:
        body: the request's bytes, before anything parsed them.
        header: the value of ``Primia-Signature``.
        secret: as it was shown when the webhook was made.
        now: the present, with a time zone.
    Returns:
        ``id`` of the delivery (a repetition has the same), ``kind``, ``diagnosis``, ``service``, ``time``.
    Raises:
        WebhookRefused: somebody else sent it, it was changed, or it is older than ``TOLERANCE_S``.
    Security: compares in constant time.
    """
    parts = dict(part.split("=", 1) for part in header.split(",") if "=" in part)
    moment = parts.get("t", "")
    wanted = hmac.new(secret.encode(), moment.encode() + b"." + body, hashlib.sha256).hexdigest()
    if not hmac.compare_digest(wanted.encode(), parts.get("v1", "").encode()) or not moment.isdecimal():
        raise WebhookRefused("the message is not signed with this webhook's secret; do not act on it")
    age = abs(now.timestamp() - int(moment))
    if age > TOLERANCE_S:
        raise WebhookRefused(f"the message is {age:.0f} s old, the limit is {TOLERANCE_S:.0f} s; set the clock (NTP)")
    message: Mapping[str, Any] = json.loads(body)
    return message
