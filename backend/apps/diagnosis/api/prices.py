"""The API of the price of privacy: what a diagnosis would cost, before a model is shared out."""

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from backend.apps.accounts.models import Scope
from backend.apps.diagnosis.models import DiagnosisService
from backend.apps.diagnosis.selectors.prices import prices_of
from backend.apps.registry.selectors import visible_to
from backend.common.errors import NotFound
from primia_core.mpc.profile import PROFILES


class PriceInput(serializers.Serializer):
    """Which model would be offered, and on what terms."""

    model_version = serializers.UUIDField()
    policy = serializers.ChoiceField(DiagnosisService.Policy.choices, default=DiagnosisService.Policy.LOGITS)
    profile = serializers.ChoiceField([(name, name) for name in PROFILES], default="fast")


class StockBytesOutput(serializers.Serializer):
    """Bytes of correlations that each party is sent ahead, for one diagnosis."""

    p0 = serializers.IntegerField()
    p1 = serializers.IntegerField()


class ProtocolPriceOutput(serializers.Serializer):
    """One diagnosis under one protocol: counted exactly, and timed where services alike have been measured."""

    protocol = serializers.CharField()
    rounds = serializers.IntegerField()
    bytes_each_way = serializers.IntegerField()
    stock_bytes = StockBytesOutput()
    online_seconds = serializers.FloatField(allow_null=True)


class ServicePriceView(APIView):
    """What a diagnosis with a model would cost. Asking shares nothing and stores nothing."""

    write_scope = Scope.SERVICES

    @extend_schema(operation_id="services_price", request=PriceInput, responses={200: ProtocolPriceOutput(many=True)})
    def post(self, request: Request) -> Response:
        """Price a diagnosis under each protocol."""
        given = PriceInput(data=request.data)
        given.is_valid(raise_exception=True)
        version = visible_to(request.user).filter(pk=given.validated_data.pop("model_version")).first()
        if version is None:
            raise NotFound("There is no such model version, or you may not see it.")
        prices = prices_of(version=version, **given.validated_data)
        return Response(ProtocolPriceOutput(prices, many=True).data)
