"""What the API takes: a protocol, a reader, a table, a reading."""

from decimal import Decimal

from rest_framework import serializers

from backend.apps.readings.models import Rater
from backend.apps.readings.selectors.tables import ALL, COMMON
from backend.apps.readings.services.reading_give import GivenReading

MAX_TABLE = 2 * 2**20
DAY_S = 24 * 3600
IMPORTED = [Rater.Kind.PERSON.value, Rater.Kind.MODEL.value]


class StudyInput(serializers.Serializer):
    """A study. The margin is stated here, before anybody reads, and never changes."""

    id = serializers.UUIDField(help_text="the maker's own; the same again is the same study")
    federation = serializers.UUIDField()
    title = serializers.CharField(max_length=120)
    question = serializers.CharField(max_length=400, help_text="what readers are asked of every picture")
    classes = serializers.ListField(
        child=serializers.CharField(max_length=40), min_length=2, max_length=9, help_text="in the order of their keys"
    )
    margin = serializers.DecimalField(
        max_digits=4, decimal_places=3, min_value=Decimal("0.001"), max_value=Decimal("0.999"), allow_null=True,
        help_text="of non-inferiority, in accuracy",
    )  # fmt: skip
    washout = serializers.CharField(max_length=400, allow_blank=True, default="")
    ask_confidence = serializers.BooleanField(default=False)
    cases = serializers.CharField(
        max_length=MAX_TABLE, trim_whitespace=False, help_text="CSV: case, sha256, truth (`primia readings prepare`)"
    )


class ReaderInput(serializers.Serializer):
    """Who is to read."""

    user = serializers.UUIDField()


class RatersInput(serializers.Serializer):
    """A table of readings that were taken elsewhere, or of a model's predictions."""

    kind = serializers.ChoiceField(IMPORTED)
    name = serializers.CharField(
        max_length=60, allow_blank=True, default="", help_text="of the rater, where the table has a column `label`"
    )
    table = serializers.CharField(max_length=MAX_TABLE, trim_whitespace=False)
    model_version = serializers.UUIDField(required=False, allow_null=True, default=None)


class ReadingInput(serializers.Serializer):
    """One reading. No name of a file and no part of a picture is ever sent."""

    id = serializers.UUIDField(help_text="drawn on the reader's device; the same again is the same reading")
    case = serializers.UUIDField()
    label = serializers.CharField(max_length=40)
    confidence = serializers.IntegerField(min_value=0, max_value=100, allow_null=True, default=None)
    shown_at = serializers.DateTimeField()
    read_at = serializers.DateTimeField()
    seconds = serializers.FloatField(min_value=0, max_value=DAY_S, help_text="with the picture in view")
    replaces = serializers.UUIDField(allow_null=True, default=None, help_text="the reading of this case that it amends")

    def given(self) -> GivenReading:
        """Return it for the service."""
        return GivenReading(**self.validated_data)


class CasesQuery(serializers.Serializer):
    """Which cases are compared."""

    cases = serializers.ChoiceField([ALL, COMMON], default=ALL)
