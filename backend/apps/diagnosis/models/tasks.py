"""What is asked of nodes, and what is sealed for one of them to read."""

import uuid

from django.db import models
from django.db.models import Q

from backend.apps.diagnosis.models.nodes import Node
from backend.apps.diagnosis.models.offers import DiagnosisService
from backend.apps.diagnosis.models.requests import Diagnosis
from backend.apps.federations.models import HEX_64
from backend.common.leases import LeasedTask, lease_constraints


class NodeTask(LeasedTask):
    """One instruction to one node. What is asked of both parties at once has the same order at both."""

    class Kind(models.TextChoices):
        """The names under which nodes know their tasks."""

        PREPARE = "service.prepare"
        MASK = "service.mask"
        SHARE = "service.share"
        OPEN = "service.open"
        SIGN = "descriptor.sign"
        CLOSE = "service.close"
        DEAL = "stock.deal"
        FETCH = "stock.fetch"
        COMPUTE = "diagnosis.compute"

    class State(models.TextChoices):
        """A leased task belongs to the node until ``lease_until``."""

        QUEUED = "queued"
        LEASED = "leased"
        DONE = "done"
        FAILED = "failed"
        CANCELLED = "cancelled"

    REPEATED = frozenset({Kind.DEAL, Kind.FETCH})

    node = models.ForeignKey(Node, on_delete=models.PROTECT, related_name="tasks")
    service = models.ForeignKey(DiagnosisService, on_delete=models.CASCADE, related_name="tasks")
    diagnosis = models.ForeignKey(Diagnosis, on_delete=models.CASCADE, null=True, related_name="tasks")
    kind = models.CharField(max_length=20, choices=Kind.choices)
    attempt = models.PositiveIntegerField(default=1, help_text="of the service's publishing, or of the diagnosis")
    order = models.PositiveBigIntegerField()
    state = models.CharField(max_length=12, choices=State.choices, default=State.QUEUED)
    progress = models.JSONField(null=True, help_text="phase")

    class Meta:
        indexes = [
            models.Index(fields=["node", "order"], condition=Q(state="queued"), name="node_task_mailbox"),
            models.Index(fields=["lease_until"], condition=Q(state="leased"), name="node_task_leases"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["diagnosis", "node", "attempt"],
                condition=Q(diagnosis__isnull=False),
                name="node_task_once_per_attempt_of_a_diagnosis",
            ),
            models.UniqueConstraint(
                fields=["service", "node", "kind", "attempt"],
                condition=Q(diagnosis=None) & ~Q(kind__in=["stock.deal", "stock.fetch"]),
                name="node_task_once_per_attempt_of_a_service",
            ),
            models.UniqueConstraint(
                fields=["service", "node", "kind"],
                condition=Q(kind__in=["stock.deal", "stock.fetch"], state__in=["queued", "leased"]),
                name="node_task_one_stock_order_at_a_time",
            ),
            models.CheckConstraint(
                condition=Q(kind="diagnosis.compute", diagnosis__isnull=False)
                | (~Q(kind="diagnosis.compute") & Q(diagnosis=None)),
                name="node_task_of_a_diagnosis",
            ),
            *lease_constraints("node_task"),
        ]


class SealedBlob(models.Model):
    """Ciphertext for one node, as a file that is unlinked once it has been read."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    node = models.ForeignKey(Node, on_delete=models.PROTECT, related_name="sealed_blobs", help_text="its only reader")
    service = models.ForeignKey(DiagnosisService, on_delete=models.CASCADE, related_name="sealed_blobs")
    diagnosis = models.ForeignKey(Diagnosis, on_delete=models.CASCADE, null=True, related_name="sealed_blobs")
    task = models.ForeignKey(
        NodeTask, on_delete=models.CASCADE, null=True, related_name="sealed_blobs", help_text="for which it was sent"
    )
    size_bytes = models.PositiveBigIntegerField()
    sha256 = models.CharField(max_length=64, help_text="of the ciphertext")
    created_at = models.DateTimeField()
    deleted_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["created_at"], condition=Q(deleted_at=None), name="sealed_blob_kept")]
        constraints = [
            models.CheckConstraint(condition=Q(sha256__regex=HEX_64), name="sealed_blob_sha256"),
        ]
