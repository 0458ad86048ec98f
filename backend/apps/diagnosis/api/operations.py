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
    """How long a step took; of what both parties do, the slower one counts. Seconds."""

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


class StockLevelsOutput(serializers.Serializer):
    """Sets of correlations now, and when they are ordered."""

    p0 = serializers.IntegerField()
    p1 = serializers.IntegerField()
    low = serializers.IntegerField()
    full = serializers.IntegerField()


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
    stock = StockLevelsOutput()
    throughput = ThroughputOutput(many=True)
    queue = QueueOutput(many=True)
    stock_history = StockSampleOutput(many=True)
    steps = StepTimesOutput(many=True)
    failures = FailureCountOutput(many=True)
