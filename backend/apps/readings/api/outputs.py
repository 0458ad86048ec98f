"""What the API says of a study, to each caller what they may know."""

from collections.abc import Mapping
from functools import cached_property
from typing import Any

from rest_framework import serializers

from backend.apps.federations.models import Membership, Role
from backend.apps.federations.selectors import memberships_of
from backend.apps.readings import policies
from backend.apps.readings.models import Rater, ReaderStudy
from backend.apps.readings.roles import LEAD, WATCH
from backend.apps.readings.selectors.studies import who_looked


class StudyFederationOutput(serializers.Serializer):
    """The study's federation."""

    id = serializers.UUIDField()
    name = serializers.CharField()


class RaterOutput(serializers.ModelSerializer):
    """A rater with its progress, and never with what it said. ``username`` is told to coordinators and auditors."""

    username = serializers.SerializerMethodField()
    own = serializers.SerializerMethodField()
    read = serializers.IntegerField(help_text="cases")
    amended = serializers.IntegerField(help_text="readings that were replaced by a later one")

    class Meta:
        model = Rater
        fields = (
            "id", "kind", "name", "username", "own", "model_version", "read", "amended", "created_at", "withdrawn_at",
        )  # fmt: skip

    def get_username(self, rater: Rater) -> str | None:
        """Return who the reader is, if the caller may know."""
        return rater.user.username if rater.user and self.context.get("named") else None

    def get_own(self, rater: Rater) -> bool:
        """Say whether the caller is this reader."""
        return rater.user_id == self.context["user"].pk


class LookOutput(serializers.Serializer):
    """Somebody saw the comparison before the study was closed."""

    username = serializers.CharField(source="user.username")
    readings = serializers.IntegerField(help_text="how many there were then")
    at = serializers.DateTimeField()


class StudyOutput(serializers.ModelSerializer):
    """A study as the caller may know it. A reader is told of no other rater before it is closed."""

    federation = StudyFederationOutput()
    cases = serializers.IntegerField(source="case_count")
    margin = serializers.FloatField(allow_null=True)
    classes = serializers.ListField(child=serializers.CharField())
    raters = serializers.SerializerMethodField()
    leads = serializers.SerializerMethodField(help_text="the caller coordinates the federation")
    reads = serializers.SerializerMethodField(help_text="the caller is a reader who was not withdrawn")
    blinded = serializers.SerializerMethodField(help_text="truth and comparison are hidden from the caller")
    seal = serializers.SerializerMethodField(help_text="once it is closed: what protocol_sha256 was taken with")

    class Meta:
        model = ReaderStudy
        fields = (
            "id", "federation", "title", "question", "classes", "margin", "washout", "ask_confidence", "state", "cases",
            "protocol_sha256", "seal", "leads", "reads", "blinded", "raters", "created_at", "opened_at", "closed_at",
        )  # fmt: skip

    def get_raters(self, study: ReaderStudy) -> RaterOutput(many=True):  # type: ignore[valid-type]
        """Return those whom the caller may know of."""
        user = self.context["request"].user
        watches = self._has(study, WATCH)
        all_of_them = watches or study.state == ReaderStudy.State.CLOSED
        raters = [one for one in study.counted_raters if all_of_them or one.user_id == user.pk]
        return RaterOutput(raters, many=True, context={"user": user, "named": watches}).data

    def get_leads(self, study: ReaderStudy) -> bool:
        """Say whether the caller may open and close it."""
        return self._has(study, LEAD)

    def get_reads(self, study: ReaderStudy) -> bool:
        """Say whether the caller has a worklist."""
        return any(one.withdrawn_at is None for one in self._own(study))

    def get_blinded(self, study: ReaderStudy) -> bool:
        """Say what the policy says."""
        return policies.is_hidden(study, leads=self._has(study, LEAD), reads=bool(self._own(study)))

    def get_seal(self, study: ReaderStudy) -> str | None:
        """Return the seal of a closed study."""
        return study.seal if study.state == ReaderStudy.State.CLOSED else None

    def _own(self, study: ReaderStudy) -> list[Rater]:
        return [one for one in study.counted_raters if one.user_id == self.context["request"].user.pk]

    def _has(self, study: ReaderStudy, roles: frozenset[Role]) -> bool:
        return any(one.federation_id == study.federation_id and one.role in roles for one in self._memberships)

    @cached_property
    def _memberships(self) -> list[Membership]:
        """Asked once for all studies of a page."""
        return list(memberships_of(self.context["request"].user))


class StudyDetailOutput(StudyOutput):
    """A study with who looked before its end."""

    looks = serializers.SerializerMethodField()

    class Meta(StudyOutput.Meta):
        fields = (*StudyOutput.Meta.fields, "looks")

    def get_looks(self, study: ReaderStudy) -> LookOutput(many=True):  # type: ignore[valid-type]
        """Return every look at the comparison that was taken early, to whom results are not hidden from."""
        if self.get_blinded(study):
            return []
        return LookOutput(who_looked(study), many=True).data


class CaseOutput(serializers.Serializer):
    """A case with its truth."""

    number = serializers.CharField()
    sha256 = serializers.CharField()
    truth = serializers.SerializerMethodField()

    def get_truth(self, case: Any) -> str:
        """Return the name of its class."""
        classes: list[str] = self.context["classes"]
        return classes[case.truth]


class OwnReadingOutput(serializers.Serializer):
    """What the reader said last of a case."""

    id = serializers.UUIDField()
    label = serializers.SerializerMethodField()
    confidence = serializers.IntegerField(allow_null=True)
    read_at = serializers.DateTimeField()
    seconds = serializers.FloatField()
    revision = serializers.IntegerField()
    position = serializers.IntegerField()

    def get_label(self, reading: Any) -> str:
        """Return the name of the class."""
        classes: list[str] = self.context["classes"]
        return classes[reading.label]


class WorkItemOutput(serializers.Serializer):
    """A case as its reader knows it: recognised by the file's SHA-256, without number or truth."""

    case = serializers.UUIDField()
    position = serializers.IntegerField()
    sha256 = serializers.CharField()
    reading = OwnReadingOutput(allow_null=True)


class WorklistOutput(serializers.Serializer):
    """A reader's own cases in their own order."""

    rater = serializers.CharField()
    items = WorkItemOutput(many=True)


class CandidateOutput(serializers.Serializer):
    """Somebody who could read."""

    id = serializers.UUIDField(source="user.id")
    username = serializers.CharField(source="user.username")
    name = serializers.CharField(source="user.get_full_name")
    roles = serializers.ListField(child=serializers.CharField())
    barred = serializers.CharField(help_text="`reads` already, `knows` the truth or the comparison, or empty")


def context_of(request: Any, **more: object) -> Mapping[str, object]:
    """Return what the serializers need of the caller."""
    return {"request": request, "user": request.user, **more}
