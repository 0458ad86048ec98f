"""The API of diagnoses: send a sealed request, follow it, collect its sealed answer. It opens nothing."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers, viewsets
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.urls import replace_query_param

from backend.apps.accounts.models import ApiToken, Scope
from backend.apps.diagnosis import errors
from backend.apps.diagnosis.api.base64_field import Base64Field
from backend.apps.diagnosis.api.examples import ANSWERS, DIAGNOSIS, DIAGNOSIS_INPUT, RECEIPT
from backend.apps.diagnosis.api.references import DiagnosisFailureOutput
from backend.apps.diagnosis.api.refusals import refusals
from backend.apps.diagnosis.api.throttles import take_turn
from backend.apps.diagnosis.models import Diagnosis
from backend.apps.diagnosis.selectors import diagnoses as selectors
from backend.apps.diagnosis.selectors import events
from backend.apps.diagnosis.services.diagnosis_collect import diagnosis_acknowledge, diagnosis_collect
from backend.apps.diagnosis.services.diagnosis_create import diagnosis_create
from backend.apps.diagnosis.services.diagnosis_end import diagnosis_cancel
from backend.apps.events.api import EventsInput
from backend.common.errors import InvalidInput

IDEMPOTENCY = OpenApiParameter(
    "Idempotency-Key", str, OpenApiParameter.HEADER, description="optional; must be the request's id, which does it all"
)


class DiagnosisInput(serializers.Serializer):
    """A request: two sealed shares, which only the two parties can open, each its own."""

    id = serializers.UUIDField(help_text="the requester's own; the same id with the same content is the same request")
    service = serializers.UUIDField()
    descriptor = serializers.RegexField(r"^[0-9a-f]{64}$", help_text="digest of the descriptor that was sealed for")
    shares = serializers.ListField(
        child=Base64Field(), min_length=2, max_length=2, help_text="for party 0 and party 1, in this order"
    )
    batch = serializers.UUIDField(required=False, allow_null=True, default=None)


class DiagnosisOutput(serializers.ModelSerializer):
    """A request as it stands. Nothing in it tells what was asked or answered."""

    service = serializers.UUIDField(source="service_id")
    service_title = serializers.CharField(source="service.title")
    batch = serializers.UUIDField(source="batch_id", allow_null=True)
    position = serializers.SerializerMethodField()
    steps = serializers.DictField(
        child=serializers.DictField(child=serializers.FloatField()), help_text="seconds, by party and step"
    )
    failure = DiagnosisFailureOutput(allow_null=True)

    class Meta:
        model = Diagnosis
        fields = (
            "id", "service", "service_title", "batch", "state", "position", "attempts", "steps", "failure",
            "created_at", "computing_at", "answered_at", "collected_at", "ended_at", "expires_at",
        )  # fmt: skip

    def get_position(self, diagnosis: Diagnosis) -> int | None:
        """Return how many requests the same parties answer before it; null once it is no longer queued."""
        return self.context["positions"].get(diagnosis.pk)


def told(diagnoses: Iterable[Diagnosis]) -> list[dict[str, Any]]:
    """Return requests as the API tells them, with their places in the queue looked up once for all."""
    rows = list(diagnoses)
    return DiagnosisOutput(rows, many=True, context={"positions": selectors.queue_positions(rows)}).data


class SealedAnswerOutput(serializers.Serializer):
    """What one party answered: sealed for the requester's answer key, signed by the party."""

    party = serializers.IntegerField()
    sealed = serializers.CharField(help_text="base64")
    signature = serializers.CharField(help_text="base64, Ed25519")


class AnswersOutput(serializers.Serializer):
    """Both sealed answers."""

    answers = SealedAnswerOutput(many=True)


RECEIPT_BYTES = 32


class ReceiptInput(serializers.Serializer):
    """A collector's secret."""

    receipt = Base64Field(help_text="32 random bytes, base64: who has them may collect again, and acknowledge")

    def validate_receipt(self, receipt: bytes) -> bytes:
        """Refuse what could be guessed."""
        if len(receipt) != RECEIPT_BYTES:
            raise serializers.ValidationError(f"This has {len(receipt)} bytes; draw {RECEIPT_BYTES} random ones.")
        return receipt


class CollectInput(ReceiptInput):
    """Who collects."""

    receipt = Base64Field(
        required=False, allow_null=True, default=None,
        help_text="32 random bytes, base64, kept durably before; without them the answer is handed out once",
    )  # fmt: skip

    def validate_receipt(self, receipt: bytes | None) -> bytes | None:
        """Refuse what could be guessed."""
        return None if receipt is None else super().validate_receipt(receipt)


class DiagnosisEventOutput(serializers.Serializer):
    """One event, exactly as the live stream's frame."""

    seq = serializers.IntegerField()
    time = serializers.DateTimeField()
    kind = serializers.CharField()
    payload = serializers.DictField()


class DiagnosisEventPageOutput(serializers.Serializer):
    """Events in order. ``next`` is set while there may be more."""

    next = serializers.URLField(allow_null=True)
    previous = serializers.URLField(allow_null=True)
    results = DiagnosisEventOutput(many=True)


class DiagnosisViewSet(viewsets.GenericViewSet):
    """The caller's own requests."""

    serializer_class = DiagnosisOutput
    queryset = Diagnosis.objects.none()
    filterset_fields = ("service", "batch", "state")
    read_scope = write_scope = Scope.DIAGNOSES
    lookup_value_converter = "uuid"

    def get_queryset(self) -> QuerySet[Diagnosis]:
        """Return the caller's own."""
        return selectors.diagnoses_visible_to(self.request.user)

    @extend_schema(responses=DiagnosisOutput(many=True))
    def list(self, request: Request) -> Response:
        """List the caller's own requests, the latest first."""
        page = self.paginate_queryset(self.filter_queryset(self.get_queryset()))
        return self.get_paginated_response(told(page))

    def retrieve(self, request: Request, pk: UUID) -> Response:
        """Tell of one request."""
        return Response(told([self.get_object()])[0])

    @extend_schema(
        parameters=[IDEMPOTENCY],
        request=DiagnosisInput,
        responses={
            201: DiagnosisOutput,
            200: DiagnosisOutput,
            **refusals(
                errors.BadShare,
                errors.ServiceClosed,
                errors.ServiceExpired,
                errors.WrongDescriptor,
                errors.IdTaken,
                errors.ShareTooLarge,
                errors.TooManyDiagnoses,
                errors.BudgetUsedUp,
                errors.TokenQuotaUsedUp,
            ),
        },
        examples=[DIAGNOSIS_INPUT, DIAGNOSIS],
    )
    def create(self, request: Request) -> Response:
        """Send a request. Sending the same again returns it as it stands (200) and costs nothing."""
        token = request.auth if isinstance(request.auth, ApiToken) else None
        take_turn(user=request.user, token=token)
        given = DiagnosisInput(data=request.data)
        given.is_valid(raise_exception=True)
        wanted: dict[str, Any] = given.validated_data
        if request.headers.get("Idempotency-Key", str(wanted["id"])) != str(wanted["id"]):
            raise InvalidInput(
                "Some values do not fit; see fields.",
                fields={"id": ["This differs from the header Idempotency-Key; send the id there, or no such header."]},
            )
        diagnosis, created = diagnosis_create(
            diagnosis_id=wanted["id"],
            service_id=wanted["service"],
            descriptor=wanted["descriptor"],
            shares=(wanted["shares"][0], wanted["shares"][1]),
            batch_id=wanted["batch"],
            by=request.user,
            token=token,
            now=timezone.now(),
        )
        return Response(told([diagnosis])[0], status=201 if created else 200)

    @extend_schema(responses={204: None})
    def destroy(self, request: Request, pk: UUID) -> Response:
        """End a request that is under way, or forget one that has ended. An answer not collected is lost."""
        diagnosis_cancel(diagnosis_id=self.get_object().pk, by=request.user, now=timezone.now())
        return Response(status=204)

    @extend_schema(
        request=CollectInput,
        responses={200: AnswersOutput, **refusals(errors.NotReady, errors.Collected)},
        examples=[RECEIPT, ANSWERS],
    )
    @action(detail=True, methods=["post"])
    def collect(self, request: Request, pk: UUID) -> Response:
        """Hand out the sealed answers to one collector: again for its receipt until it acknowledges, else once."""
        given = CollectInput(data=request.data)
        given.is_valid(raise_exception=True)
        diagnosis = self.get_object()
        answers = diagnosis_collect(
            diagnosis_id=diagnosis.pk, by=request.user, now=timezone.now(), **given.validated_data
        )
        return Response(AnswersOutput({"answers": answers}).data)

    @extend_schema(
        request=ReceiptInput,
        responses={204: None, **refusals(errors.NotReady, errors.Collected)},
        examples=[RECEIPT],
    )
    @action(detail=True, methods=["post"])
    def acknowledge(self, request: Request, pk: UUID) -> Response:
        """Say that the answers have arrived: they are deleted. Saying it twice is harmless."""
        given = ReceiptInput(data=request.data)
        given.is_valid(raise_exception=True)
        diagnosis = self.get_object()
        diagnosis_acknowledge(diagnosis_id=diagnosis.pk, by=request.user, now=timezone.now(), **given.validated_data)
        return Response(status=204)

    @extend_schema(
        parameters=[EventsInput],
        responses=DiagnosisEventPageOutput,
        filters=False,
        operation_id="diagnoses_events_list",
    )
    @action(detail=True, pagination_class=None)
    def events(self, request: Request, pk: UUID) -> Response:
        """Return the events after a number, for programs that would rather ask than listen."""
        given = EventsInput(data=request.query_params)
        given.is_valid(raise_exception=True)
        rows = events.events_after(diagnosis_id=self.get_object().pk, **given.validated_data)
        following = None
        if len(rows) == given.validated_data["limit"]:
            following = replace_query_param(request.build_absolute_uri(), "after", rows[-1]["seq"])
        return Response({"next": following, "previous": None, "results": rows})
