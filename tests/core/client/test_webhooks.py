"""Webhook messages: those of the platform are read, all others are refused."""

import hashlib
import hmac
from datetime import UTC, datetime, timedelta

import pytest

from primia_core.client.errors import WebhookRefused
from primia_core.client.webhooks import verified

NOW = datetime(2026, 11, 26, 4, 0, tzinfo=UTC)
BODY = b'{"id": "1", "kind": "diagnosis.answered", "diagnosis": "2", "service": "3", "time": "..."}'
SECRET = "s3cret"


def signed(body: bytes = BODY, secret: str = SECRET, at: datetime = NOW) -> str:
    second = int(at.timestamp())
    return f"t={second},v1={hmac.new(secret.encode(), f'{second}.'.encode() + body, hashlib.sha256).hexdigest()}"


def test_the_platforms_message_is_read() -> None:
    assert verified(BODY, signed(), SECRET, now=NOW + timedelta(seconds=200))["kind"] == "diagnosis.answered"


@pytest.mark.parametrize(
    ("body", "header"),
    [
        (BODY.replace(b'"2"', b'"4"'), signed()),
        (BODY, signed(secret="another")),
        (BODY, signed().replace("t=", "t=1")),
        (BODY, signed(at=NOW - timedelta(hours=1))),
        (BODY, signed(at=NOW + timedelta(hours=1))),
        (BODY, "v1=" + "0" * 64),
        (BODY, "nonsense"),
        (BODY, ""),
        (BODY, "t=x,v1=é"),
    ],
)
def test_any_other_message_is_refused(body: bytes, header: str) -> None:
    with pytest.raises(WebhookRefused):
        verified(body, header, SECRET, now=NOW)
