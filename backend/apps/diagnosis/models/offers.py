"""Services that four nodes offer together: their states, their signed descriptor and its log, their stock."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from backend.apps.diagnosis.models.nodes import Node
from backend.apps.federations.models import SLUG

HEX_64_OR_EMPTY = "^([0-9a-f]{64})?$"


class DiagnosisService(models.Model):
    """A model version that two parties hold in shares and answer requests with."""

    class State(models.TextChoices):
        """The stations of publishing, in their order; then open, until it is closed."""

        PREPARING = "preparing"
        MASKING = "masking"
        SHARING = "sharing"
        OPENING = "opening"
        SIGNING = "signing"
        OPEN = "open"
        CLOSED = "closed"
        FAILED = "failed"

    class Policy(models.TextChoices):
        """What a requester may learn of an answer."""

        LOGITS = "logits"
        LABEL = "label"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    federation = models.ForeignKey("federations.Federation", on_delete=models.PROTECT, related_name="services")
    model_version = models.ForeignKey("registry.ModelVersion", on_delete=models.PROTECT, related_name="services")
    slug = models.SlugField(max_length=64)
    title = models.CharField(max_length=120)
    intended_use = models.CharField(max_length=2000)
    policy = models.CharField(max_length=8, choices=Policy.choices)
    protocol = models.CharField(max_length=20)
    profile = models.CharField(max_length=20)
    state = models.CharField(max_length=12, choices=State.choices, default=State.PREPARING)
    attempt = models.PositiveIntegerField(default=1, help_text="how often publishing was begun")
    failure = models.JSONField(null=True, help_text="node, phase, code, reason, next_step")
    owner = models.ForeignKey(Node, on_delete=models.PROTECT, related_name="+")
    dealer = models.ForeignKey(Node, on_delete=models.PROTECT, related_name="+")
    p0 = models.ForeignKey(Node, on_delete=models.PROTECT, related_name="+")
    p1 = models.ForeignKey(Node, on_delete=models.PROTECT, related_name="+")
    program = models.JSONField(null=True, help_text="the public program; its scales are public, its weights are not in")
    facts = models.JSONField(default=dict, help_text="commitment, input, output, price, accuracy, report; as they come")
    mask = models.CharField(max_length=32, blank=True, help_text="which masked weights the parties opened")
    epoch = models.PositiveBigIntegerField(null=True, help_text="the dealer's")
    descriptor = models.JSONField(null=True)
    descriptor_digest = models.CharField(max_length=64, blank=True)
    stock_low = models.PositiveIntegerField(default=3)
    stock_full = models.PositiveIntegerField(default=8)
    stock_p0 = models.PositiveIntegerField(default=0, help_text="sets of correlations that P0 says it holds")
    stock_p1 = models.PositiveIntegerField(default=0)
    filling = models.BooleanField(default=False, help_text="the stock fell below low and is not full again")
    per_user_daily = models.PositiveIntegerField(default=100, help_text="requests of one user in 24 hours")
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField()
    opened_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["federation", "-created_at"]), models.Index(fields=["state"])]
        constraints = [
            models.UniqueConstraint(fields=["federation", "slug"], name="service_slug_unique"),
            models.CheckConstraint(condition=Q(slug__regex=SLUG), name="service_slug"),
            models.CheckConstraint(
                condition=Q(descriptor_digest__regex=HEX_64_OR_EMPTY), name="service_descriptor_digest"
            ),
            models.CheckConstraint(
                condition=Q(descriptor__isnull=True, descriptor_digest="")
                | (Q(descriptor__isnull=False) & ~Q(descriptor_digest="")),
                name="service_descriptor_has_a_digest",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["signing", "open"]) | Q(descriptor__isnull=False),
                name="service_open_is_described",
            ),
            models.CheckConstraint(
                condition=Q(state="failed", failure__isnull=False) | (~Q(state="failed") & Q(failure__isnull=True)),
                name="service_failed_says_why",
            ),
            models.CheckConstraint(
                condition=Q(state="closed", closed_at__isnull=False) | (~Q(state="closed") & Q(closed_at=None)),
                name="service_closed_has_a_time",
            ),
            models.CheckConstraint(condition=~Q(p0=F("p1")), name="service_two_parties"),
            models.CheckConstraint(
                condition=Q(stock_low__gte=1, stock_full__gte=F("stock_low"), stock_full__lte=1000),
                name="service_stock_levels",
            ),
        ]

    def __str__(self) -> str:
        return self.title


class DescriptorLog(models.Model):
    """One public fact of a descriptor, chained to the one before. The database refuses to change a row."""

    class Kind(models.TextChoices):
        """What is told."""

        PUBLISHED = "published"
        COUNTERSIGNED = "countersigned"
        CLOSED = "closed"

    service = models.ForeignKey(DiagnosisService, on_delete=models.PROTECT, related_name="log")
    seq = models.PositiveBigIntegerField(help_text="from 1 in each service, without gaps")
    kind = models.CharField(max_length=16, choices=Kind.choices)
    digest = models.CharField(max_length=64, help_text="of the descriptor")
    previous = models.CharField(max_length=64)
    entry = models.CharField(max_length=64, unique=True)
    detail = models.JSONField(default=dict)
    at = models.DateTimeField(help_text="in whole seconds, as the entry covers it")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["service", "seq"], name="descriptor_log_seq_unique")]


class DescriptorSignature(models.Model):
    """Who stands for a descriptor: a party, the owner, or a site that countersigned."""

    service = models.ForeignKey(DiagnosisService, on_delete=models.CASCADE, related_name="signatures")
    digest = models.CharField(max_length=64)
    role = models.CharField(max_length=8, help_text="p0, p1, owner or site")
    name = models.CharField(max_length=120)
    fingerprint = models.CharField(max_length=64, help_text="of the signer")
    signature = models.TextField(help_text="base64")
    identity = models.JSONField(null=True, help_text="a site's public identity; a node's stands in the descriptor")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["service", "digest", "fingerprint"], name="descriptor_signed_once")
        ]


class StockSample(models.Model):
    """How many sets of correlations the parties held at a moment; kept for the operations screen."""

    service = models.ForeignKey(DiagnosisService, on_delete=models.CASCADE, related_name="stock_samples")
    p0 = models.PositiveIntegerField()
    p1 = models.PositiveIntegerField()
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["service", "at"])]
