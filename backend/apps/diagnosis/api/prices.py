"""How the API asks for and tells the price of privacy, before a model is shared out."""

from rest_framework import serializers

from backend.apps.diagnosis.models import DiagnosisService
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
    """One diagnosis under one protocol: counted exactly, and timed as was expected of services alike."""

    protocol = serializers.CharField()
    rounds = serializers.IntegerField()
    bytes_each_way = serializers.IntegerField()
    stock_bytes = StockBytesOutput()
    online_seconds = serializers.FloatField(allow_null=True)
