"""The API of datasets: read what sites reported. Sites report over the site link."""

from django.db.models import QuerySet
from django_filters import rest_framework as filters
from rest_framework import mixins, serializers, viewsets

from backend.apps.datasets import selectors
from backend.apps.datasets.models import Dataset

CHECK_STATUSES = [("pass", "pass"), ("warn", "warn"), ("fail", "fail")]


class CheckOutput(serializers.Serializer):
    """One check of a cohort and how it ended; what it found stays at the site."""

    name = serializers.CharField()
    status = serializers.ChoiceField(CHECK_STATUSES)


class DatasetOutput(serializers.ModelSerializer):
    """A cohort without its counts."""

    federation = serializers.UUIDField(source="site.federation_id")
    site_slug = serializers.CharField(source="site.slug")
    site_name = serializers.CharField(source="site.name")
    classes = serializers.ListField(child=serializers.CharField())
    checks = CheckOutput(source="readiness.checks", many=True)

    class Meta:
        model = Dataset
        fields = (
            "id", "federation", "site", "site_slug", "site_name", "name", "task", "classes", "version", "ready",
            "checks", "reported_at",
        )  # fmt: skip


class DatasetFilter(filters.FilterSet):
    """By federation, site, task and readiness."""

    federation = filters.UUIDFilter(field_name="site__federation")

    class Meta:
        model = Dataset
        fields = ("federation", "site", "task", "ready")


class DatasetViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet):
    """Datasets of the caller's federations."""

    serializer_class = DatasetOutput
    queryset = Dataset.objects.none()
    filterset_class = DatasetFilter
    lookup_value_converter = "uuid"

    def get_queryset(self) -> QuerySet[Dataset]:
        """Return what the caller may see."""
        return selectors.visible_to(self.request.user).select_related("site")
