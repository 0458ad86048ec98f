"""The API of webhooks: addresses that hear of the caller's own diagnoses."""

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
from backend.apps.diagnosis.api.examples import WEBHOOK, WEBHOOK_INPUT
from backend.apps.diagnosis.api.refusals import refusals
from backend.apps.diagnosis.models import Webhook, WebhookDelivery
from backend.apps.diagnosis.selectors import webhooks as selectors
from backend.apps.diagnosis.services import webhooks as services
from backend.apps.diagnosis.webhook_message import KINDS, WebhookKind


class WebhookInput(serializers.Serializer):
    """Where to send what."""

    url = serializers.URLField(max_length=500)
    kinds = serializers.ListField(
        child=serializers.ChoiceField(WebhookKind.choices), min_length=1, max_length=len(KINDS), default=list(KINDS)
    )


class WebhookOutput(serializers.ModelSerializer):
    """A webhook without its secret."""

    kinds = serializers.ListField(child=serializers.ChoiceField(WebhookKind.choices))

    class Meta:
        model = Webhook
        fields = ("id", "url", "kinds", "active", "created_at")


class NewWebhookOutput(WebhookOutput):
    """A webhook with the secret that signs its messages, which is shown this once."""

    secret = serializers.CharField()

    class Meta(WebhookOutput.Meta):
        fields = (*WebhookOutput.Meta.fields, "secret")


class WebhookDeliveryOutput(serializers.ModelSerializer):
    """One message, and how its delivery goes."""

    diagnosis = serializers.UUIDField(source="diagnosis_id", allow_null=True)

    class Meta:
        model = WebhookDelivery
        fields = (
            "id", "kind", "diagnosis", "attempts", "created_at", "next_at", "delivered_at", "failed_at", "last_status",
        )  # fmt: skip


class WebhookViewSet(mixins.ListModelMixin, viewsets.GenericViewSet):
    """The caller's own webhooks."""

    serializer_class = WebhookOutput
    queryset = Webhook.objects.none()
    read_scope = write_scope = Scope.DIAGNOSES
    lookup_value_converter = "uuid"

    def get_queryset(self) -> QuerySet[Webhook]:
        """Return the caller's own."""
        return selectors.webhooks_visible_to(self.request.user)

    @extend_schema(
        request=WebhookInput,
        responses={201: NewWebhookOutput, **refusals(errors.WebhookTargetRefused, errors.TooManyWebhooks)},
        examples=[WEBHOOK_INPUT, WEBHOOK],
    )
    def create(self, request: Request) -> Response:
        """Register an address. Every message is signed with the secret that this answer shows once."""
        given = WebhookInput(data=request.data)
        given.is_valid(raise_exception=True)
        webhook, secret = services.webhook_create(user=request.user, now=timezone.now(), **given.validated_data)
        webhook.secret = secret
        return Response(NewWebhookOutput(webhook).data, status=201)

    @extend_schema(responses={204: None})
    def destroy(self, request: Request, pk: UUID) -> Response:
        """Forget a webhook and whatever it has not been sent yet."""
        services.webhook_delete(user=request.user, webhook_id=pk, now=timezone.now())
        return Response(status=204)

    @extend_schema(request=None, responses={201: WebhookDeliveryOutput})
    @action(detail=True, methods=["post"])
    def test(self, request: Request, pk: UUID) -> Response:
        """Send a message of the kind ``webhook.test``, signed like any other."""
        delivery = services.webhook_test(webhook_id=self.get_object().pk, now=timezone.now())
        return Response(WebhookDeliveryOutput(delivery).data, status=201)

    @extend_schema(responses=WebhookDeliveryOutput(many=True), filters=False)
    @action(detail=True)
    def deliveries(self, request: Request, pk: UUID) -> Response:
        """List what was sent, the latest first."""
        page = self.paginate_queryset(self.get_object().deliveries.all())
        return self.get_paginated_response(WebhookDeliveryOutput(page, many=True).data)
