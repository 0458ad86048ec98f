"""Evaluations and attack audits of model versions, each with the document that a job ended with.

Documents are sums over sites. A row of one never changes; the database itself refuses it.
"""

import uuid

from django.db import models
from django.db.models import Q


class Evaluation(models.Model):
    """What a model version is worth on one split, over several sites together."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    federation = models.ForeignKey("federations.Federation", on_delete=models.PROTECT, related_name="evaluations")
    model_version = models.ForeignKey("registry.ModelVersion", on_delete=models.PROTECT, related_name="evaluations")
    job = models.OneToOneField("jobs.Job", on_delete=models.PROTECT, related_name="evaluation")
    split = models.CharField(max_length=12)
    n = models.PositiveIntegerField(help_text="images")
    per_site = models.BooleanField(help_text="whether each site's own figures are in the document")
    document = models.JSONField(help_text="primia_core.evaluation.document.EvaluationDocument")
    created_at = models.DateTimeField()

    class Meta:
        ordering = ["-created_at"]
        constraints = [
            models.CheckConstraint(condition=Q(n__gte=1), name="evaluation_has_images"),
            models.CheckConstraint(condition=Q(split__in=["validation", "test"]), name="evaluation_of_a_split"),
        ]

    def __str__(self) -> str:
        return f"{self.model_version} on {self.split} images"


class AttackAudit(models.Model):
    """How well images are found in what sites would send of a model, as figures over several sites together."""

    class Verdict(models.TextChoices):
        """What an audit comes to; an invalid one, whose positive control failed, acquits nobody."""

        INVALID = "audit invalid"
        LEAK = "leak shown"
        NO_LEAK = "no leak shown"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    federation = models.ForeignKey("federations.Federation", on_delete=models.PROTECT, related_name="attack_audits")
    model_version = models.ForeignKey("registry.ModelVersion", on_delete=models.PROTECT, related_name="attack_audits")
    job = models.OneToOneField("jobs.Job", on_delete=models.PROTECT, related_name="attack_audit")
    verdict = models.CharField(max_length=16, choices=Verdict.choices)
    document = models.JSONField(help_text="primia_core.attacks.document.AuditDocument, without pictures")
    created_at = models.DateTimeField()

    class Meta:
        ordering = ["-created_at"]
        constraints = [
            models.CheckConstraint(condition=Q(document__pictures=[]), name="attack_audit_has_no_pictures"),
        ]

    def __str__(self) -> str:
        return f"audit of {self.model_version}"


class Demonstration(models.Model):
    """The hub's own attack on drawn chests with the settings of an audit, so that there are pictures to show."""

    class State(models.TextChoices):
        """Waiting until a worker has drawn and attacked."""

        WAITING = "waiting"
        DONE = "done"
        FAILED = "failed"

    audit = models.OneToOneField(AttackAudit, on_delete=models.CASCADE, primary_key=True, related_name="demonstration")
    state = models.CharField(max_length=8, choices=State.choices, default=State.WAITING)
    asked_at = models.DateTimeField(help_text="when a worker was last asked for it")
    document = models.JSONField(null=True, help_text="AuditDocument of phantoms, with pictures")
    reason = models.CharField(max_length=500, blank=True)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state="waiting", document=None, finished_at=None)
                | Q(state="done", document__isnull=False, finished_at__isnull=False)
                | (Q(state="failed", document=None, finished_at__isnull=False) & ~Q(reason="")),
                name="demonstration_says_what_became_of_it",
            ),
            models.CheckConstraint(
                condition=Q(document=None) | Q(document__images__kind="phantom"), name="demonstration_shows_drawings"
            ),
        ]
