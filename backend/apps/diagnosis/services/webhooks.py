"""Register webhooks, and note what each must be told. It sends nothing; ``webhook_delivery`` does."""

import secrets
from collections.abc import Iterable
from datetime import datetime
from uuid import UUID, uuid4

from django.conf import settings
from django.db import transaction

from backend.apps.accounts.models import User
from backend.apps.audit.services import audit_append
from backend.apps.diagnosis import webhook_message
from backend.apps.diagnosis.errors import TooManyWebhooks
from backend.apps.diagnosis.models import Diagnosis, Webhook, WebhookDelivery
from backend.apps.diagnosis.webhook_target import check_address
from backend.common import at_rest
from backend.common.enqueue import enqueue
from backend.common.tasks import Task

SECRET_PREFIX = "primia-hook-"  # noqa: S105 - it lets scanners find leaked secrets; it is no secret


@transaction.atomic
def webhook_create(*, user: User, url: str, kinds: Iterable[str], now: datetime) -> tuple[Webhook, str]:
    """Register an address and return it with the secret that signs its messages, which is shown this once.

    Raises:
        WebhookTargetRefused: nothing may be sent there.
        TooManyWebhooks: the user has as many as one user may.
    """
    check_address(url)
    User.objects.select_for_update().get(pk=user.pk)
    if Webhook.objects.filter(user=user).count() >= settings.WEBHOOKS_PER_USER:
        raise TooManyWebhooks(f"You have {settings.WEBHOOKS_PER_USER} webhooks, the most one user may; delete one.")
    webhook = Webhook(id=uuid4(), user=user, url=url, kinds=sorted(set(kinds)), created_at=now)
    secret = SECRET_PREFIX + secrets.token_urlsafe(32)
    webhook.secret = at_rest.encrypt(secret, context=_context(webhook))
    webhook.save(force_insert=True)
    audit_append(actor=user.username, action="webhook.created", subject=str(webhook.pk), detail={"url": url}, now=now)
    return webhook, secret


@transaction.atomic
def webhook_delete(*, user: User, webhook_id: UUID, now: datetime) -> None:
    """Forget a webhook of the user and what it has not been sent. Deleting it again changes nothing."""
    deleted, _ = Webhook.objects.filter(user=user, pk=webhook_id).delete()
    if deleted:
        audit_append(actor=user.username, action="webhook.deleted", subject=str(webhook_id), detail={}, now=now)


@transaction.atomic
def webhook_test(*, webhook_id: UUID, now: datetime) -> WebhookDelivery:
    """Have a message sent that tells of nothing."""
    webhook = Webhook.objects.select_for_update().get(pk=webhook_id)
    return _append(webhook, webhook_message.TEST_KIND, None, now)


def webhook_notify(*, diagnosis: Diagnosis, kind: str, now: datetime) -> None:
    """Note in the caller's transaction who must hear of this. Noting it again changes nothing."""
    for webhook in Webhook.objects.filter(user=diagnosis.requester_id, active=True, kinds__contains=kind):
        if not WebhookDelivery.objects.filter(webhook=webhook, diagnosis=diagnosis, kind=kind).exists():
            _append(webhook, kind, diagnosis, now)


def secret_of(webhook: Webhook) -> str:
    """Return the secret that signs the webhook's messages."""
    return at_rest.decrypt(webhook.secret, context=_context(webhook))


def _append(webhook: Webhook, kind: str, diagnosis: Diagnosis | None, now: datetime) -> WebhookDelivery:
    """Add a message, to be sent at once, or with the others where the address has failed and is being spared."""
    spared_until = webhook.deliveries.filter(delivered_at=None, failed_at=None, attempts__gt=0)
    delivery = WebhookDelivery(id=uuid4(), webhook=webhook, diagnosis=diagnosis, kind=kind, created_at=now)
    delivery.next_at = max([now, *spared_until.values_list("next_at", flat=True)])
    delivery.body = webhook_message.body(
        delivery_id=delivery.pk,
        kind=kind,
        diagnosis_id=diagnosis.pk if diagnosis else None,
        service_id=diagnosis.service_id if diagnosis else None,
        now=now,
    )
    delivery.save(force_insert=True)
    if delivery.next_at == now:
        enqueue(Task.WEBHOOK_DELIVER, delivery_id=delivery.pk)
    return delivery


def _context(webhook: Webhook) -> str:
    return f"webhook.{webhook.pk}"
