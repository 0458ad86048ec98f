"""The API of privacy: what studies have spent by what sites say, what jobs may still spend, what noise it takes."""

from django.db.models import QuerySet
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers, viewsets
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from backend.apps.jobs.models import Job
from backend.apps.jobs.outputs import FederationRef, SiteRef
from backend.apps.privacy import selectors
from backend.apps.privacy.models import StudySpending
from backend.common.errors import InvalidInput
from backend.common.pagination import CursorPages
from primia_core.privacy import PrivacyError
from primia_core.privacy.accounting import MOST_STEPS, Steps, noise_for, spent


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


class AccountsInput(serializers.Serializer):
    """Whose accounts are asked for."""

    federation = serializers.UUIDField(required=False)


class ReservationOutput(serializers.Serializer):
    """The rounds that a job may still spend of a study at a site; they are free again when the job ends."""

    job = serializers.UUIDField(source="job.id")
    job_title = serializers.CharField(source="job.title")
    state = serializers.ChoiceField(Job.State.choices, source="job.state")
    rounds = serializers.IntegerField()
    steps = serializers.IntegerField(source="steps.count", help_text="noisy steps of these rounds")


class AccountOutput(serializers.Serializer):
    """One study at one site, all jobs together; epsilons do not add up, so ``reserved`` is by how much it may grow."""

    federation = FederationRef(source="site.federation")
    site = SiteRef()
    study = serializers.CharField()
    spent = serializers.FloatField()
    reserved = serializers.FloatField()
    budget = serializers.FloatField()
    delta = serializers.FloatField()
    reported_at = serializers.DateTimeField()
    reservations = ReservationOutput(many=True)


class AccountPageOutput(serializers.Serializer):
    """All accounts, as one page."""

    next = serializers.URLField(allow_null=True)
    previous = serializers.URLField(allow_null=True)
    results = AccountOutput(many=True)


class PrivacyAccountsView(APIView):
    """What each study has spent at each site, and what jobs that have not ended may still spend of it."""

    @extend_schema(operation_id="privacy_accounts_list", parameters=[AccountsInput], responses=AccountPageOutput)
    def get(self, request: Request) -> Response:
        """Return the accounts of sites that have told of a study, by study and site."""
        given = AccountsInput(data=request.query_params)
        given.is_valid(raise_exception=True)
        found = selectors.accounts_visible_to(request.user, **given.validated_data)
        return Response(AccountPageOutput({"next": None, "previous": None, "results": found}).data)


class NoiseInput(serializers.Serializer):
    """Which promise is wanted, of how much work."""

    epsilon = serializers.FloatField(min_value=0, max_value=1000, help_text="by privacy loss distributions")
    sample_rate = serializers.FloatField(min_value=0, max_value=1)
    steps = serializers.IntegerField(min_value=1, max_value=MOST_STEPS, help_text="noisy steps of all rounds")
    delta = serializers.FloatField(min_value=0, max_value=0.01)


class NoiseOutput(serializers.Serializer):
    """The least noise that keeps a promise, and what it yields by both accountants."""

    noise_multiplier = serializers.FloatField()
    epsilon_pld = serializers.FloatField()
    epsilon_rdp = serializers.FloatField()


class PrivacyNoiseView(APIView):
    """How much noise a wanted epsilon takes."""

    @extend_schema(operation_id="privacy_noise_retrieve", parameters=[NoiseInput], responses=NoiseOutput)
    def get(self, request: Request) -> Response:
        """Return the least noise multiplier whose epsilon of record is at most the one that is wanted."""
        given = NoiseInput(data=request.query_params)
        given.is_valid(raise_exception=True)
        target, rate, steps, delta = (given.validated_data[n] for n in ("epsilon", "sample_rate", "steps", "delta"))
        try:
            noise = noise_for(target, sample_rate=rate, steps=steps, delta=delta)
            found = spent([Steps(noise, rate, steps)], delta)
        except PrivacyError as error:
            raise InvalidInput(error.message, fields={"epsilon": [error.message]}) from error
        told = {"noise_multiplier": noise, "epsilon_pld": found.epsilon_pld, "epsilon_rdp": found.epsilon_rdp}
        return Response(NoiseOutput(told).data)
