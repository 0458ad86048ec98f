"""The API of diagnosis services: publish a model, look at what is offered, close it."""

from typing import Any
from uuid import UUID

from django.db.models import Count, Q, QuerySet
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
from backend.apps.diagnosis.api.operations import OperationsOutput, StockOutput
from backend.apps.diagnosis.api.prices import PriceInput, ProtocolPriceOutput
from backend.apps.diagnosis.api.references import DiagnosisFailureOutput, ModelRefOutput
from backend.apps.diagnosis.api.refusals import refusals
from backend.apps.diagnosis.models import Diagnosis, DiagnosisService
from backend.apps.diagnosis.selectors import descriptors, publishing
from backend.apps.diagnosis.selectors import operations as operations_selectors
from backend.apps.diagnosis.selectors import services as selectors
from backend.apps.diagnosis.selectors.prices import PROTOCOLS, prices_of
from backend.apps.diagnosis.services.publishing import service_create, service_retry
from backend.apps.diagnosis.services.service_end import service_close
from backend.apps.registry.api import NamedOutput
from backend.apps.registry.selectors import visible_to as models_visible_to
from backend.common.errors import NotFound
from primia_core.mpc.profile import PROFILES

STEPS = [(name, name) for name in publishing.STEPS]
STEP_STATES = [(name, name) for name in publishing.STATES]


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

    step = serializers.ChoiceField(STEPS)
    state = serializers.ChoiceField(STEP_STATES)
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
        source="facts.program", default=None, allow_null=True, help_text="digest of the public program"
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
        signed = descriptors.signed_descriptor(service)
        return signed.to_json()["signatures"] if signed else []

    def get_steps(self, service: DiagnosisService) -> PublishingStepOutput(many=True):  # type: ignore[valid-type]
        """Return the stations of the present attempt."""
        return publishing.steps_of(service)


class ServiceInput(serializers.Serializer):
    """Which model is offered, to whom it is shared out, and on what terms."""

    model_version = serializers.UUIDField()
    title = serializers.CharField(max_length=120)
    intended_use = serializers.CharField(max_length=2000)
    policy = serializers.ChoiceField(DiagnosisService.Policy.choices, default=DiagnosisService.Policy.LOGITS)
    protocol = serializers.ChoiceField([(name, name) for name in PROTOCOLS], default="tables")
    profile = serializers.ChoiceField([(name, name) for name in PROFILES], default="fast")
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
        if self.action == "operations":
            return operations_selectors.services_run_with(self.request.user)
        waiting = Count("diagnoses", filter=Q(diagnoses__state=Diagnosis.State.QUEUED))
        return selectors.services_visible_to(self.request.user).annotate(waiting=waiting)

    def get_serializer_class(self) -> type[ServiceOutput]:
        """Lists are short; one service is told in full."""
        return ServiceOutput if self.action == "list" else ServiceDetailOutput

    @extend_schema(
        request=ServiceInput,
        responses={201: ServiceDetailOutput, **refusals(errors.ModelUnfit, errors.NodeUnfit)},
        examples=[SERVICE_INPUT],
    )
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

    @extend_schema(request=PriceInput, responses=ProtocolPriceOutput(many=True))
    @action(detail=False, methods=["post"], pagination_class=None, filterset_fields=None)
    def price(self, request: Request) -> Response:
        """Say what one diagnosis would cost under each protocol; nothing is kept."""
        given = PriceInput(data=request.data)
        given.is_valid(raise_exception=True)
        version = models_visible_to(request.user).filter(pk=given.validated_data["model_version"]).first()
        if version is None:
            raise NotFound("There is no such model version, or you may not see it.")
        terms = {name: given.validated_data[name] for name in ("policy", "profile")}
        return Response(ProtocolPriceOutput(prices_of(version=version, **terms), many=True).data)

    @extend_schema(responses=SignedDescriptorOutput, filters=False)
    @action(detail=True, pagination_class=None)
    def descriptor(self, request: Request, pk: UUID) -> Response:
        """Return what both parties have signed, byte for byte as they signed it once it is canonical JSON."""
        signed = descriptors.signed_descriptor(self.get_object())
        if signed is None:
            raise NotFound("This service is not described yet; ask again when its state is open.")
        return Response(signed.to_json())

    @extend_schema(responses=OperationsOutput, filters=False)
    @action(detail=True, pagination_class=None)
    def operations(self, request: Request, pk: UUID) -> Response:
        """Count and time the last 24 hours. It names no requester."""
        page = operations_selectors.operations_of(self.get_object(), now=timezone.now())
        return Response(OperationsOutput(page).data)

    def _told(self, service: DiagnosisService) -> dict[str, Any]:
        return ServiceDetailOutput(self.get_queryset().get(pk=service.pk)).data
