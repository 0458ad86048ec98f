"""Blobs by content: weights, masked vectors, sums. The row says who may read one; it does not know what is in it."""

import uuid

from django.db import models
from django.db.models import F, Q


class Artifact(models.Model):
    """One blob. Its file is named after its SHA-256; the row outlives the file, so that history stays whole."""

    class Kind(models.TextChoices):
        """What a blob is for, which decides its limits and how long it is kept."""

        WEIGHTS = "weights"
        SUBMISSION = "submission", "one site's vectors, masked in a secure job"
        SUMS = "sums", "the vectors summed over the surviving sites"

    class State(models.TextChoices):
        """A blob is readable only while it is complete."""

        UPLOADING = "uploading"
        COMPLETE = "complete"
        DISCARDED = "discarded", "no longer needed; the file is gone"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    sha256 = models.CharField(max_length=64, unique=True)
    size_bytes = models.PositiveBigIntegerField()
    kind = models.CharField(max_length=12, choices=Kind.choices)
    state = models.CharField(max_length=12, choices=State.choices, default=State.UPLOADING)
    owner = models.ForeignKey(
        "federations.Site",
        on_delete=models.PROTECT,
        null=True,
        related_name="uploads",
        help_text="the site that sent it; null for what the coordinator made",
    )
    readers = models.ManyToManyField("federations.Site", related_name="readable_artifacts")
    federations = models.ManyToManyField(
        "federations.Federation", related_name="readable_artifacts", help_text="all of whose sites may read it"
    )
    created_at = models.DateTimeField()
    completed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(sha256__regex="^[0-9a-f]{64}$"), name="artifact_sha256"),
            models.CheckConstraint(
                condition=Q(state="uploading", completed_at=None) | ~Q(state="uploading"),
                name="artifact_complete_has_a_time",
            ),
            models.CheckConstraint(
                condition=Q(completed_at=None) | Q(completed_at__gte=F("created_at")), name="artifact_times_in_order"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.sha256[:12]}"
