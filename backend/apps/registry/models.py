"""Versions of models with where they come from and how well they do. It does not know how training works."""

import uuid

from django.db import models
from django.db.models import Q


class ModelVersion(models.Model):
    """Weights with their card, lineage and evaluation."""

    class State(models.TextChoices):
        """A version is published or retired by a person, never by a job."""

        DRAFT = "draft"
        PUBLISHED = "published"
        RETIRED = "retired"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    federation = models.ForeignKey("federations.Federation", on_delete=models.PROTECT, related_name="model_versions")
    job = models.OneToOneField("jobs.Job", on_delete=models.PROTECT, related_name="model_version")
    name = models.CharField(max_length=120)
    number = models.PositiveIntegerField()
    artifact = models.ForeignKey("artifacts.Artifact", on_delete=models.PROTECT, related_name="model_versions")
    card = models.JSONField(default=dict)
    lineage = models.JSONField(default=dict)
    evaluation = models.JSONField(default=dict)
    state = models.CharField(max_length=12, choices=State.choices, default=State.DRAFT)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["federation", "name", "number"], name="model_version_number_unique"),
            models.CheckConstraint(condition=Q(number__gte=1), name="model_version_number_from_one"),
        ]

    def __str__(self) -> str:
        return f"{self.name} v{self.number}"
