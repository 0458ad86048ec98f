"""What happened in a job, numbered without a gap. Rows are added and read; the database refuses to change them."""

from django.db import models


class EventCounter(models.Model):
    """The number of a job's last event. Whoever appends holds this row, so numbers have one order and no gap."""

    job = models.OneToOneField("jobs.Job", on_delete=models.CASCADE, primary_key=True, related_name="event_counter")
    last_seq = models.PositiveBigIntegerField(default=0)


class Event(models.Model):
    """One thing that happened, as everybody who may see the job may read it."""

    id = models.BigAutoField(primary_key=True)
    job = models.ForeignKey("jobs.Job", on_delete=models.PROTECT, related_name="events")
    seq = models.PositiveBigIntegerField()
    time = models.DateTimeField()
    site = models.ForeignKey("federations.Site", on_delete=models.PROTECT, null=True, related_name="+")
    kind = models.CharField(max_length=40)
    payload = models.JSONField(default=dict)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["job", "seq"], name="event_seq_unique_per_job"),
            models.CheckConstraint(condition=models.Q(seq__gte=1), name="event_seq_from_one"),
        ]
