"""The API of evidence: read evaluations and attack audits. Jobs make them; nobody changes them."""

from django.db.models import QuerySet
from django_filters import rest_framework as filters
from rest_framework import mixins, serializers, viewsets

from backend.apps.evidence import selectors
from backend.apps.evidence.models import AttackAudit, Demonstration, Evaluation
from backend.apps.evidence.summaries import figure_of, views_of
from backend.apps.jobs.outputs import ExaminedModelOutput, FederationRef


class JobTitleOutput(serializers.Serializer):
    """The job that made it."""

    id = serializers.UUIDField()
    title = serializers.CharField()


class FigureOutput(serializers.Serializer):
    """A figure with its 95 % interval and that interval's method."""

    value = serializers.FloatField(allow_null=True)
    low = serializers.FloatField(allow_null=True)
    high = serializers.FloatField(allow_null=True)
    method = serializers.CharField(allow_null=True)


class EvaluationOutput(serializers.ModelSerializer):
    """An evaluation in brief."""

    federation = FederationRef()
    job = JobTitleOutput()
    model = ExaminedModelOutput(source="model_version")
    accuracy = serializers.SerializerMethodField()
    mcc = serializers.SerializerMethodField()
    made = serializers.CharField(source="document.made")

    class Meta:
        model = Evaluation
        fields = (
            "id", "federation", "job", "model", "split", "n", "accuracy", "mcc", "made", "per_site", "created_at",
        )  # fmt: skip

    def get_accuracy(self, row: Evaluation) -> FigureOutput():  # type: ignore[valid-type]
        """Return the accuracy with Wilson's interval."""
        return figure_of(row.document, "accuracy")

    def get_mcc(self, row: Evaluation) -> FigureOutput():  # type: ignore[valid-type]
        """Return Matthews' coefficient."""
        return figure_of(row.document, "mcc")


class EvaluationDetailOutput(EvaluationOutput):
    """An evaluation with its whole document."""

    document = serializers.DictField(help_text="EvaluationDocument, as `primia evaluate --json` prints it")

    class Meta(EvaluationOutput.Meta):
        fields = (*EvaluationOutput.Meta.fields, "document")


class AttackAuditOutput(serializers.ModelSerializer):
    """An attack audit in brief."""

    federation = FederationRef()
    job = JobTitleOutput()
    model = ExaminedModelOutput(source="model_version")
    verdict = serializers.ChoiceField(AttackAudit.Verdict.choices)
    views = serializers.SerializerMethodField()
    made = serializers.CharField(source="document.made")

    class Meta:
        model = AttackAudit
        fields = ("id", "federation", "job", "model", "verdict", "views", "made", "created_at")

    def get_views(self, row: AttackAudit) -> list[str]:
        """Return the names of the views that were attacked."""
        return views_of(row.document)


class AttackAuditDetailOutput(AttackAuditOutput):
    """An attack audit with its whole document, and the hub's own attack on drawings, which has pictures."""

    document = serializers.DictField(help_text="AuditDocument over all sites' real images, without pictures")
    demonstration = serializers.DictField(
        source="demonstration.document",
        allow_null=True,
        help_text="AuditDocument over drawings, with pictures; null until it is made",
    )
    demonstration_state = serializers.ChoiceField(Demonstration.State.choices, source="demonstration.state")
    demonstration_reason = serializers.CharField(source="demonstration.reason", allow_blank=True)

    class Meta(AttackAuditOutput.Meta):
        fields = (
            *AttackAuditOutput.Meta.fields, "document", "demonstration", "demonstration_state", "demonstration_reason",
        )  # fmt: skip


class EvaluationFilter(filters.FilterSet):
    """By federation, model version, job and split."""

    model = filters.UUIDFilter(field_name="model_version")

    class Meta:
        model = Evaluation
        fields = ("federation", "model", "job", "split")


class AttackAuditFilter(filters.FilterSet):
    """By federation, model version, job and verdict."""

    model = filters.UUIDFilter(field_name="model_version")

    class Meta:
        model = AttackAudit
        fields = ("federation", "model", "job", "verdict")


class EvaluationViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet):
    """Evaluations of model versions of the caller's federations."""

    queryset = Evaluation.objects.none()
    filterset_class = EvaluationFilter
    lookup_value_converter = "uuid"

    def get_serializer_class(self) -> type[EvaluationOutput]:
        """Lists are short; one evaluation is told in full."""
        return EvaluationOutput if self.action == "list" else EvaluationDetailOutput

    def get_queryset(self) -> QuerySet[Evaluation]:
        """Return what the caller may see."""
        return selectors.evaluations_visible_to(self.request.user)


class AttackAuditViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet):
    """Attack audits of model versions of the caller's federations."""

    queryset = AttackAudit.objects.none()
    filterset_class = AttackAuditFilter
    lookup_value_converter = "uuid"

    def get_serializer_class(self) -> type[AttackAuditOutput]:
        """Lists are short; one audit is told in full."""
        return AttackAuditOutput if self.action == "list" else AttackAuditDetailOutput

    def get_queryset(self) -> QuerySet[AttackAudit]:
        """Return what the caller may see."""
        return selectors.attack_audits_visible_to(self.request.user)
