"""The API of diagnosis services: publish a model, look at what is offered, close it."""

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers, viewsets
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from backend.apps.accounts.models import Scope
from backend.apps.diagnosis import errors
from backend.apps.diagnosis.api.descriptors import (
    READERS,
    DescriptorSignatureOutput,
    LearnsOutput,
    SignedDescriptorOutput,
)
from backend.apps.diagnosis.api.examples import SERVICE_INPUT
from backend.apps.diagnosis.api.nodes import NodeOutput
from backend.apps.diagnosis.api.operations import OperationsOutput
from backend.apps.diagnosis.api.references import DiagnosisFailureOutput, ModelRefOutput
from backend.apps.diagnosis.api.refusals import refusals
from backend.apps.diagnosis.models import DiagnosisService
from backend.apps.diagnosis.selectors import descriptors, publishing
from backend.apps.diagnosis.selectors import operations as operations_selectors
from backend.apps.diagnosis.selectors import services as selectors
from backend.apps.diagnosis.services.publishing import service_create, service_retry
from backend.apps.diagnosis.services.service_close import service_close
from backend.apps.registry.api import NamedOutput


class StockOutput(serializers.Serializer):
    """Sets of correlations at each party, and when they are ordered: below ``low``, up to ``full``."""

    p0 = serializers.IntegerField(source="stock_p0")
    p1 = serializers.IntegerField(source="stock_p1")
    low = serializers.IntegerField(source="stock_low")
    full = serializers.IntegerField(source="stock_full")


class ServiceOutput(serializers.ModelSerializer):
    """A service as it stands."""

    federation = NamedOutput()
    model = ModelRefOutput(source="model_version")
    failure = DiagnosisFailureOutput(allow_null=True)
    classes = serializers.SerializerMethodField()
    stock = StockOutput(source="*")
    waiting = serializers.IntegerField(help_text="requests in the queue")
    created_by = serializers.CharField(source="created_by.username", default="")

    class Meta:
        model = DiagnosisService
        fields = (
            "id", "federation", "model", "slug", "title", "intended_use", "policy", "protocol", "profile", "state",
            "failure", "classes", "stock", "waiting", "per_user_daily", "descriptor_digest", "created_by", "created_at",
            "opened_at", "expires_at", "closed_at",
        )  # fmt: skip

    def get_classes(self, service: DiagnosisService) -> list[str]:
        """Return the model's classes in the order of its answers."""
        return list(service.model_version.card.get("classes", []))


class ServiceNodesOutput(serializers.Serializer):
    """Who runs the service."""

    owner = NodeOutput()
    dealer = NodeOutput()
    p0 = NodeOutput()
    p1 = NodeOutput()


class InputFactsOutput(serializers.Serializer):
    """How a picture becomes integers: rint((grey / 255 - mean) / std * scale)."""

    size = serializers.IntegerField()
    channels = serializers.IntegerField()
    mean = serializers.FloatField()
    std = serializers.FloatField()
    scale = serializers.FloatField()
    limit = serializers.FloatField()
    ring_bits = serializers.IntegerField()


class OutputFactsOutput(serializers.Serializer):
    """What a requester is given."""

    policy = serializers.ChoiceField(DiagnosisService.Policy.choices)
    scale = serializers.FloatField()
    limit = serializers.FloatField()
    words = serializers.IntegerField()
    ring_bits = serializers.IntegerField()
    temperature = serializers.FloatField()


class PriceFactsOutput(serializers.Serializer):
    """What privacy costs, for one diagnosis."""

    bytes_each_way = serializers.IntegerField()
    rounds = serializers.IntegerField()
    online_seconds = serializers.FloatField()
    stock_bytes = serializers.IntegerField()
    learns = LearnsOutput()


class AccuracyFactsOutput(serializers.Serializer):
    """How the encrypted model compares with the plain one, on the calibration images."""

    images = serializers.IntegerField()
    labels_agree = serializers.IntegerField()
    largest_logit_error = serializers.FloatField()


class PublishingStepOutput(serializers.Serializer):
    """One station of publishing: who is asked, and how far they are."""

    step = serializers.ChoiceField([(name, name) for name in publishing.STEPS])
    state = serializers.ChoiceField([(name, name) for name in publishing.STATES])
    nodes = serializers.ListField(child=serializers.CharField(), help_text="roles")
    started_at = serializers.DateTimeField(allow_null=True)
    finished_at = serializers.DateTimeField(allow_null=True)


class ServiceDetailOutput(ServiceOutput):
    """A service with who runs it, what it costs, and how its publishing went. Facts are null until they are known."""

    nodes = ServiceNodesOutput(source="*")
    input = InputFactsOutput(source="facts.input", default=None, allow_null=True)
    output = OutputFactsOutput(source="facts.output", default=None, allow_null=True)
    price = PriceFactsOutput(source="facts.price", default=None, allow_null=True)
    accuracy = AccuracyFactsOutput(source="facts.accuracy", default=None, allow_null=True)
    report = serializers.JSONField(source="facts.report", default=None, allow_null=True)
    program = serializers.CharField(
        source="descriptor.program", default=None, allow_null=True, help_text="digest of the public program"
    )
    signatures = serializers.SerializerMethodField()
    steps = serializers.SerializerMethodField()

    class Meta(ServiceOutput.Meta):
        fields = (
            *ServiceOutput.Meta.fields, "nodes", "input", "output", "price", "accuracy", "report", "program", "mask",
            "epoch", "signatures", "steps",
        )  # fmt: skip

    def get_signatures(self, service: DiagnosisService) -> DescriptorSignatureOutput(many=True):  # type: ignore[valid-type]
        """Return who vouches for the descriptor; whoever reads it verifies it."""
        return descriptors.signed_descriptor(service)["signatures"] if service.descriptor else []

    def get_steps(self, service: DiagnosisService) -> PublishingStepOutput(many=True):  # type: ignore[valid-type]
        """Return the stations of the present attempt."""
        return publishing.steps_of(service)


class ServiceInput(serializers.Serializer):
    """Which model is offered, to whom it is shared out, and on what terms."""

    model_version = serializers.UUIDField()
    title = serializers.CharField(max_length=120)
    intended_use = serializers.CharField(max_length=2000)
    policy = serializers.ChoiceField(DiagnosisService.Policy.choices, default=DiagnosisService.Policy.LOGITS)
    protocol = serializers.CharField(max_length=20, default="tables")
    profile = serializers.CharField(max_length=20, default="default")
    owner = serializers.UUIDField()
    dealer = serializers.UUIDField()
    p0 = serializers.UUIDField()
    p1 = serializers.UUIDField()
    stock_low = serializers.IntegerField(min_value=1, max_value=1000, default=3)
    stock_full = serializers.IntegerField(min_value=1, max_value=1000, default=8)
    per_user_daily = serializers.IntegerField(min_value=1, max_value=100_000, default=100)
    expires_at = serializers.DateTimeField()


class ServiceViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet):
    """Services that the caller may see: the open ones of their federations, and all of those that they run."""

    queryset = DiagnosisService.objects.none()
    filterset_fields = ("federation", "model_version", "state")
    read_scope = READERS
    write_scope = Scope.SERVICES
    lookup_value_converter = "uuid"

    def get_queryset(self) -> QuerySet[DiagnosisService]:
        """Return what the caller may see."""
        return selectors.services_visible_to(self.request.user)

    def get_serializer_class(self) -> type[ServiceOutput]:
        """Lists are short; one service is told in full."""
        return ServiceOutput if self.action == "list" else ServiceDetailOutput

    @extend_schema(request=ServiceInput, responses={201: ServiceDetailOutput}, examples=[SERVICE_INPUT])
    def create(self, request: Request) -> Response:
        """Begin to publish a model. The owner's node prepares and shares it; no weight passes in clear."""
        given = ServiceInput(data=request.data)
        given.is_valid(raise_exception=True)
        values: dict[str, Any] = dict(given.validated_data)
        for name in ("model_version", "owner", "dealer", "p0", "p1"):
            values[f"{name}_id"] = values.pop(name)
        service = service_create(by=request.user, now=timezone.now(), **values)
        return Response(self._told(service), status=201)

    @extend_schema(request=None, responses=ServiceDetailOutput)
    @action(detail=True, methods=["post"])
    def close(self, request: Request, pk: UUID) -> Response:
        """End a service for good: requests that are waiting end, and every node forgets the model."""
        service = service_close(service_id=self.get_object().pk, by=request.user, now=timezone.now())
        return Response(self._told(service))

    @extend_schema(request=None, responses=ServiceDetailOutput)
    @action(detail=True, methods=["post"])
    def retry(self, request: Request, pk: UUID) -> Response:
        """Begin a failed publishing anew."""
        service = service_retry(service_id=self.get_object().pk, by=request.user, now=timezone.now())
        return Response(self._told(service))

    @extend_schema(responses={200: SignedDescriptorOutput, **refusals(errors.ServiceNotOpen)}, filters=False)
    @action(detail=True, pagination_class=None)
    def descriptor(self, request: Request, pk: UUID) -> Response:
        """Return what both parties have signed, byte for byte as they signed it once it is canonical JSON."""
        return Response(descriptors.signed_descriptor(self.get_object()))

    @extend_schema(responses=OperationsOutput, filters=False)
    @action(detail=True, pagination_class=None)
    def operations(self, request: Request, pk: UUID) -> Response:
        """Count and time the last 24 hours. It names no requester."""
        page = operations_selectors.operations_of(self.get_object(), now=timezone.now())
        return Response(OperationsOutput(page).data)

    def _told(self, service: DiagnosisService) -> dict[str, Any]:
        return ServiceDetailOutput(self.get_queryset().get(pk=service.pk)).data
