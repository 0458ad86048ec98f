"""Consortia, who belongs to them in which role, their sites, and invitations to become one."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q

SLUG = "^[a-z0-9][a-z0-9-]*$"
HEX_64 = "^[0-9a-f]{64}$"
MAX_SITES = 255


class Role(models.TextChoices):
    """What a member is in a federation; only ``site_admin`` belongs to a site, and a ``patient`` only asks services."""

    COORDINATOR = "coordinator"
    SITE_ADMIN = "site_admin"
    CLINICIAN = "clinician"
    AUDITOR = "auditor"
    PATIENT = "patient"


class Federation(models.Model):
    """A consortium. ``min_survivors`` is the least number of sites whose sum may be opened."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    slug = models.SlugField(max_length=64, unique=True)
    name = models.CharField(max_length=120)
    min_survivors = models.PositiveSmallIntegerField(default=3)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(min_survivors__gte=2, min_survivors__lte=MAX_SITES), name="federation_min_survivors"
            ),
            models.CheckConstraint(condition=Q(slug__regex=SLUG), name="federation_slug"),
        ]

    def __str__(self) -> str:
        return self.slug


class Site(models.Model):
    """A hospital. Its keys are its own; this is what it published and what a person confirmed of it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    federation = models.ForeignKey(Federation, on_delete=models.PROTECT, related_name="sites")
    slug = models.SlugField(max_length=64)
    name = models.CharField(max_length=120)
    colour = models.PositiveSmallIntegerField(help_text="index into the palette, fixed for the site everywhere")
    identity = models.JSONField(help_text="public keys as published, base64")
    fingerprint = models.CharField(max_length=64, help_text="SHA-256 of the public identity")
    confirmed = models.BooleanField(default=False, help_text="a person compared the fingerprint out of band")
    confirmed_at = models.DateTimeField(null=True)
    credential_hash = models.CharField(max_length=64, unique=True)
    last_seen_at = models.DateTimeField(null=True)
    agent_version = models.CharField(max_length=40, blank=True)
    policy = models.JSONField(default=dict)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["federation", "slug"], name="site_slug_unique"),
            models.UniqueConstraint(fields=["federation", "colour"], name="site_colour_unique"),
            models.UniqueConstraint(fields=["federation", "fingerprint"], name="site_fingerprint_unique"),
            models.CheckConstraint(condition=Q(slug__regex=SLUG), name="site_slug"),
            models.CheckConstraint(condition=Q(fingerprint__regex=HEX_64), name="site_fingerprint"),
            models.CheckConstraint(condition=Q(credential_hash__regex=HEX_64), name="site_credential_is_sha256"),
        ]

    def __str__(self) -> str:
        return self.slug


class Membership(models.Model):
    """One role of one user in one federation."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="memberships")
    federation = models.ForeignKey(Federation, on_delete=models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=16, choices=Role.choices)
    site = models.ForeignKey(Site, on_delete=models.CASCADE, null=True, related_name="memberships")
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user", "federation", "role", "site"], nulls_distinct=False, name="membership_unique"
            ),
            models.CheckConstraint(
                condition=Q(role=Role.SITE_ADMIN, site__isnull=False) | (~Q(role=Role.SITE_ADMIN) & Q(site=None)),
                name="membership_site_is_for_site_admins",
            ),
        ]


class Enrolment(models.Model):
    """An invitation to become one named site, good once and for a while; only its hash is kept."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    federation = models.ForeignKey(Federation, on_delete=models.CASCADE, related_name="enrolments")
    token_hash = models.CharField(max_length=64, unique=True)
    site_slug = models.SlugField(max_length=64)
    site_name = models.CharField(max_length=120)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)
    site = models.OneToOneField(Site, on_delete=models.CASCADE, null=True, related_name="enrolment")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(site_slug__regex=SLUG), name="enrolment_slug"),
            models.CheckConstraint(
                condition=Q(used_at__isnull=True, site__isnull=True) | Q(used_at__isnull=False, site__isnull=False),
                name="enrolment_used_means_site",
            ),
        ]
