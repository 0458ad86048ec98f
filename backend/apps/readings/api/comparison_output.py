"""The comparison of a study's raters, as the API tells it."""

from typing import Any

from rest_framework import serializers

from backend.apps.readings.models import Rater


class RaterFigureOutput(serializers.Serializer):
    """A figure with its 95 % interval; none where nothing defines it."""

    value = serializers.FloatField(allow_null=True)
    low = serializers.FloatField(allow_null=True)
    high = serializers.FloatField(allow_null=True)
    method = serializers.CharField(allow_null=True, default=None, help_text="of the interval")


class RatedClassOutput(serializers.Serializer):
    """One class against the others."""

    name = serializers.CharField()
    n = serializers.IntegerField()
    sensitivity = RaterFigureOutput()
    specificity = RaterFigureOutput()
    precision = RaterFigureOutput()
    f1 = serializers.FloatField()


class RaterReportOutput(serializers.Serializer):
    """What one rater's confusion matrix says; its rows are the truth."""

    n = serializers.IntegerField()
    classes = RatedClassOutput(many=True)
    confusion = serializers.ListField(child=serializers.ListField(child=serializers.IntegerField()))
    accuracy = RaterFigureOutput()
    balanced_accuracy = serializers.FloatField()
    mcc = RaterFigureOutput()
    kappa = serializers.FloatField(help_text="with the truth")


class RaterCurveOutput(serializers.Serializer):
    """A ROC curve of one class against the others."""

    name = serializers.CharField()
    fpr = serializers.ListField(child=serializers.FloatField())
    tpr = serializers.ListField(child=serializers.FloatField())
    auc = RaterFigureOutput()


class RatedOutput(serializers.Serializer):
    """One rater with its figures."""

    id = serializers.UUIDField(source="rater.id")
    name = serializers.CharField(source="rater.name")
    kind = serializers.ChoiceField(Rater.Kind.choices, source="rater.kind")
    own = serializers.SerializerMethodField()
    model_version = serializers.UUIDField(source="rater.model_version_id", allow_null=True)
    after_closing = serializers.BooleanField(help_text="brought in when the others' readings were known")
    seconds = serializers.FloatField(allow_null=True, help_text="median of a case, pauses left out")
    amended = serializers.IntegerField()
    report = RaterReportOutput()
    curves = RaterCurveOutput(many=True, help_text="where the rater gives probabilities")

    def get_own(self, result: Any) -> bool:
        """Say whether the caller is this rater."""
        user_id: object = result.rater.user_id
        return user_id == self.context["user"].pk


class RaterPairOutput(serializers.Serializer):
    """Two raters of the same cases; see `primia compare --help`."""

    first = serializers.CharField()
    second = serializers.CharField()
    alone = serializers.ListField(child=serializers.IntegerField(), min_length=2, max_length=2)
    difference = RaterFigureOutput(help_text="accuracy of the first less that of the second, Newcombe's interval")
    exact_p = serializers.FloatField(help_text="McNemar's exact test")
    mid_p = serializers.FloatField()
    corrected_p = serializers.FloatField(allow_null=True)
    holm_p = serializers.FloatField(help_text="exact_p for as many tests as there are pairs")
    kappa = serializers.FloatField()
    kappa_linear = serializers.FloatField()
    kappa_quadratic = serializers.FloatField()
    non_inferior = serializers.BooleanField(allow_null=True)


class LeftOutRaterOutput(serializers.Serializer):
    """A rater that takes no part."""

    name = serializers.CharField()
    missing = serializers.IntegerField(help_text="cases that it has not read")


class ComparisonOutput(serializers.Serializer):
    """All raters and all pairs."""

    n = serializers.IntegerField(source="compared.n", help_text="cases that are compared")
    of = serializers.IntegerField(source="table.of", help_text="cases of the study")
    interim = serializers.SerializerMethodField(help_text="the study is not closed: the figures may still change")
    margin = serializers.FloatField(source="compared.margin", allow_null=True)
    classes = serializers.ListField(child=serializers.CharField(), source="study.classes")
    raters = RatedOutput(many=True)
    pairs = RaterPairOutput(source="compared.pairs", many=True)
    left_out = serializers.SerializerMethodField()

    def get_interim(self, comparison: Any) -> bool:
        """Say whether readings may still come."""
        return comparison.study.closed_at is None

    def get_left_out(self, comparison: Any) -> LeftOutRaterOutput(many=True):  # type: ignore[valid-type]
        """Return who is not in it, and why."""
        rows = [{"name": rater.name, "missing": missing} for rater, missing in comparison.table.left_out]
        return LeftOutRaterOutput(rows, many=True).data
