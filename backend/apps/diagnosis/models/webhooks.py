"""Addresses that want to hear how requests end, and every message to them."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q

from backend.apps.diagnosis.models.requests import Diagnosis


class Webhook(models.Model):
    """An address that wants to hear of its user's diagnoses."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="webhooks")
    url = models.URLField(max_length=500)
    secret = models.TextField(help_text="encrypted under a key derived from the secret key")
    kinds = models.JSONField(default=list)
    active = models.BooleanField(default=True)
    created_at = models.DateTimeField()


class WebhookDelivery(models.Model):
    """One message to one webhook, until it is delivered or given up."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    webhook = models.ForeignKey(Webhook, on_delete=models.CASCADE, related_name="deliveries")
    diagnosis = models.ForeignKey(Diagnosis, on_delete=models.CASCADE, null=True, related_name="deliveries")
    kind = models.CharField(max_length=40)
    body = models.TextField(help_text="the exact text that is signed and sent")
    attempts = models.PositiveIntegerField(default=0)
    next_at = models.DateTimeField()
    delivered_at = models.DateTimeField(null=True)
    failed_at = models.DateTimeField(null=True)
    last_status = models.PositiveIntegerField(null=True)
    created_at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(
                fields=["next_at"], condition=Q(delivered_at=None, failed_at=None), name="webhook_delivery_due"
            )
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["webhook", "diagnosis", "kind"],
                condition=Q(diagnosis__isnull=False),
                name="webhook_delivery_once",
            ),
        ]
