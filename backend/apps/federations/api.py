"""The API of federations: read them, invite sites, confirm fingerprints."""

from uuid import UUID

from django.db.models import Prefetch, QuerySet
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers, viewsets
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from backend.apps.accounts.models import Scope
from backend.apps.federations import selectors, services
from backend.apps.federations.models import Federation, Site


class SiteOutput(serializers.ModelSerializer):
    """A site as every member of its federation sees it."""

    online = serializers.SerializerMethodField()

    class Meta:
        model = Site
        fields = (
            "id", "slug", "name", "colour", "fingerprint", "confirmed", "confirmed_at", "online", "last_seen_at",
            "agent_version", "created_at",
        )  # fmt: skip

    def get_online(self, site: Site) -> bool:
        """Say whether its agent has been heard lately."""
        return selectors.is_online(site, now=timezone.now())


class FederationOutput(serializers.ModelSerializer):
    """A federation with its sites and the caller's own roles in it."""

    sites = SiteOutput(many=True)
    roles = serializers.SerializerMethodField()

    class Meta:
        model = Federation
        fields = ("id", "slug", "name", "min_survivors", "created_at", "roles", "sites")

    def get_roles(self, federation: Federation) -> list[str]:
        """Return what the caller is in this federation."""
        return sorted({membership.role for membership in federation.own_memberships})


class EnrolmentInput(serializers.Serializer):
    """Which hospital is invited."""

    site_slug = serializers.RegexField(r"^[a-z0-9][a-z0-9-]*$", max_length=64, help_text="short name, never changes")
    site_name = serializers.CharField(max_length=120)


class EnrolmentOutput(serializers.Serializer):
    """The invitation; ``token`` is shown this once."""

    id = serializers.UUIDField()
    site_slug = serializers.CharField()
    site_name = serializers.CharField()
    expires_at = serializers.DateTimeField()
    token = serializers.CharField()


class ConfirmInput(serializers.Serializer):
    """The fingerprint as the site's people read it out; spaces and colons do not matter."""

    fingerprint = serializers.CharField(max_length=200)


class FederationViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet):
    """Federations that the caller is a member of."""

    serializer_class = FederationOutput
    queryset = Federation.objects.none()
    write_scope = Scope.FEDERATIONS
    lookup_value_converter = "uuid"

    def get_queryset(self) -> QuerySet[Federation]:
        """Return what the caller may see, each with its sites and the caller's memberships."""
        own = Prefetch("memberships", selectors.memberships_of(self.request.user), to_attr="own_memberships")
        sites = Prefetch("sites", Site.objects.order_by("slug"))
        return selectors.visible_to(self.request.user).prefetch_related(sites, own)

    @extend_schema(responses=SiteOutput(many=True), filters=False)
    @action(detail=True, pagination_class=None)
    def sites(self, request: Request, pk: UUID) -> Response:
        """List the sites of one federation."""
        federation = selectors.federation_get(user=request.user, federation_id=pk)
        return Response(SiteOutput(federation.sites.order_by("slug"), many=True).data)

    @extend_schema(request=EnrolmentInput, responses={201: EnrolmentOutput})
    @action(detail=True, methods=["post"])
    def enrolments(self, request: Request, pk: UUID) -> Response:
        """Invite a site."""
        given = EnrolmentInput(data=request.data)
        given.is_valid(raise_exception=True)
        federation = selectors.federation_get(user=request.user, federation_id=pk)
        enrolment, token = services.enrolment_create(
            federation_id=federation.pk, by=request.user, now=timezone.now(), **given.validated_data
        )
        output = {name: getattr(enrolment, name) for name in ("id", "site_slug", "site_name", "expires_at")}
        return Response(EnrolmentOutput({**output, "token": token}).data, status=201)

    @extend_schema(operation_id="federations_sites_confirm", request=ConfirmInput, responses=SiteOutput)
    @action(detail=True, methods=["post"], url_path="sites/<uuid:site_id>/confirm")
    def confirm(self, request: Request, pk: UUID, site_id: UUID) -> Response:
        """Record that a person compared the site's fingerprint with it, out of band."""
        given = ConfirmInput(data=request.data)
        given.is_valid(raise_exception=True)
        federation = selectors.federation_get(user=request.user, federation_id=pk)
        site = services.site_confirm(
            federation_id=federation.pk,
            site_id=site_id,
            by=request.user,
            now=timezone.now(),
            **given.validated_data,
        )
        return Response(SiteOutput(site).data)
