"""Reader studies: their cases, their raters and what these said. No row holds a picture or the name of a file."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from backend.apps.federations.models import HEX_64


class ReaderStudy(models.Model):
    """A question about pictures, asked of several raters. Its protocol is fixed before anybody reads.

    Whoever has the ``seal``, which is shown once the study is closed, can check that ``protocol_sha256`` was taken
    from these cases, this truth and this margin.
    """

    class State(models.TextChoices):
        """Raters are brought to a draft, readings to an open study; a closed one can be compared by everybody in it."""

        DRAFT = "draft"
        OPEN = "open"
        CLOSED = "closed"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    federation = models.ForeignKey("federations.Federation", on_delete=models.PROTECT, related_name="reader_studies")
    title = models.CharField(max_length=120)
    question = models.CharField(max_length=400, help_text="what readers are asked of every picture")
    classes = models.JSONField(help_text="names, in the order of their indices")
    margin = models.DecimalField(
        max_digits=4, decimal_places=3, null=True, help_text="of non-inferiority, in accuracy, stated beforehand"
    )
    washout = models.CharField(max_length=400, blank=True, help_text="what readers did before, and how long ago")
    ask_confidence = models.BooleanField(default=False)
    state = models.CharField(max_length=8, choices=State.choices, default=State.DRAFT)
    seal = models.CharField(max_length=64, help_text="32 random bytes, hidden until the study is closed")
    protocol_sha256 = models.CharField(max_length=64)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField()
    opened_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(margin=None) | Q(margin__gt=0, margin__lt=1), name="reader_study_margin_between_0_and_1"
            ),
            models.CheckConstraint(
                condition=Q(seal__regex=HEX_64, protocol_sha256__regex=HEX_64), name="reader_study_hashes"
            ),
            models.CheckConstraint(
                condition=Q(state="draft", opened_at=None, closed_at=None)
                | Q(state="open", opened_at__isnull=False, closed_at=None)
                | Q(state="closed", opened_at__isnull=False, closed_at__isnull=False),
                name="reader_study_state_has_its_times",
            ),
        ]

    def __str__(self) -> str:
        return self.title


class StudyCase(models.Model):
    """One picture. Readers know its ``id``, which is random, and its hash; never its number or its truth."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    study = models.ForeignKey(ReaderStudy, on_delete=models.CASCADE, related_name="cases")
    number = models.CharField(max_length=40, help_text="as the coordinator's table calls it")
    sha256 = models.CharField(max_length=64, help_text="of the picture's file")
    truth = models.PositiveSmallIntegerField(help_text="index of a class")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["study", "number"], name="study_case_number_unique"),
            models.UniqueConstraint(fields=["study", "sha256"], name="study_case_file_unique"),
            models.CheckConstraint(condition=Q(sha256__regex=HEX_64), name="study_case_sha256"),
        ]

    def __str__(self) -> str:
        return self.number


class Rater(models.Model):
    """Who says something of the cases: a user who reads them here, or a person or model whose labels were imported."""

    class Kind(models.TextChoices):
        """How a rater's readings come about."""

        READER = "reader"
        PERSON = "person"
        MODEL = "model"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    study = models.ForeignKey(ReaderStudy, on_delete=models.CASCADE, related_name="raters")
    kind = models.CharField(max_length=8, choices=Kind.choices)
    name = models.CharField(max_length=60, help_text="in tables and exports; a reader's is a pseudonym")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="rated_studies"
    )
    model_version = models.ForeignKey(
        "registry.ModelVersion", on_delete=models.PROTECT, null=True, related_name="rated_studies"
    )
    order = models.JSONField(default=list, help_text="a reader's own: ids of cases, drawn for them alone")
    source_sha256 = models.CharField(max_length=64, blank=True, help_text="of the imported table")
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True, help_text="takes no further part; stays blinded")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["study", "name"], name="rater_name_unique"),
            models.UniqueConstraint(fields=["study", "user"], name="rater_user_unique"),
            models.CheckConstraint(
                condition=Q(kind="reader", user__isnull=False) | (~Q(kind="reader") & Q(user=None)),
                name="rater_is_a_user_if_a_reader",
            ),
            models.CheckConstraint(
                condition=Q(kind="model") | Q(model_version=None), name="rater_model_version_is_for_models"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Reading(models.Model):
    """What one rater said of one case, for good: a later thought is another row with the next ``revision``.

    A reader's id is drawn on their device, so that sending again is harmless.
    """

    id = models.UUIDField(primary_key=True, editable=False)
    rater = models.ForeignKey(Rater, on_delete=models.CASCADE, related_name="readings")
    case = models.ForeignKey(StudyCase, on_delete=models.CASCADE, related_name="readings")
    revision = models.PositiveSmallIntegerField(default=1)
    label = models.PositiveSmallIntegerField(help_text="index of a class")
    confidence = models.PositiveSmallIntegerField(null=True, help_text="0 to 100, in the label")
    probabilities = models.JSONField(null=True, help_text="a model's, one for each class")
    position = models.PositiveIntegerField(null=True, help_text="the how-manieth reading of this reader it is")
    shown_at = models.DateTimeField(null=True, help_text="by the reader's clock")
    read_at = models.DateTimeField(null=True, help_text="by the reader's clock")
    seconds = models.FloatField(null=True, help_text="with the picture in view, pauses left out")
    received_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["rater", "case", "revision"], name="reading_revision_unique"),
            models.UniqueConstraint(fields=["rater", "position"], name="reading_position_unique"),
            models.CheckConstraint(condition=Q(revision__gte=1), name="reading_revision_from_one"),
            models.CheckConstraint(
                condition=Q(confidence=None) | Q(confidence__lte=100), name="reading_confidence_to_100"
            ),
            models.CheckConstraint(condition=Q(seconds=None) | Q(seconds__gte=0), name="reading_seconds_not_negative"),
            models.CheckConstraint(
                condition=Q(shown_at=None, read_at=None) | Q(shown_at__lte=F("read_at")), name="reading_times_in_order"
            ),
        ]


class Look(models.Model):
    """Somebody saw what readers must not: who, what, and how many readings there were. Such a person never reads."""

    class What(models.TextChoices):
        """What was seen."""

        TRUTH = "truth"
        COMPARISON = "comparison"

    study = models.ForeignKey(ReaderStudy, on_delete=models.CASCADE, related_name="looks")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    what = models.CharField(max_length=12, choices=What.choices)
    readings = models.PositiveIntegerField()
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["study", "user", "what", "readings"], name="look_unique"),
        ]
