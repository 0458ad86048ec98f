"""A job and everything it asks of its sites, as rows with named states.

The rows know what is true now. Which change of state is legal is in ``transitions``; who makes it happen is in
``services``.
"""

import uuid

from django.db import models
from django.db.models import F, Q

from backend.common.leases import LeasedTask, lease_constraints

HEX_64_OR_EMPTY = "^([0-9a-f]{64})?$"


class Job(models.Model):
    """A thing that a federation does together, from draft to result."""

    class Kind(models.TextChoices):
        """What a job is for: a new model, or what an existing one is worth or gives away."""

        TRAIN = "train"
        EVALUATE = "evaluate"
        AUDIT = "audit"

    class State(models.TextChoices):
        """Where a job stands."""

        DRAFT = "draft"
        AWAITING_APPROVAL = "awaiting_approval"
        QUEUED = "queued"
        RUNNING = "running"
        PAUSED = "paused"
        SUCCEEDED = "succeeded"
        FAILED = "failed"
        CANCELLED = "cancelled"

    TERMINAL = frozenset({State.SUCCEEDED, State.FAILED, State.CANCELLED})

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    federation = models.ForeignKey("federations.Federation", on_delete=models.PROTECT, related_name="jobs")
    title = models.CharField(max_length=120)
    kind = models.CharField(max_length=12, choices=Kind.choices, default=Kind.TRAIN)
    state = models.CharField(max_length=20, choices=State.choices, default=State.DRAFT)
    examines = models.ForeignKey(
        "registry.ModelVersion",
        on_delete=models.PROTECT,
        null=True,
        related_name="examinations",
        help_text="the model version that is evaluated or audited; null where one is trained",
    )
    settings = models.JSONField(default=dict, help_text="parts of the plan, as the form gave them, defaults filled in")
    plan = models.JSONField(null=True)
    plan_hash = models.CharField(max_length=64, blank=True)
    initial_weights = models.ForeignKey("artifacts.Artifact", on_delete=models.PROTECT, null=True, related_name="+")
    run_state = models.JSONField(default=dict, help_text="the public results of all closed steps")
    best_round = models.PositiveIntegerField(null=True)
    failure = models.JSONField(null=True, help_text="site, phase, reason, next_step")
    created_by = models.ForeignKey("accounts.User", on_delete=models.SET_NULL, null=True, related_name="jobs")
    idempotency_key = models.CharField(max_length=80, blank=True, help_text="a repeated request finds the job")
    created_at = models.DateTimeField()
    submitted_at = models.DateTimeField(null=True)
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["federation", "-created_at"]), models.Index(fields=["state"])]
        constraints = [
            models.CheckConstraint(condition=Q(plan_hash__regex=HEX_64_OR_EMPTY), name="job_plan_hash"),
            models.UniqueConstraint(
                fields=["created_by", "idempotency_key"], condition=~Q(idempotency_key=""), name="job_created_once"
            ),
            models.CheckConstraint(
                condition=Q(kind="train", examines=None) | (~Q(kind="train") & Q(examines__isnull=False)),
                name="job_examines_a_model",
            ),
            models.CheckConstraint(
                condition=Q(plan__isnull=True, plan_hash="") | (Q(plan__isnull=False) & ~Q(plan_hash="")),
                name="job_plan_has_a_hash",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["queued", "running", "paused", "succeeded"]) | Q(plan__isnull=False),
                name="job_runs_a_plan",
            ),
            models.CheckConstraint(
                condition=Q(state="failed", failure__isnull=False) | (~Q(state="failed") & Q(failure__isnull=True)),
                name="job_failed_says_why",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["succeeded", "failed", "cancelled"], finished_at__isnull=False)
                | (~Q(state__in=["succeeded", "failed", "cancelled"]) & Q(finished_at=None)),
                name="job_finished_has_a_time",
            ),
        ]

    def __str__(self) -> str:
        return self.title


class Approval(models.Model):
    """A site's signed yes or no to a plan hash. Nobody at the hub can give or change it."""

    class Decision(models.TextChoices):
        """What a site says."""

        APPROVE = "approve"
        REFUSE = "refuse"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    job = models.ForeignKey(Job, on_delete=models.CASCADE, related_name="approvals")
    site = models.ForeignKey("federations.Site", on_delete=models.PROTECT, related_name="approvals")
    decision = models.CharField(max_length=8, choices=Decision.choices)
    reason = models.CharField(max_length=500, blank=True)
    plan_hash = models.CharField(max_length=64)
    signature = models.TextField(blank=True, help_text="base64")
    decided_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["job", "site"], name="approval_once_per_site"),
            models.CheckConstraint(condition=~Q(decision="approve") | ~Q(signature=""), name="approval_is_signed"),
        ]


class Round(models.Model):
    """One step of a job: one question to all sites, and its public answer."""

    class Kind(models.TextChoices):
        """What a step asks."""

        STATISTICS = "statistics"
        TRAIN = "train"
        EVALUATE = "evaluate"
        SCORES = "scores"
        AUDIT = "audit"

    class State(models.TextChoices):
        """Open until an attempt at it closes."""

        OPEN = "open"
        CLOSED = "closed"
        FAILED = "failed"
        CANCELLED = "cancelled"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    job = models.ForeignKey(Job, on_delete=models.CASCADE, related_name="rounds")
    number = models.PositiveIntegerField(help_text="step number, from 0")
    kind = models.CharField(max_length=12, choices=Kind.choices)
    round = models.PositiveIntegerField(null=True, help_text="training round, from 1; null elsewhere")
    state = models.CharField(max_length=12, choices=State.choices, default=State.OPEN)
    step = models.JSONField(help_text="the step as the plan derives it")
    result = models.JSONField(null=True, help_text="the public result")
    metrics = models.JSONField(null=True, help_text="its figures, as the round's event told them")
    model_after = models.CharField(max_length=64, blank=True, help_text="hash of the global model that it made")
    weights = models.ForeignKey("artifacts.Artifact", on_delete=models.PROTECT, null=True, related_name="+")
    sums = models.ForeignKey("artifacts.Artifact", on_delete=models.PROTECT, null=True, related_name="+")
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["job", "number"]
        constraints = [
            models.UniqueConstraint(fields=["job", "number"], name="round_number_unique"),
            models.UniqueConstraint(fields=["job"], condition=Q(state="open"), name="round_one_open_per_job"),
            models.CheckConstraint(
                condition=Q(kind="train", round__gte=1) | (~Q(kind="train") & Q(round=None)), name="round_of_training"
            ),
            models.CheckConstraint(
                condition=Q(state="closed", result__isnull=False, closed_at__isnull=False) | ~Q(state="closed"),
                name="round_closed_has_a_result",
            ),
            models.CheckConstraint(
                condition=Q(model_after="", weights=None)
                | Q(model_after__regex="^[0-9a-f]{64}$", weights__isnull=False),
                name="round_model_has_weights",
            ),
            models.CheckConstraint(
                condition=Q(closed_at=None) | Q(closed_at__gte=F("opened_at")), name="round_times_in_order"
            ),
        ]


class Attempt(models.Model):
    """One try at a round, with a roster and keys of its own."""

    class State(models.TextChoices):
        """``aborting`` collects the sites' signatures that the failed attempt is dead, so that a retry may follow."""

        OPEN = "open"
        ABORTING = "aborting"
        CLOSED = "closed"
        FAILED = "failed"
        CANCELLED = "cancelled"

    class Phase(models.TextChoices):
        """What the attempt waits for; a plain attempt knows only ``submit`` and ``close``."""

        ADVERTISE = "advertise"
        SHARE = "share"
        SUBMIT = "submit"
        CONSENT = "consent"
        UNMASK = "unmask"
        CLOSE = "close"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    round = models.ForeignKey(Round, on_delete=models.CASCADE, related_name="attempts")
    number = models.PositiveIntegerField(help_text="from 1 in each round")
    state = models.CharField(max_length=12, choices=State.choices, default=State.OPEN)
    phase = models.CharField(max_length=12, choices=Phase.choices)
    secure = models.BooleanField()
    roster = models.JSONField(help_text="slugs of the sites that were asked, in order")
    spec = models.JSONField(null=True, help_text="of the aggregation session; null in a plain job")
    session = models.CharField(max_length=64, blank=True, help_text="digest of the spec")
    dropped = models.JSONField(default=dict, help_text="site: phase, code, reason of who is no longer waited for")
    abort_certificate = models.JSONField(null=True)
    failure = models.JSONField(null=True, help_text="site, phase, code, reason")
    phase_since = models.DateTimeField()
    deadline = models.DateTimeField(help_text="when the present phase is overdue")
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["round", "number"]
        indexes = [models.Index(fields=["state", "deadline"])]
        constraints = [
            models.UniqueConstraint(fields=["round", "number"], name="attempt_number_unique"),
            models.UniqueConstraint(
                fields=["round"], condition=Q(state__in=["open", "aborting"]), name="attempt_one_open_per_round"
            ),
            models.CheckConstraint(
                condition=Q(secure=True, spec__isnull=False) | Q(secure=False, spec__isnull=True),
                name="attempt_secure_has_a_session",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["failed", "aborting"]) | Q(failure__isnull=False),
                name="attempt_failed_says_why",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["open", "aborting"], closed_at=None)
                | (~Q(state__in=["open", "aborting"]) & Q(closed_at__isnull=False)),
                name="attempt_ended_has_a_time",
            ),
        ]


class Message(models.Model):
    """One small message of one site in an attempt. The coordinator's session is rebuilt by replaying them."""

    class Kind(models.TextChoices):
        """Named after the phase that waits for it; ``abort`` is for a failed attempt."""

        ADVERTISE = "advertise"
        SHARE = "share"
        SUBMIT = "submit"
        CONSENT = "consent"
        UNMASK = "unmask"
        ABORT = "abort"

    id = models.BigAutoField(primary_key=True)
    attempt = models.ForeignKey(Attempt, on_delete=models.CASCADE, related_name="messages")
    site = models.ForeignKey("federations.Site", on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=12, choices=Kind.choices)
    body = models.JSONField()
    artifact = models.ForeignKey("artifacts.Artifact", on_delete=models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["attempt", "site", "kind"], name="message_once")]


class SiteTask(LeasedTask):
    """One instruction to one site. Together they are the history of all that was ever asked of a hospital."""

    class Kind(models.TextChoices):
        """The names under which a site's agent knows its tasks."""

        PLAN_REVIEW = "plan.review"
        ADVERTISE = "secagg.advertise"
        SHARE = "secagg.share"
        SUBMIT = "step.submit"
        CONSENT = "secagg.consent"
        UNMASK = "secagg.unmask"
        APPLY = "step.apply"
        ABORT = "secagg.abort"
        PLAN_CLOSE = "plan.close"

    class State(models.TextChoices):
        """A leased task belongs to the site's agent until ``lease_until``; a held one waits for a person there."""

        QUEUED = "queued"
        LEASED = "leased"
        HELD = "held"
        DONE = "done"
        FAILED = "failed"
        CANCELLED = "cancelled"

    site = models.ForeignKey("federations.Site", on_delete=models.PROTECT, related_name="tasks")
    job = models.ForeignKey(Job, on_delete=models.CASCADE, related_name="tasks")
    attempt = models.ForeignKey(Attempt, on_delete=models.CASCADE, null=True, related_name="tasks")
    kind = models.CharField(max_length=20, choices=Kind.choices)
    state = models.CharField(max_length=12, choices=State.choices, default=State.QUEUED)
    progress = models.JSONField(null=True, help_text="phase, done, total")

    class Meta:
        indexes = [
            models.Index(fields=["site", "created_at"], condition=Q(state="queued"), name="site_task_mailbox"),
            models.Index(fields=["lease_until"], condition=Q(state="leased"), name="site_task_leases"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["attempt", "site", "kind"],
                condition=Q(attempt__isnull=False),
                name="site_task_once_per_attempt",
            ),
            models.UniqueConstraint(
                fields=["job", "site", "kind"], condition=Q(attempt__isnull=True), name="site_task_once_per_job"
            ),
            *lease_constraints("site_task", unfinished=["queued", "leased", "held"]),
        ]
