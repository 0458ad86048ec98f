"""What each site reports of its privacy ledger. The ledger itself is at the site; these rows copy it to plan with."""

import uuid

from django.db import models
from django.db.models import Q


class StudySpending(models.Model):
    """What one job has spent of one study at one site, and what the study had spent there in all when it was told."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    site = models.ForeignKey("federations.Site", on_delete=models.PROTECT, related_name="spending")
    job = models.ForeignKey("jobs.Job", on_delete=models.CASCADE, related_name="spending")
    study = models.CharField(max_length=80, help_text="the task that the study is about")
    rounds = models.PositiveIntegerField()
    steps = models.PositiveIntegerField(help_text="noisy steps of these rounds")
    epsilon = models.FloatField(help_text="of this job by itself")
    cumulative = models.FloatField(help_text="of the study at the site, all jobs together, after this report")
    delta = models.FloatField(help_text="at which the site counts")
    budget = models.FloatField(help_text="the site's, for the study")
    reported_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["site", "study", "-reported_at"])]
        constraints = [
            models.UniqueConstraint(fields=["site", "job"], name="spending_once_per_job"),
            models.CheckConstraint(
                condition=Q(epsilon__gte=0, cumulative__gte=0, delta__gt=0, delta__lt=1), name="spending_in_range"
            ),
        ]
