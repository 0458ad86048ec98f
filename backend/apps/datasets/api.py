"""The API of datasets: read what sites reported. Sites report over the site link."""

from django.db.models import QuerySet
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers, viewsets
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from backend.apps.datasets import selectors
from backend.apps.datasets.models import Dataset
from backend.apps.datasets.pooled import pooled_statistics

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


class PooledOutput(serializers.Serializer):
    """What a job has learned of all sites' training images together."""

    federation = serializers.UUIDField()
    job = serializers.UUIDField(source="job_id")
    job_title = serializers.CharField()
    task = serializers.CharField()
    classes = serializers.ListField(child=serializers.CharField())
    class_counts = serializers.ListField(child=serializers.IntegerField())
    images = serializers.IntegerField()
    mean = serializers.FloatField(help_text="of pixels, in units of [0, 1]")
    std = serializers.FloatField()
    sites = serializers.ListField(child=serializers.CharField(), help_text="slugs of the sites in the sums")
    secure = serializers.BooleanField(help_text="whether the sums were securely aggregated")
    closed_at = serializers.DateTimeField()


class PooledInput(serializers.Serializer):
    """Which federation, or all that the caller may see."""

    federation = serializers.UUIDField(required=False, allow_null=True, default=None)


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

    @extend_schema(
        operation_id="datasets_pooled_list",
        parameters=[PooledInput],
        responses=PooledOutput(many=True),
        filters=False,
    )
    @action(detail=False, pagination_class=None)
    def pooled(self, request: Request) -> Response:
        """List the latest pooled statistics of each federation and task."""
        given = PooledInput(data=request.query_params)
        given.is_valid(raise_exception=True)
        found = pooled_statistics(user=request.user, federation_id=given.validated_data["federation"])
        return Response(PooledOutput(found, many=True).data)
