"""The API of the privacy ledger: what each site says that its studies have spent."""

from django.db.models import QuerySet
from django_filters import rest_framework as filters
from rest_framework import mixins, serializers, viewsets

from backend.apps.jobs.outputs import FederationRef, SiteRef
from backend.apps.privacy import selectors
from backend.apps.privacy.models import StudySpending
from backend.common.pagination import CursorPages


class SpendingFilter(filters.FilterSet):
    """By federation, site and study."""

    federation = filters.UUIDFilter(field_name="site__federation")
    site = filters.CharFilter(field_name="site__slug")

    class Meta:
        model = StudySpending
        fields = ("federation", "site", "study", "job")


class SpendingOutput(serializers.ModelSerializer):
    """What one job has spent of a study at one site."""

    federation = FederationRef(source="site.federation")
    site = SiteRef()
    job_title = serializers.CharField(source="job.title")
    mode = serializers.ChoiceField(["local", "distributed"], source="job.plan.privacy.mode")
    unit = serializers.ChoiceField(["image", "patient"], source="job.plan.privacy.unit")

    class Meta:
        model = StudySpending
        fields = (
            "id", "federation", "site", "study", "job", "job_title", "mode", "unit", "rounds", "steps", "epsilon",
            "cumulative", "delta", "budget", "reported_at",
        )  # fmt: skip


class LatestReportFirst(CursorPages):
    """Pages by the time of the report."""

    ordering = ("-reported_at", "id")


class PrivacyLedgerViewSet(mixins.ListModelMixin, viewsets.GenericViewSet):
    """Epsilon by site, study and job."""

    serializer_class = SpendingOutput
    queryset = StudySpending.objects.none()
    pagination_class = LatestReportFirst
    filterset_class = SpendingFilter

    def get_queryset(self) -> QuerySet[StudySpending]:
        """Return what the caller may see."""
        return selectors.visible_to(self.request.user)
