"""Recognise a program by its bearer token. It does not know what the token's user may see."""

from django.utils import timezone
from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from backend.apps.accounts import services
from backend.apps.accounts.models import ApiToken, User
from backend.common.errors import NotAuthenticated


class BearerAuthentication(BaseAuthentication):
    """``Authorization: Bearer <token>``. ``request.auth`` is then the token, whose scopes limit the request."""

    keyword = "Bearer"

    def authenticate(self, request: Request) -> tuple[User, ApiToken] | None:
        """Return the token's user and the token; None where the header names another scheme."""
        words = get_authorization_header(request).split()
        if not words or words[0].lower() != b"bearer":
            return None
        if len(words) != 2:
            raise AuthenticationFailed("Authorization needs one token after Bearer.")
        try:
            token = services.token_use(secret=words[1].decode("latin-1"), now=timezone.now())
        except NotAuthenticated as error:
            raise AuthenticationFailed(error.message) from None
        return token.user, token

    def authenticate_header(self, request: Request) -> str:
        """Return what a 401 says about how to log in."""
        return self.keyword
