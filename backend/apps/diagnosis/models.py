"""Nodes, the services that they offer together, and every request to one, as rows with named states.

The rows know ciphertext, public descriptions and times; no row holds a picture, a weight or an opened answer. Which
change of state is legal is in ``transitions``; who makes it happen is in ``services``.
"""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from backend.apps.federations.models import HEX_64, SLUG

HEX_64_OR_EMPTY = "^([0-9a-f]{64})?$"


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


class DiagnosisBatch(models.Model):
    """Many requests that belong together; its id is the client's."""

    id = models.UUIDField(primary_key=True, editable=False)
    service = models.ForeignKey(DiagnosisService, on_delete=models.PROTECT, related_name="batches")
    requester = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="batches")
    name = models.CharField(max_length=120)
    count = models.PositiveIntegerField(help_text="how many requests the client means to send")
    created_at = models.DateTimeField()


class Diagnosis(models.Model):
    """One sealed request and its sealed answer; its id is the client's, which makes creation repeatable."""

    class State(models.TextChoices):
        """Where a request stands. Answers are kept from ``answered`` until ``collected`` or ``expired``."""

        QUEUED = "queued"
        COMPUTING = "computing"
        ANSWERED = "answered"
        COLLECTED = "collected"
        FAILED = "failed"
        EXPIRED = "expired"

    TERMINAL = frozenset({State.COLLECTED, State.FAILED, State.EXPIRED})

    id = models.UUIDField(primary_key=True, editable=False)
    service = models.ForeignKey(DiagnosisService, on_delete=models.PROTECT, related_name="diagnoses")
    requester = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="diagnoses")
    token = models.ForeignKey("accounts.ApiToken", on_delete=models.SET_NULL, null=True, related_name="+")
    batch = models.ForeignKey(DiagnosisBatch, on_delete=models.SET_NULL, null=True, related_name="diagnoses")
    descriptor_digest = models.CharField(max_length=64)
    state = models.CharField(max_length=12, choices=State.choices, default=State.QUEUED)
    order = models.PositiveBigIntegerField(help_text="place in the parties' queues; a retry gets a new one")
    attempts = models.PositiveIntegerField(default=1)
    request_hash = models.CharField(max_length=64, help_text="SHA-256 of the request: the same id needs the same one")
    failure = models.JSONField(null=True, help_text="node, phase, code, reason, next_step")
    answers = models.JSONField(null=True, help_text="sealed for the requester; emptied when handed out or expired")
    steps = models.JSONField(default=dict, help_text="seconds per step and party")
    created_at = models.DateTimeField()
    computing_at = models.DateTimeField(null=True)
    answered_at = models.DateTimeField(null=True)
    collected_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    forgotten_at = models.DateTimeField(null=True, help_text="hidden from its requester, until it no longer counts")
    expires_at = models.DateTimeField(help_text="when it ends if nothing happens")

    class Meta:
        indexes = [
            models.Index(fields=["requester", "-created_at"]),
            models.Index(fields=["service", "-created_at"]),
            models.Index(fields=["expires_at"], condition=Q(state__in=["queued", "computing", "answered"]),
                         name="diagnosis_expiry"),
        ]  # fmt: skip
        constraints = [
            models.CheckConstraint(
                condition=Q(state="answered", answers__isnull=False) | (~Q(state="answered") & Q(answers__isnull=True)),
                name="diagnosis_answers_only_while_answered",
            ),
            models.CheckConstraint(
                condition=Q(state="failed", failure__isnull=False) | (~Q(state="failed") & Q(failure__isnull=True)),
                name="diagnosis_failed_says_why",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["collected", "failed", "expired"], ended_at__isnull=False)
                | (~Q(state__in=["collected", "failed", "expired"]) & Q(ended_at=None)),
                name="diagnosis_ended_has_a_time",
            ),
        ]


class DiagnosisEvent(models.Model):
    """One public fact of one request's course, with a number that has no gaps."""

    diagnosis = models.ForeignKey(Diagnosis, on_delete=models.CASCADE, related_name="events")
    seq = models.PositiveIntegerField(help_text="from 1 in each diagnosis")
    time = models.DateTimeField()
    kind = models.CharField(max_length=40)
    payload = models.JSONField(default=dict)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["diagnosis", "seq"], name="diagnosis_event_seq_unique")]


class NodeTask(models.Model):
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

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    node = models.ForeignKey(Node, on_delete=models.PROTECT, related_name="tasks")
    service = models.ForeignKey(DiagnosisService, on_delete=models.CASCADE, related_name="tasks")
    diagnosis = models.ForeignKey(Diagnosis, on_delete=models.CASCADE, null=True, related_name="tasks")
    kind = models.CharField(max_length=20, choices=Kind.choices)
    attempt = models.PositiveIntegerField(default=1, help_text="of the service's publishing, or of the diagnosis")
    order = models.PositiveBigIntegerField()
    payload = models.JSONField()
    state = models.CharField(max_length=12, choices=State.choices, default=State.QUEUED)
    deliveries = models.PositiveIntegerField(default=0)
    lease_until = models.DateTimeField(null=True)
    progress = models.JSONField(null=True, help_text="phase")
    result = models.JSONField(null=True)
    error = models.JSONField(null=True, help_text="code, message, phase")
    answer_digest = models.CharField(max_length=64, blank=True, help_text="SHA-256 of the answer as it came")
    created_at = models.DateTimeField()
    leased_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

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
            models.CheckConstraint(
                condition=Q(state="leased", lease_until__isnull=False) | (~Q(state="leased") & Q(lease_until=None)),
                name="node_task_leased_until",
            ),
            models.CheckConstraint(
                condition=Q(state="done", result__isnull=False, error__isnull=True)
                | Q(state="failed", error__isnull=False, result__isnull=True)
                | Q(state__in=["queued", "leased", "cancelled"], result__isnull=True, error__isnull=True),
                name="node_task_has_its_answer",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["done", "failed", "cancelled"], finished_at__isnull=False)
                | Q(state__in=["queued", "leased"], finished_at=None),
                name="node_task_finished_has_a_time",
            ),
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


class Webhook(models.Model):
    """An address that wants to hear of its user's diagnoses."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="webhooks")
    url = models.URLField(max_length=500)
    secret = models.TextField(help_text="encrypted under a key derived from the secret key")
    kinds = models.JSONField(default=list)
    active = models.BooleanField(default=True)
    created_at = models.DateTimeField()


class WebhookDelivery(models.Model):
    """One message to one webhook, until it is delivered or given up."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    webhook = models.ForeignKey(Webhook, on_delete=models.CASCADE, related_name="deliveries")
    diagnosis = models.ForeignKey(Diagnosis, on_delete=models.CASCADE, null=True, related_name="deliveries")
    kind = models.CharField(max_length=40)
    body = models.TextField(help_text="the exact text that is signed and sent")
    attempts = models.PositiveIntegerField(default=0)
    next_at = models.DateTimeField()
    delivered_at = models.DateTimeField(null=True)
    failed_at = models.DateTimeField(null=True)
    last_status = models.PositiveIntegerField(null=True)
    created_at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(
                fields=["next_at"], condition=Q(delivered_at=None, failed_at=None), name="webhook_delivery_due"
            )
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["webhook", "diagnosis", "kind"],
                condition=Q(diagnosis__isnull=False),
                name="webhook_delivery_once",
            ),
        ]
