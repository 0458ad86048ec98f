"""A site's cohort as far as it may be told: ready or not, and why not. There is no column for a count."""

import uuid

from django.db import models
from django.db.models import Q


class Dataset(models.Model):
    """What a site last reported of one cohort."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    site = models.ForeignKey("federations.Site", on_delete=models.CASCADE, related_name="datasets")
    name = models.CharField(max_length=80)
    task = models.CharField(max_length=80)
    classes = models.JSONField()
    version = models.CharField(max_length=64, help_text="SHA-256 over paths, files, labels, pseudonyms and splits")
    ready = models.BooleanField()
    readiness = models.JSONField(help_text="the public checks: name, passed, what to do")
    created_at = models.DateTimeField()
    reported_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["site", "name"], name="dataset_name_unique_per_site"),
            models.CheckConstraint(condition=Q(version__regex="^[0-9a-f]{64}$"), name="dataset_version_is_sha256"),
        ]

    def __str__(self) -> str:
        return f"{self.site_id}/{self.name}"
