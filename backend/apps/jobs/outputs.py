"""How the API tells of jobs, rounds, approvals and tasks. Serializers only: what they show is the selectors' work."""

from typing import Any
from uuid import UUID

from rest_framework import serializers

from backend.apps.events.selectors import last_seq
from backend.apps.jobs.models import Approval, Attempt, Job, Round, SiteTask
from backend.apps.jobs.selectors import progress


class JobInput(serializers.Serializer):
    """A new job: ``settings`` are parts of a plan, and what they leave out has defaults.

    A job that evaluates or audits names a model version, and its settings are ``evaluation`` or ``audit``, and
    ``aggregation``.
    """

    federation = serializers.UUIDField()
    title = serializers.CharField(max_length=120)
    kind = serializers.ChoiceField(Job.Kind.choices, default=Job.Kind.TRAIN)
    model = serializers.UUIDField(required=False, allow_null=True, help_text="the model version to examine")
    settings = serializers.DictField(default=dict)


class FederationRef(serializers.Serializer):
    """A federation by name."""

    id = serializers.UUIDField()
    name = serializers.CharField()


class SiteRef(serializers.Serializer):
    """A site by name."""

    slug = serializers.CharField()
    name = serializers.CharField()


class ExaminedModelOutput(serializers.Serializer):
    """The model version that a job examines."""

    id = serializers.UUIDField()
    name = serializers.CharField()
    number = serializers.IntegerField()


class FailureOutput(serializers.Serializer):
    """Why something failed: which site, in which phase, and what a person can do."""

    site = serializers.CharField(allow_null=True)
    phase = serializers.CharField(allow_null=True)
    reason = serializers.CharField()
    next_step = serializers.CharField(required=False)
    code = serializers.CharField(required=False)


class CurvePoint(serializers.Serializer):
    """How one round's model did on all sites' validation images together, with a 95 % interval of the MCC."""

    round = serializers.IntegerField()
    mcc = serializers.FloatField()
    accuracy = serializers.FloatField()
    low = serializers.FloatField()
    high = serializers.FloatField()


class BestOutput(serializers.Serializer):
    """The best round so far."""

    round = serializers.IntegerField()
    mcc = serializers.FloatField()
    low = serializers.FloatField()
    high = serializers.FloatField()
    interval = serializers.ListField(child=serializers.FloatField(), min_length=2, max_length=2)


class TestFigures(BestOutput):
    """The chosen model on all sites' test images together."""

    n = serializers.IntegerField()
    accuracy = serializers.FloatField()
    mean_loss = serializers.FloatField()
    confusion = serializers.ListField(child=serializers.ListField(child=serializers.IntegerField()))


class JobOutput(serializers.ModelSerializer):
    """A job as it stands."""

    federation = FederationRef()
    model = ExaminedModelOutput(source="examines", allow_null=True, help_text="the model that is evaluated or audited")
    evaluation = serializers.SerializerMethodField()
    attack_audit = serializers.SerializerMethodField()
    created_by = serializers.SerializerMethodField()
    settings = serializers.DictField()
    plan_hash = serializers.SerializerMethodField()
    roster = serializers.SerializerMethodField()
    rounds_total = serializers.SerializerMethodField()
    rounds_done = serializers.SerializerMethodField()
    best = serializers.SerializerMethodField()
    test = serializers.SerializerMethodField()
    curve = serializers.SerializerMethodField()
    failure = FailureOutput(allow_null=True)
    last_seq = serializers.SerializerMethodField()

    class Meta:
        model = Job
        fields = (
            "id", "federation", "title", "kind", "model", "evaluation", "attack_audit", "state", "settings",
            "plan_hash", "roster", "created_by", "created_at", "submitted_at", "started_at", "finished_at",
            "rounds_total", "rounds_done", "best_round", "best", "test", "curve", "failure", "last_seq",
        )  # fmt: skip

    def get_evaluation(self, job: Job) -> UUID | None:
        """Return the evaluation that the job ended with."""
        return _made(job, "evaluation")

    def get_attack_audit(self, job: Job) -> UUID | None:
        """Return the audit that the job ended with."""
        return _made(job, "attack_audit")

    def get_created_by(self, job: Job) -> str:
        """Return the creator's user name."""
        return job.created_by.username if job.created_by else ""

    def get_plan_hash(self, job: Job) -> str | None:
        """Return the hash that sites sign, once there is a plan."""
        return job.plan_hash or None

    def get_roster(self, job: Job) -> SiteRef(many=True):  # type: ignore[valid-type]
        """Return the plan's sites."""
        return [{"slug": member["site"], "name": member["name"]} for member in (job.plan or {}).get("roster", [])]

    def get_rounds_total(self, job: Job) -> int:
        """Return the training rounds that the settings ask for."""
        return progress.rounds_total(job)

    def get_rounds_done(self, job: Job) -> int:
        """Return the training rounds that have closed."""
        return progress.rounds_done(job)

    def get_best(self, job: Job) -> BestOutput(allow_null=True):  # type: ignore[valid-type]
        """Return the best validated round."""
        return progress.best(job)

    def get_test(self, job: Job) -> TestFigures(allow_null=True):  # type: ignore[valid-type]
        """Return the test of the chosen model."""
        return progress.test(job)

    def get_curve(self, job: Job) -> CurvePoint(many=True):  # type: ignore[valid-type]
        """Return the validation of every round's model."""
        return progress.curve(job)

    def get_last_seq(self, job: Job) -> int:
        """Return the number of the job's last event."""
        return last_seq(job_id=job.id)


class JobDetailOutput(JobOutput):
    """A job with its whole plan."""

    plan = serializers.DictField(allow_null=True)

    class Meta(JobOutput.Meta):
        fields = (*JobOutput.Meta.fields, "plan")


class SpanOutput(serializers.Serializer):
    """One phase of a lane."""

    phase = serializers.CharField()
    start = serializers.DateTimeField()
    end = serializers.DateTimeField(allow_null=True)


class StepsOutput(serializers.Serializer):
    """Steps done and in all, the same at every site."""

    done = serializers.IntegerField()
    total = serializers.IntegerField()


class LaneOutput(serializers.Serializer):
    """What one site did in one attempt."""

    site = serializers.CharField()
    phase = serializers.CharField()
    spans = SpanOutput(many=True)
    progress = StepsOutput(allow_null=True)
    size_bytes = serializers.IntegerField(allow_null=True, help_text="of the vectors that it sent")


class AttemptOutput(serializers.Serializer):
    """One try at a round."""

    number = serializers.IntegerField()
    state = serializers.ChoiceField(Attempt.State.choices)
    phase = serializers.ChoiceField(Attempt.Phase.choices)
    opened_at = serializers.DateTimeField()
    closed_at = serializers.DateTimeField(allow_null=True)
    failure = FailureOutput(allow_null=True)
    lanes = LaneOutput(many=True)


class RoundOutput(serializers.Serializer):
    """One step of a job with its tries."""

    number = serializers.IntegerField()
    kind = serializers.ChoiceField(Round.Kind.choices)
    round = serializers.IntegerField(allow_null=True)
    state = serializers.ChoiceField(Round.State.choices)
    opened_at = serializers.DateTimeField()
    closed_at = serializers.DateTimeField(allow_null=True)
    seconds = serializers.FloatField(allow_null=True)
    survivors = serializers.ListField(child=serializers.CharField())
    metrics = serializers.DictField(allow_null=True)
    saturated = serializers.IntegerField(allow_null=True)
    attempts = AttemptOutput(many=True)


class ApprovalOutput(serializers.Serializer):
    """What one site of the roster says to the plan; ``decision`` is null until it says something."""

    site = SiteRef()
    decision = serializers.ChoiceField(Approval.Decision.choices, allow_null=True)
    reason = serializers.CharField(allow_blank=True)
    decided_at = serializers.DateTimeField(allow_null=True)


class ApprovalPageOutput(serializers.Serializer):
    """All approvals of a job on one page."""

    next = serializers.URLField(allow_null=True)
    previous = serializers.URLField(allow_null=True)
    results = ApprovalOutput(many=True)


class SiteTaskOutput(serializers.ModelSerializer):
    """One instruction to one site. Payloads and results are between the hub and the site."""

    site = serializers.CharField(source="site.slug")
    round = serializers.SerializerMethodField(help_text="step number")
    attempt = serializers.SerializerMethodField()
    error = serializers.DictField(allow_null=True)

    class Meta:
        model = SiteTask
        fields = (
            "id", "site", "kind", "state", "round", "attempt", "deliveries", "error", "created_at", "leased_at",
            "finished_at",
        )  # fmt: skip

    def get_round(self, task: SiteTask) -> int | None:
        """Return the step that the task is for."""
        return task.attempt.round.number if task.attempt else None

    def get_attempt(self, task: SiteTask) -> int | None:
        """Return the attempt that the task is for."""
        return task.attempt.number if task.attempt else None


class SecondsOutput(serializers.Serializer):
    """A range of comparable past rounds."""

    low = serializers.FloatField()
    high = serializers.FloatField()


class VisibilityOutput(serializers.Serializer):
    """Who would learn one thing."""

    what = serializers.CharField()
    coordinator = serializers.BooleanField()
    sites = serializers.BooleanField()


class BudgetOutlookOutput(serializers.Serializer):
    """What a study would have spent at one site after the job; null where the site has told nothing yet."""

    site = serializers.CharField()
    study = serializers.CharField()
    spent = serializers.FloatField(allow_null=True)
    reserved = serializers.FloatField(allow_null=True, help_text="by how much jobs that have not ended may add to it")
    after = serializers.FloatField(allow_null=True, help_text="with what is reserved and with this job")
    budget = serializers.FloatField(allow_null=True)
    delta = serializers.FloatField(allow_null=True)
    would_pass = serializers.BooleanField()


class PromisedPrivacyOutput(serializers.Serializer):
    """Differential privacy of a job, by both accountants; the figure of record is ``epsilon_pld``."""

    mode = serializers.ChoiceField(["local", "distributed"])
    unit = serializers.ChoiceField(["image", "patient"])
    epsilon_pld = serializers.FloatField()
    epsilon_rdp = serializers.FloatField()
    delta = serializers.FloatField()
    noise_multiplier = serializers.FloatField()
    sample_rate = serializers.FloatField()
    rounds = serializers.IntegerField()
    steps = serializers.IntegerField(help_text="noisy steps of all rounds, of each site")
    honest_sites = serializers.IntegerField(allow_null=True, help_text="over which distributed noise is shared out")
    sites = BudgetOutlookOutput(many=True)
    would_pass = serializers.BooleanField(help_text="a site's known budget; such a job cannot be submitted")
    released_without_dp = serializers.ListField(child=serializers.CharField())


class PreviewOutput(serializers.Serializer):
    """Cost and privacy of a job before it is created. ``seconds_round`` is null while nothing comparable has run."""

    parameters = serializers.IntegerField()
    rounds = serializers.IntegerField()
    sites = serializers.IntegerField()
    upload_bytes_round = serializers.IntegerField(help_text="of each site")
    download_bytes_round = serializers.IntegerField(help_text="of each site")
    upload_bytes_total = serializers.IntegerField(help_text="of each site, all rounds")
    seconds_round = SecondsOutput(allow_null=True)
    dropouts_tolerated = serializers.IntegerField()
    colluders = serializers.IntegerField(help_text="sites that may collude with an active coordinator")
    visibility = VisibilityOutput(many=True)
    warnings = serializers.ListField(child=serializers.CharField())
    privacy = PromisedPrivacyOutput(allow_null=True)


def _made(job: Job, what: str) -> UUID | None:
    return getattr(job, what).pk if hasattr(job, what) else None


def approvals_page(results: list[dict[str, Any]]) -> dict[str, Any]:
    """Return all approvals as one page."""
    return {"next": None, "previous": None, "results": results}
