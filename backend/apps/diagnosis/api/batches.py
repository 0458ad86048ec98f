"""The API of batches: many requests that belong together, such as a folder of pictures."""

from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers, viewsets
from rest_framework.request import Request
from rest_framework.response import Response

from backend.apps.accounts.models import Scope
from backend.apps.diagnosis import errors
from backend.apps.diagnosis.api.diagnoses import DiagnosisOutput, told
from backend.apps.diagnosis.api.refusals import refusals
from backend.apps.diagnosis.models import DiagnosisBatch
from backend.apps.diagnosis.selectors import batches as selectors
from backend.apps.diagnosis.selectors.diagnoses import batches_visible_to
from backend.apps.diagnosis.services.batches import batch_create

MAX_COUNT = 1_000


class BatchInput(serializers.Serializer):
    """A batch, before its requests are sent one by one with its id."""

    id = serializers.UUIDField(help_text="the requester's own; the same again is the same batch")
    service = serializers.UUIDField()
    name = serializers.CharField(max_length=120)
    count = serializers.IntegerField(min_value=1, max_value=MAX_COUNT, help_text="how many requests will come")


class BatchStatesOutput(serializers.Serializer):
    """How many requests are in each state; ``missing`` have not been sent, or were forgotten."""

    missing = serializers.IntegerField()
    queued = serializers.IntegerField()
    computing = serializers.IntegerField()
    answered = serializers.IntegerField()
    collected = serializers.IntegerField()
    failed = serializers.IntegerField()
    expired = serializers.IntegerField()


class BatchOutput(serializers.ModelSerializer):
    """A batch as it stands."""

    service = serializers.UUIDField(source="service_id")
    service_title = serializers.CharField(source="service.title")
    states = serializers.SerializerMethodField()

    class Meta:
        model = DiagnosisBatch
        fields = ("id", "service", "service_title", "name", "count", "created_at", "states")

    def get_states(self, batch: DiagnosisBatch) -> BatchStatesOutput:
        """Return the counts."""
        return BatchStatesOutput(selectors.states_of(batch)).data


class BatchDetailOutput(BatchOutput):
    """A batch with its requests, in the order in which they were sent."""

    rows = serializers.SerializerMethodField()

    class Meta(BatchOutput.Meta):
        fields = (*BatchOutput.Meta.fields, "rows")

    def get_rows(self, batch: DiagnosisBatch) -> DiagnosisOutput(many=True):  # type: ignore[valid-type]
        """Return the requests."""
        return told(selectors.rows_of(batch))


class BatchViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet):
    """The caller's own batches."""

    queryset = DiagnosisBatch.objects.none()
    filterset_fields = ("service",)
    read_scope = write_scope = Scope.DIAGNOSES
    lookup_value_converter = "uuid"

    def get_queryset(self) -> QuerySet[DiagnosisBatch]:
        """Return the caller's own."""
        return selectors.with_states(batches_visible_to(self.request.user))

    def get_serializer_class(self) -> type[BatchOutput]:
        """Lists are short; one batch is told with its requests."""
        return BatchOutput if self.action == "list" else BatchDetailOutput

    @extend_schema(
        request=BatchInput,
        responses={201: BatchDetailOutput, 200: BatchDetailOutput, **refusals(errors.ServiceClosed, errors.IdTaken)},
    )
    def create(self, request: Request) -> Response:
        """Announce a batch. The same again returns it as it stands (200)."""
        given = BatchInput(data=request.data)
        given.is_valid(raise_exception=True)
        wanted = given.validated_data
        batch, created = batch_create(
            batch_id=wanted["id"],
            service_id=wanted["service"],
            name=wanted["name"],
            count=wanted["count"],
            by=request.user,
            now=timezone.now(),
        )
        return Response(BatchDetailOutput(self.get_queryset().get(pk=batch.pk)).data, status=201 if created else 200)
