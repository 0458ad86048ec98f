"""The API of events: the same rows as the live stream, for programs."""

from uuid import UUID

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.urls import replace_query_param
from rest_framework.views import APIView

from backend.apps.events import selectors
from backend.common.errors import NotFound

MAX_LIMIT = 1_000


class EventsInput(serializers.Serializer):
    """Where to begin and how many to return."""

    after = serializers.IntegerField(min_value=0, max_value=2**63 - 1, default=0)
    limit = serializers.IntegerField(min_value=1, max_value=MAX_LIMIT, default=200)


class EventOutput(serializers.Serializer):
    """One event, exactly as the live stream's frame."""

    seq = serializers.IntegerField()
    time = serializers.DateTimeField()
    site = serializers.CharField(allow_null=True, help_text="the site's slug")
    kind = serializers.CharField()
    payload = serializers.DictField()


class EventPageOutput(serializers.Serializer):
    """Events in order. ``next`` is set while there may be more; there is no way back but a smaller ``after``."""

    next = serializers.URLField(allow_null=True)
    previous = serializers.URLField(allow_null=True)
    results = EventOutput(many=True)


class EventsView(APIView):
    """What happened in one job, in order and without a gap."""

    @extend_schema(
        operation_id="jobs_events_list",
        parameters=[
            OpenApiParameter("after", OpenApiTypes.INT64, description="the last number that the caller has; default 0"),
            OpenApiParameter("limit", OpenApiTypes.INT, description=f"1 to {MAX_LIMIT}, default 200"),
        ],
        responses=EventPageOutput,
    )
    def get(self, request: Request, job_id: UUID) -> Response:
        """Return the events after a number."""
        given = EventsInput(data=request.query_params)
        given.is_valid(raise_exception=True)
        if not selectors.may_follow(user=request.user, job_id=job_id):
            raise NotFound("There is no such job, or you may not see it.")
        events = selectors.events_after(job_id=job_id, **given.validated_data)
        following = None
        if len(events) == given.validated_data["limit"]:
            following = replace_query_param(request.build_absolute_uri(), "after", events[-1]["seq"])
        return Response({"next": following, "previous": None, "results": events})
