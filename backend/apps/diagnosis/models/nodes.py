"""Nodes: what each published, what a person confirmed of it, and invitations to become one."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q

from backend.apps.federations.models import HEX_64, SLUG


class NodeRole(models.TextChoices):
    """What a node does in a service: two parties compute, a dealer prepares, an owner brings the model."""

    P0 = "p0"
    P1 = "p1"
    DEALER = "dealer"
    OWNER = "owner"


class Node(models.Model):
    """A process with keys of its own. This is what it published and what a person confirmed of it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    federation = models.ForeignKey("federations.Federation", on_delete=models.PROTECT, related_name="nodes")
    role = models.CharField(max_length=8, choices=NodeRole.choices)
    slug = models.SlugField(max_length=64)
    name = models.CharField(max_length=120)
    public = models.JSONField(help_text="its public keys as it signed them")
    fingerprint = models.CharField(max_length=64, help_text="SHA-256 of the public keys")
    origin = models.CharField(max_length=200, blank=True, help_text="where it serves its key page; parties only")
    address = models.CharField(max_length=200, blank=True, help_text="host:port for its peers; the owner has none")
    credential_hash = models.CharField(max_length=64, unique=True)
    confirmed = models.BooleanField(default=False, help_text="a person compared the fingerprint out of band")
    confirmed_at = models.DateTimeField(null=True)
    last_seen_at = models.DateTimeField(null=True)
    agent_version = models.CharField(max_length=40, blank=True)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["federation", "slug"], name="node_slug_unique"),
            models.UniqueConstraint(fields=["federation", "fingerprint"], name="node_fingerprint_unique"),
            models.CheckConstraint(condition=Q(slug__regex=SLUG), name="node_slug"),
            models.CheckConstraint(condition=Q(fingerprint__regex=HEX_64), name="node_fingerprint"),
            models.CheckConstraint(condition=Q(credential_hash__regex=HEX_64), name="node_credential_is_sha256"),
        ]

    def __str__(self) -> str:
        return self.slug


class NodeInvitation(models.Model):
    """An invitation to become one node in one role, good once and for a while; only its hash is kept."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    federation = models.ForeignKey("federations.Federation", on_delete=models.CASCADE, related_name="node_invitations")
    token_hash = models.CharField(max_length=64, unique=True)
    role = models.CharField(max_length=8, choices=NodeRole.choices)
    slug = models.SlugField(max_length=64)
    name = models.CharField(max_length=120)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)
    node = models.OneToOneField(Node, on_delete=models.CASCADE, null=True, related_name="invitation")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(slug__regex=SLUG), name="node_invitation_slug"),
            models.CheckConstraint(
                condition=Q(used_at__isnull=True, node__isnull=True) | Q(used_at__isnull=False, node__isnull=False),
                name="node_invitation_used_means_node",
            ),
        ]
