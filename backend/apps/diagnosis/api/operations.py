"""How the API tells of a service's last day: counts and times, no requester."""

from rest_framework import serializers


class ThroughputOutput(serializers.Serializer):
    """Requests that ended in the span that begins at ``at``."""

    at = serializers.DateTimeField()
    answered = serializers.IntegerField()
    failed = serializers.IntegerField()


class QueueOutput(serializers.Serializer):
    """Requests that waited when the span ended."""

    at = serializers.DateTimeField()
    waiting = serializers.IntegerField()


class StockSampleOutput(serializers.Serializer):
    """Sets of correlations at both parties, whenever that changed."""

    at = serializers.DateTimeField()
    p0 = serializers.IntegerField()
    p1 = serializers.IntegerField()


class StepTimesOutput(serializers.Serializer):
    """How long a step of answered requests took, in seconds. ``queue`` and ``whole`` are the hub's own clock."""

    step = serializers.CharField()
    n = serializers.IntegerField()
    p50 = serializers.FloatField()
    p90 = serializers.FloatField()
    p99 = serializers.FloatField()


class FailureCountOutput(serializers.Serializer):
    """How often requests failed for one reason."""

    code = serializers.CharField()
    count = serializers.IntegerField()
    last_at = serializers.DateTimeField()


class StockOutput(serializers.Serializer):
    """Sets of correlations at each party, and when more are ordered: below ``low``, up to ``full``."""

    p0 = serializers.IntegerField(source="stock_p0")
    p1 = serializers.IntegerField(source="stock_p1")
    low = serializers.IntegerField(source="stock_low")
    full = serializers.IntegerField(source="stock_full")


class OperationsOutput(serializers.Serializer):
    """One service, over the last 24 hours."""

    since = serializers.DateTimeField()
    until = serializers.DateTimeField()
    bucket_seconds = serializers.IntegerField()
    answered = serializers.IntegerField()
    failed = serializers.IntegerField()
    expired = serializers.IntegerField()
    waiting = serializers.IntegerField(help_text="now")
    computing = serializers.IntegerField(help_text="now")
    per_minute = serializers.FloatField(help_text="answered in the last ten minutes, by the minute")
    stock = StockOutput()
    throughput = ThroughputOutput(many=True)
    queue = QueueOutput(many=True)
    stock_history = StockSampleOutput(many=True)
    steps = StepTimesOutput(many=True)
    failures = FailureCountOutput(many=True)
