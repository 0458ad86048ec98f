"""Deliver what webhooks must be told: at least once, with growing pauses, and not for ever.

An address that fails is spared: all that waits for it waits as long as its oldest message does, so that a dead
receiver costs one attempt a pause however much there is to tell it.
"""

import logging
from datetime import datetime, timedelta
from uuid import UUID

import httpx
from django.db import transaction
from django.db.models import Q

from backend.apps.diagnosis import webhook_message
from backend.apps.diagnosis.errors import WebhookTargetRefused
from backend.apps.diagnosis.models import WebhookDelivery
from backend.apps.diagnosis.services.webhooks import secret_of
from backend.apps.diagnosis.webhook_sender import post
from backend.common.enqueue import enqueue
from backend.common.tasks import Task

log = logging.getLogger(__name__)

PAUSES = tuple(timedelta(seconds=seconds) for seconds in (30, 120, 600, 3600, 6 * 3600))
"""After each failed attempt; after one more, the message is given up."""
WAITING = Q(delivered_at=None, failed_at=None)


def webhooks_due(*, now: datetime) -> None:
    """Have every webhook's oldest message sent whose time has come."""
    due = WebhookDelivery.objects.filter(WAITING, next_at__lte=now, webhook__active=True)
    oldest = due.order_by("webhook", "-attempts", "created_at").distinct("webhook")
    for delivery_id in oldest.values_list("id", flat=True):
        enqueue(Task.WEBHOOK_DELIVER, delivery_id=delivery_id)


def webhook_deliver(*, delivery_id: UUID, now: datetime) -> None:
    """Make one attempt, if one is due. Asking twice makes one attempt, since taking it moves the time of the next."""
    delivery = _take(delivery_id, now)
    if delivery is None:
        return
    status = _send(delivery, now)
    if status is not None and 200 <= status < 300:
        _delivered(delivery, status, now)
    else:
        _failed(delivery, status, now)


@transaction.atomic
def _take(delivery_id: UUID, now: datetime) -> WebhookDelivery | None:
    waiting = WebhookDelivery.objects.select_for_update(skip_locked=True, of=("self",)).select_related("webhook")
    delivery = waiting.filter(WAITING, pk=delivery_id, next_at__lte=now, webhook__active=True).first()
    if delivery is not None:
        delivery.attempts += 1
        delivery.next_at = now + PAUSES[min(delivery.attempts, len(PAUSES)) - 1]
        delivery.save(update_fields=["attempts", "next_at"])
    return delivery


def _send(delivery: WebhookDelivery, now: datetime) -> int | None:
    webhook = delivery.webhook
    headers = {
        "Content-Type": "application/json",
        webhook_message.SIGNATURE_HEADER: webhook_message.signature(
            secret=secret_of(webhook), text=delivery.body, now=now
        ),
    }
    try:
        return post(webhook.url, text=delivery.body, headers=headers)
    except (WebhookTargetRefused, OSError, httpx.HTTPError, httpx.InvalidURL) as error:
        log.info("webhook %s: attempt %s failed: %s", webhook.pk, delivery.attempts, type(error).__name__)
        return None


@transaction.atomic
def _delivered(delivery: WebhookDelivery, status: int, now: datetime) -> None:
    """Keep the success, and let whatever was spared follow."""
    delivery.delivered_at, delivery.last_status = now, status
    delivery.save(update_fields=["delivered_at", "last_status"])
    others = WebhookDelivery.objects.filter(WAITING, webhook=delivery.webhook)
    others.filter(attempts=0).update(next_at=now)
    following = others.filter(next_at__lte=now).order_by("created_at").values_list("id", flat=True).first()
    if following is not None:
        enqueue(Task.WEBHOOK_DELIVER, delivery_id=following)


@transaction.atomic
def _failed(delivery: WebhookDelivery, status: int | None, now: datetime) -> None:
    """Keep the failure, spare the address, and give up a message that failed too often."""
    delivery.last_status = status
    if delivery.attempts > len(PAUSES):
        delivery.failed_at = now
    delivery.save(update_fields=["failed_at", "last_status"])
    others = WebhookDelivery.objects.filter(WAITING, webhook=delivery.webhook)
    others.filter(next_at__lt=delivery.next_at).update(next_at=delivery.next_at)
