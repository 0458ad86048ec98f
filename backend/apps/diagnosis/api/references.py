"""How other things are named beside their ids."""

from rest_framework import serializers


class ModelRefOutput(serializers.Serializer):
    """The model version that a service offers."""

    id = serializers.UUIDField()
    name = serializers.CharField()
    number = serializers.IntegerField()


class DiagnosisFailureOutput(serializers.Serializer):
    """Why something failed: at which node, in which phase, and what a person can do."""

    code = serializers.CharField(default="", help_text="stands for the reason and never changes")
    message = serializers.CharField(source="reason", help_text="the reason, for people")
    phase = serializers.CharField(default=None, allow_null=True)
    node = serializers.CharField(default=None, allow_null=True, help_text="p0, p1, dealer or owner")
    next_step = serializers.CharField(default="")
