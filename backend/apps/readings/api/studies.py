"""The API of reader studies: make, lead and read them, and compare their raters once they are closed."""

from uuid import UUID

from django.db.models import QuerySet
from django.http import HttpResponse
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import mixins, viewsets
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from backend.apps.readings import policies
from backend.apps.readings.api import inputs
from backend.apps.readings.api.comparison_output import ComparisonOutput
from backend.apps.readings.api.outputs import (
    CandidateOutput,
    CaseOutput,
    OwnReadingOutput,
    StudyDetailOutput,
    StudyOutput,
    WorklistOutput,
    context_of,
)
from backend.apps.readings.models import Look, ReaderStudy, StudyCase
from backend.apps.readings.selectors import candidates, exports, studies
from backend.apps.readings.selectors.comparison import study_comparison
from backend.apps.readings.selectors.tables import ALL, COMMON
from backend.apps.readings.selectors.worklist import rater_of, worklist
from backend.apps.readings.services.looks import study_look
from backend.apps.readings.services.raters_import import raters_import
from backend.apps.readings.services.readers import rater_withdraw, reader_assign
from backend.apps.readings.services.reading_give import reading_give
from backend.apps.readings.services.study_control import study_close, study_open
from backend.apps.readings.services.study_create import study_create

WHICH = OpenApiParameter(
    "cases", str, enum=[ALL, COMMON], description="`common`: leave out cases that a rater who has begun has not read"
)
CSV = {(200, "text/csv"): OpenApiTypes.STR}


class StudyViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet):
    """Studies that the caller leads, audits or reads in. Tokens may look; only people in a session write."""

    queryset = ReaderStudy.objects.none()
    filterset_fields = ("federation", "state")
    lookup_value_converter = "uuid"

    def get_queryset(self) -> QuerySet[ReaderStudy]:
        """Return what the caller may see."""
        return studies.with_progress(studies.studies_visible_to(self.request.user))

    def get_serializer_class(self) -> type[StudyOutput]:
        """Lists are short; one study is told in full."""
        return StudyOutput if self.action == "list" else StudyDetailOutput

    @extend_schema(request=inputs.StudyInput, responses={201: StudyDetailOutput, 200: StudyDetailOutput})
    def create(self, request: Request) -> Response:
        """Keep a draft. The same again returns it as it stands (200)."""
        given = inputs.StudyInput(data=request.data)
        given.is_valid(raise_exception=True)
        values = given.validated_data
        study, created = study_create(
            study_id=values.pop("id"), federation_id=values.pop("federation"), by=request.user, now=timezone.now(),
            **values,
        )  # fmt: skip
        return self._told(study.pk, status=201 if created else 200)

    @extend_schema(request=None, responses=StudyDetailOutput)
    @action(detail=True, methods=["post"])
    def open(self, request: Request, pk: UUID) -> Response:
        """Let readers begin."""
        study_open(study_id=self._seen(pk).pk, by=request.user, now=timezone.now())
        return self._told(pk)

    @extend_schema(request=None, responses=StudyDetailOutput)
    @action(detail=True, methods=["post"])
    def close(self, request: Request, pk: UUID) -> Response:
        """End reading for good, and show the comparison to everybody who took part."""
        study_close(study_id=self._seen(pk).pk, by=request.user, now=timezone.now())
        return self._told(pk)

    @extend_schema(responses=CandidateOutput(many=True), filters=False)
    @action(detail=True, pagination_class=None)
    def candidates(self, request: Request, pk: UUID) -> Response:
        """List who could be brought in as a reader, and who could not."""
        study = self._seen(pk)
        policies.require_lead(user=request.user, study=study)
        return Response(CandidateOutput(candidates.candidates_of(study), many=True).data)

    @extend_schema(request=inputs.ReaderInput, responses={201: StudyDetailOutput})
    @action(detail=True, methods=["post"])
    def readers(self, request: Request, pk: UUID) -> Response:
        """Bring in a reader, with an order of their own."""
        given = inputs.ReaderInput(data=request.data)
        given.is_valid(raise_exception=True)
        user_id = given.validated_data["user"]
        reader_assign(study_id=self._seen(pk).pk, user_id=user_id, by=request.user, now=timezone.now())
        return self._told(pk, status=201)

    @extend_schema(request=inputs.RatersInput, responses={201: StudyDetailOutput})
    @action(detail=True, methods=["post"])
    def raters(self, request: Request, pk: UUID) -> Response:
        """Bring in people who read elsewhere, or a model, from a table."""
        given = inputs.RatersInput(data=request.data)
        given.is_valid(raise_exception=True)
        raters_import(study_id=self._seen(pk).pk, by=request.user, now=timezone.now(), **given.validated_data)
        return self._told(pk, status=201)

    @extend_schema(operation_id="reader_studies_raters_withdraw", request=None, responses=StudyDetailOutput)
    @action(detail=True, methods=["post"], url_path="raters/<uuid:rater_id>/withdraw")
    def withdraw(self, request: Request, pk: UUID, rater_id: UUID) -> Response:
        """Take a rater out of the comparison."""
        rater_withdraw(study_id=self._seen(pk).pk, rater_id=rater_id, by=request.user, now=timezone.now())
        return self._told(pk)

    @extend_schema(responses=WorklistOutput, filters=False)
    @action(detail=True, pagination_class=None)
    def worklist(self, request: Request, pk: UUID) -> Response:
        """Return the caller's own cases in their own order, with what they said of them."""
        study = self._seen(pk)
        rater = rater_of(user=request.user, study=study)
        told = {"rater": rater.name, "items": worklist(rater)}
        return Response(WorklistOutput(told, context=context_of(request, classes=study.classes)).data)

    @extend_schema(request=inputs.ReadingInput, responses={201: OwnReadingOutput, 200: OwnReadingOutput})
    @action(detail=True, methods=["post"])
    def readings(self, request: Request, pk: UUID) -> Response:
        """Give a reading. The same again returns it (200)."""
        given = inputs.ReadingInput(data=request.data)
        given.is_valid(raise_exception=True)
        study = self._seen(pk)
        reading, created = reading_give(study_id=study.pk, given=given.given(), by=request.user, now=timezone.now())
        told = OwnReadingOutput(reading, context=context_of(request, classes=study.classes)).data
        return Response(told, status=201 if created else 200)

    @extend_schema(responses=CaseOutput(many=True), filters=False)
    @action(detail=True, pagination_class=None)
    def cases(self, request: Request, pk: UUID) -> Response:
        """List the cases with their truth. Whoever sees it before the study is closed can no longer read in it."""
        study = study_look(study_id=self._seen(pk).pk, what=Look.What.TRUTH, by=request.user, now=timezone.now())
        cases = StudyCase.objects.filter(study=study).order_by("number")
        return Response(CaseOutput(cases, many=True, context=context_of(request, classes=study.classes)).data)

    @extend_schema(responses=ComparisonOutput, filters=False, parameters=[WHICH])
    @action(detail=True, pagination_class=None)
    def comparison(self, request: Request, pk: UUID) -> Response:
        """Compare the raters. A look before the study is closed is kept, and told with the results."""
        study = self._looked(pk)
        return Response(
            ComparisonOutput(study_comparison(study, cases=self._which()), context=context_of(request)).data
        )

    @extend_schema(responses=CSV, filters=False, parameters=[WHICH])
    @action(detail=True, pagination_class=None, url_path="readings.csv")
    def table(self, request: Request, pk: UUID) -> HttpResponse:
        """Download the table that `primia compare` reads: case, truth, and a column for each rater."""
        return _csv(exports.readings_csv(self._looked(pk), cases=self._which()), "readings.csv")

    @extend_schema(responses=CSV, filters=False)
    @action(detail=True, pagination_class=None, url_path="log.csv")
    def log(self, request: Request, pk: UUID) -> HttpResponse:
        """Download every single reading with its times, replaced ones included."""
        return _csv(exports.log_csv(self._looked(pk)), "readings-log.csv")

    def _seen(self, pk: UUID) -> ReaderStudy:
        return studies.study_get(user=self.request.user, study_id=pk)

    def _looked(self, pk: UUID) -> ReaderStudy:
        return study_look(
            study_id=self._seen(pk).pk, what=Look.What.COMPARISON, by=self.request.user, now=timezone.now()
        )

    def _which(self) -> str:
        query = inputs.CasesQuery(data=self.request.query_params)
        query.is_valid(raise_exception=True)
        return query.validated_data["cases"]

    def _told(self, pk: UUID, status: int = 200) -> Response:
        study = self.get_queryset().get(pk=pk)
        return Response(StudyDetailOutput(study, context=context_of(self.request)).data, status=status)


def _csv(text: str, name: str) -> HttpResponse:
    disposition = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(text, content_type="text/csv; charset=utf-8", headers=disposition)
