"""Who did what, each entry bound to the one before by its hash. The database refuses to change a row."""

from django.db import models


class AuditHead(models.Model):
    """The chain's last number and hash: one row, locked by whoever appends."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    number = models.PositiveBigIntegerField(default=0)
    hash = models.CharField(max_length=64)

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(id=1), name="audit_has_one_head")]


class AuditEntry(models.Model):
    """One deed. Actor and subject are kept as text, so that the entry outlives their rows."""

    number = models.PositiveBigIntegerField(primary_key=True)
    time = models.DateTimeField()
    actor = models.CharField(max_length=200)
    action = models.CharField(max_length=80)
    subject = models.CharField(max_length=200)
    federation = models.UUIDField(null=True, db_index=True, help_text="whose auditors may read it; null: nobody's")
    detail = models.JSONField(default=dict)
    previous_hash = models.CharField(max_length=64)
    hash = models.CharField(max_length=64, unique=True)
