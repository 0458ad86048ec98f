"""The API of reports: one model version's evidence, to read, print or compute with."""

from uuid import UUID

from csp.constants import NONE, UNSAFE_INLINE
from csp.decorators import csp_replace
from django.http import HttpResponse
from django.utils.decorators import method_decorator
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.generics import get_object_or_404
from rest_framework.renderers import BaseRenderer, JSONRenderer
from rest_framework.request import Request
from rest_framework.views import APIView

from backend.apps.evidence.reports.assembly import dossier_of
from backend.apps.evidence.reports.drawing import draw
from backend.apps.registry.selectors import visible_to

MEDIA_TYPES = {
    "html": "text/html; charset=utf-8",
    "pdf": "application/pdf",
    "csv": "text/csv; charset=utf-8",
    "json": "application/json",
}
READ_IN_PLACE = frozenset({"html", "pdf"})
CARRIES_ALL = {
    "default-src": [NONE],
    "script-src": [NONE],
    "style-src": [UNSAFE_INLINE],
    "img-src": ["data:"],
    "font-src": ["data:"],
    "connect-src": [NONE],
    "form-action": [NONE],
}
"""A report needs nothing beside itself and runs nothing, whatever names are in it."""


class ReportInput(serializers.Serializer):
    """Which form of a report is wanted."""

    format = serializers.ChoiceField(tuple(MEDIA_TYPES), default="html")


class ReportView(APIView):
    """The report of a model version of one of the caller's federations."""

    def perform_content_negotiation(self, request: Request, force: bool = False) -> tuple[BaseRenderer, str]:
        """``format`` is this view's own, and errors are JSON in every form."""
        return JSONRenderer(), JSONRenderer.media_type

    @extend_schema(
        parameters=[ReportInput],
        responses={
            (200, "text/html"): OpenApiTypes.STR,
            (200, "application/pdf"): OpenApiTypes.BINARY,
            (200, "text/csv"): OpenApiTypes.STR,
            (200, "application/json"): OpenApiTypes.OBJECT,
        },
    )
    @method_decorator(csp_replace(CARRIES_ALL))
    def get(self, request: Request, pk: UUID) -> HttpResponse:
        """Return the report; equal evidence gives equal bytes."""
        wanted = ReportInput(data=request.query_params)
        wanted.is_valid(raise_exception=True)
        form = wanted.validated_data["format"]
        rows = visible_to(request.user).select_related("artifact", "job", "federation")
        version = get_object_or_404(rows, pk=pk)
        response = HttpResponse(draw(dossier_of(version), form), content_type=MEDIA_TYPES[form])
        manner = "inline" if form in READ_IN_PLACE else "attachment"
        name = f"{version.federation.slug}-v{version.number}-report.{form}"
        response["Content-Disposition"] = f'{manner}; filename="{name}"'
        response["Cache-Control"] = "private, no-cache"
        return response
