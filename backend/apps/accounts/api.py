"""The API of log-in and tokens."""

from typing import Any
from uuid import UUID

from django.contrib.auth import login, logout
from django.db.models import QuerySet
from django.middleware.csrf import get_token
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.views.decorators.csrf import csrf_protect
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers, viewsets
from rest_framework.authentication import SessionAuthentication
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from backend.apps.accounts import selectors, services
from backend.apps.accounts.models import ApiToken, Scope, User
from backend.apps.federations.models import Role
from backend.apps.federations.selectors import memberships_of


class UserOutput(serializers.ModelSerializer):
    """The person who is logged in."""

    class Meta:
        model = User
        fields = ("id", "username", "first_name", "last_name", "email")


class MembershipOutput(serializers.Serializer):
    """One of the caller's own roles."""

    federation = serializers.UUIDField(source="federation_id")
    federation_slug = serializers.CharField(source="federation.slug")
    federation_name = serializers.CharField(source="federation.name")
    role = serializers.ChoiceField(Role.choices)
    site = serializers.UUIDField(source="site_id", allow_null=True)
    site_slug = serializers.CharField(source="site.slug", default=None, allow_null=True)


class SessionOutput(serializers.Serializer):
    """Who is logged in, what they are, and the token that the next write must carry as ``X-CSRFToken``."""

    user = UserOutput(allow_null=True)
    memberships = MembershipOutput(many=True)
    csrf = serializers.CharField()


class CredentialsInput(serializers.Serializer):
    """User name and password."""

    username = serializers.CharField(max_length=150)
    password = serializers.CharField(max_length=1024, trim_whitespace=False, style={"input_type": "password"})


@method_decorator(csrf_protect, name="dispatch")
class SessionView(APIView):
    """The browser's session."""

    authentication_classes = (SessionAuthentication,)
    permission_classes = (AllowAny,)

    @extend_schema(operation_id="session_get", responses=SessionOutput)
    def get(self, request: Request) -> Response:
        """Say who is logged in; nobody is also an answer."""
        return Response(_session(request))

    @extend_schema(operation_id="session_create", request=CredentialsInput, responses=SessionOutput)
    def post(self, request: Request) -> Response:
        """Log in."""
        given = CredentialsInput(data=request.data)
        given.is_valid(raise_exception=True)
        address = request.META.get("REMOTE_ADDR", "")
        user = services.credentials_check(**given.validated_data, address=address, now=timezone.now())
        login(request._request, user)
        request.user = user
        return Response(_session(request))

    @extend_schema(operation_id="session_delete", request=None, responses={204: None})
    def delete(self, request: Request) -> Response:
        """Log out. Nobody being logged in is fine."""
        logout(request._request)
        return Response(status=204)


class TokenInput(serializers.Serializer):
    """What a new token is for."""

    name = serializers.CharField(max_length=80)
    scopes = serializers.ListField(child=serializers.ChoiceField(Scope.choices), min_length=1, max_length=8)
    expires_at = serializers.DateTimeField(required=False, allow_null=True)
    diagnoses_per_day = serializers.IntegerField(
        required=False, allow_null=True, min_value=1, max_value=100_000, help_text="a quota of the token's own"
    )


class TokenOutput(serializers.ModelSerializer):
    """A token without its secret."""

    scopes = serializers.ListField(child=serializers.ChoiceField(Scope.choices))

    class Meta:
        model = ApiToken
        fields = ("id", "name", "scopes", "diagnoses_per_day", "created_at", "expires_at", "last_used_at")


class NewTokenOutput(TokenOutput):
    """A token with its secret, which is shown this once."""

    token = serializers.CharField()

    class Meta(TokenOutput.Meta):
        fields = (*TokenOutput.Meta.fields, "token")


class TokenViewSet(mixins.ListModelMixin, viewsets.GenericViewSet):
    """The caller's own tokens. Only a session may make or revoke them, so that a token cannot breed."""

    serializer_class = TokenOutput
    queryset = ApiToken.objects.none()
    lookup_value_converter = "uuid"

    def get_queryset(self) -> QuerySet[ApiToken]:
        """Return the caller's own tokens."""
        return selectors.tokens_of(self.request.user)

    @extend_schema(request=TokenInput, responses={201: NewTokenOutput})
    def create(self, request: Request) -> Response:
        """Make a token."""
        given = TokenInput(data=request.data)
        given.is_valid(raise_exception=True)
        token, secret = services.token_create(user=request.user, now=timezone.now(), **given.validated_data)
        token.token = secret
        return Response(NewTokenOutput(token).data, status=201)

    def destroy(self, request: Request, pk: UUID) -> Response:
        """Revoke a token."""
        services.token_revoke(user=request.user, token_id=pk, now=timezone.now())
        return Response(status=204)


def _session(request: Request) -> dict[str, Any]:
    user = request.user if request.user.is_authenticated else None
    memberships = memberships_of(user) if user else []
    return SessionOutput({"user": user, "memberships": memberships, "csrf": get_token(request._request)}).data
