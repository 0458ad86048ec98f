"""The API of jobs: create, preview, control and read them."""

from collections.abc import Callable
from uuid import UUID

from django.db.models import QuerySet
from django.utils import timezone
from django_filters import rest_framework as filters
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import mixins, viewsets
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from backend.apps.accounts.models import Scope
from backend.apps.federations.selectors import federation_get
from backend.apps.jobs import outputs
from backend.apps.jobs.models import Job, Round, SiteTask
from backend.apps.jobs.selectors import jobs as selectors
from backend.apps.jobs.selectors.approvals import approvals_of
from backend.apps.jobs.selectors.lanes import rounds_with_lanes
from backend.apps.jobs.selectors.preview import job_preview
from backend.apps.jobs.services import job_control
from backend.apps.jobs.services.job_create import examined, job_create, settings_for
from backend.common.pagination import CursorPages

IDEMPOTENCY = OpenApiParameter(
    "Idempotency-Key", str, OpenApiParameter.HEADER, description="the same key again returns the same job"
)


class JobFilter(filters.FilterSet):
    """By federation, state and words of the title."""

    search = filters.CharFilter(field_name="title", lookup_expr="icontains")

    class Meta:
        model = Job
        fields = ("federation", "state", "kind", "search")


class StepPages(CursorPages):
    """Rounds in their order."""

    page_size = 25
    ordering = "number"


class JobViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet):
    """Jobs of the caller's federations."""

    queryset = Job.objects.none()
    filterset_class = JobFilter
    write_scope = Scope.JOBS
    lookup_value_converter = "uuid"

    def get_queryset(self) -> QuerySet[Job]:
        """Return what the caller may see."""
        return selectors.visible_to(self.request.user)

    def get_serializer_class(self) -> type[outputs.JobOutput]:
        """Return a list's rows without their plans."""
        return outputs.JobOutput if self.action == "list" else outputs.JobDetailOutput

    @extend_schema(parameters=[IDEMPOTENCY], request=outputs.JobInput, responses={201: outputs.JobDetailOutput})
    def create(self, request: Request) -> Response:
        """Keep a draft."""
        given = outputs.JobInput(data=request.data)
        given.is_valid(raise_exception=True)
        job = job_create(
            federation_id=given.validated_data["federation"],
            title=given.validated_data["title"],
            kind=given.validated_data["kind"],
            model=given.validated_data.get("model"),
            settings=given.validated_data["settings"],
            by=request.user,
            now=timezone.now(),
            idempotency_key=request.headers.get("Idempotency-Key", ""),
        )
        return Response(outputs.JobDetailOutput(job).data, status=201)

    @extend_schema(request=outputs.JobInput, responses=outputs.PreviewOutput)
    @action(detail=False, methods=["post"])
    def preview(self, request: Request) -> Response:
        """Say what a job would cost and who would learn what; nothing is kept."""
        given = outputs.JobInput(data={"title": "preview", **request.data})
        given.is_valid(raise_exception=True)
        federation = federation_get(user=request.user, federation_id=given.validated_data["federation"])
        kind = given.validated_data["kind"]
        version = examined(user=request.user, federation=federation, kind=kind, model=given.validated_data.get("model"))
        settings = settings_for(federation, given.validated_data["settings"], kind=kind, version=version)
        preview = job_preview(federation=federation, settings=settings, now=timezone.now())
        return Response(outputs.PreviewOutput(preview).data)

    @extend_schema(request=None, responses=outputs.JobDetailOutput)
    @action(detail=True, methods=["post"])
    def submit(self, request: Request, pk: UUID) -> Response:
        """Have the plan made and sent to every site."""
        return self._control(job_control.job_submit, pk)

    @extend_schema(request=None, responses=outputs.JobDetailOutput)
    @action(detail=True, methods=["post"])
    def pause(self, request: Request, pk: UUID) -> Response:
        """Let the open round end, and open no other."""
        return self._control(job_control.job_pause, pk)

    @extend_schema(request=None, responses=outputs.JobDetailOutput)
    @action(detail=True, methods=["post"])
    def resume(self, request: Request, pk: UUID) -> Response:
        """Go on after a pause."""
        return self._control(job_control.job_resume, pk)

    @extend_schema(request=None, responses=outputs.JobDetailOutput)
    @action(detail=True, methods=["post"])
    def cancel(self, request: Request, pk: UUID) -> Response:
        """End the job for good."""
        return self._control(job_control.job_cancel, pk)

    @extend_schema(responses=outputs.RoundOutput(many=True), filters=False)
    @action(detail=True, pagination_class=StepPages)
    def rounds(self, request: Request, pk: UUID) -> Response:
        """List the steps of a job in their order, with every attempt and every site's lane."""
        rounds = self.paginate_queryset(Round.objects.filter(job=self.get_object()))
        return self.get_paginated_response(outputs.RoundOutput(rounds_with_lanes(rounds), many=True).data)

    @extend_schema(responses=outputs.ApprovalPageOutput, filters=False, parameters=[])
    @action(detail=True, pagination_class=None)
    def approvals(self, request: Request, pk: UUID) -> Response:
        """List what each site says to the plan."""
        page = outputs.approvals_page(approvals_of(self.get_object()))
        return Response(outputs.ApprovalPageOutput(page).data)

    @extend_schema(responses=outputs.SiteTaskOutput(many=True), filters=False)
    @action(detail=True)
    def tasks(self, request: Request, pk: UUID) -> Response:
        """List what was asked of the sites, the latest first."""
        tasks = SiteTask.objects.filter(job=self.get_object()).select_related("site", "attempt__round")
        page = self.paginate_queryset(tasks)
        return self.get_paginated_response(outputs.SiteTaskOutput(page, many=True).data)

    def _control(self, service: Callable[..., Job], job_id: UUID) -> Response:
        service(job_id=job_id, by=self.request.user, now=timezone.now())
        return Response(outputs.JobDetailOutput(self.get_object()).data)
