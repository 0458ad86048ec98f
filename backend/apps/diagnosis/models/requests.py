"""Requests to a service and what happened to each; no row holds a picture, a weight or an opened answer."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from backend.apps.diagnosis.models.offers import DiagnosisService


class DiagnosisBatch(models.Model):
    """Many requests that belong together; its id is the client's."""

    id = models.UUIDField(primary_key=True, editable=False)
    service = models.ForeignKey(DiagnosisService, on_delete=models.PROTECT, related_name="batches")
    requester = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="batches")
    name = models.CharField(max_length=120)
    count = models.PositiveIntegerField(help_text="how many requests the client means to send")
    created_at = models.DateTimeField()


class Diagnosis(models.Model):
    """One sealed request and its sealed answer; its id is the client's, which makes creation repeatable."""

    class State(models.TextChoices):
        """Where a request stands. Answers are kept from ``answered`` until ``collected`` or ``expired``."""

        QUEUED = "queued"
        COMPUTING = "computing"
        ANSWERED = "answered"
        COLLECTED = "collected"
        FAILED = "failed"
        EXPIRED = "expired"

    TERMINAL = frozenset({State.COLLECTED, State.FAILED, State.EXPIRED})

    id = models.UUIDField(primary_key=True, editable=False)
    service = models.ForeignKey(DiagnosisService, on_delete=models.PROTECT, related_name="diagnoses")
    requester = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="diagnoses")
    token = models.ForeignKey("accounts.ApiToken", on_delete=models.SET_NULL, null=True, related_name="+")
    batch = models.ForeignKey(DiagnosisBatch, on_delete=models.SET_NULL, null=True, related_name="diagnoses")
    descriptor_digest = models.CharField(max_length=64)
    state = models.CharField(max_length=12, choices=State.choices, default=State.QUEUED)
    order = models.PositiveBigIntegerField(help_text="place in the parties' queues; a retry gets a new one")
    attempts = models.PositiveIntegerField(default=1)
    request_hash = models.CharField(max_length=64, help_text="SHA-256 of the request: the same id needs the same one")
    failure = models.JSONField(null=True, help_text="node, phase, code, reason, next_step")
    answers = models.JSONField(null=True, help_text="sealed for the requester; emptied when arrived or expired")
    receipt_hash = models.CharField(
        max_length=64, null=True, help_text="SHA-256 of its collector's secret, who may ask again until it acknowledges"
    )
    steps = models.JSONField(default=dict, help_text="seconds per step and party")
    created_at = models.DateTimeField()
    computing_at = models.DateTimeField(null=True)
    answered_at = models.DateTimeField(null=True)
    collected_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    forgotten_at = models.DateTimeField(null=True, help_text="hidden from its requester, until it no longer counts")
    expires_at = models.DateTimeField(help_text="when it ends if nothing happens")

    class Meta:
        indexes = [
            models.Index(fields=["requester", "-created_at"]),
            models.Index(fields=["service", "-created_at"]),
            models.Index(fields=["expires_at"], condition=Q(state__in=["queued", "computing", "answered"]),
                         name="diagnosis_expiry"),
        ]  # fmt: skip
        constraints = [
            models.CheckConstraint(
                condition=Q(state="answered", answers__isnull=False) | (~Q(state="answered") & Q(answers__isnull=True)),
                name="diagnosis_answers_only_while_answered",
            ),
            models.CheckConstraint(
                condition=Q(state="failed", failure__isnull=False) | (~Q(state="failed") & Q(failure__isnull=True)),
                name="diagnosis_failed_says_why",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["collected", "failed", "expired"], ended_at__isnull=False)
                | (~Q(state__in=["collected", "failed", "expired"]) & Q(ended_at=None)),
                name="diagnosis_ended_has_a_time",
            ),
        ]


class DiagnosisEvent(models.Model):
    """One public fact of one request's course, with a number that has no gaps."""

    diagnosis = models.ForeignKey(Diagnosis, on_delete=models.CASCADE, related_name="events")
    seq = models.PositiveIntegerField(help_text="from 1 in each diagnosis")
    time = models.DateTimeField()
    kind = models.CharField(max_length=40)
    payload = models.JSONField(default=dict)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["diagnosis", "seq"], name="diagnosis_event_seq_unique")]
