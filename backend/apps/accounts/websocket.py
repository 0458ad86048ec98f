"""Who is at the other end of a websocket: a browser with its session, or a program with its token."""

from collections.abc import Awaitable, Callable
from http.cookies import CookieError, SimpleCookie
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.http.request import validate_host
from django.utils import timezone

from backend.apps.accounts import selectors, services
from backend.apps.accounts.models import Scope, User
from backend.common.errors import NotAuthenticated

Connection = dict[str, Any]
Identify = Callable[[Scope], User | None]
Application = Callable[[Connection, Callable[..., Awaitable[Any]], Callable[..., Awaitable[Any]]], Awaitable[None]]


class AuthenticatedSocket:
    """Give the connection an ``identify`` that says, whenever it is asked, which user this still is, or None.

    A token counts only if it has the scope that whoever asks needs; a session may do whatever its user may.

    A cookie counts only from a page of our own origin, since browsers send cookies wherever a foreign page asks them
    to; a token counts from anywhere, since no page can make a browser send one.
    """

    def __init__(self, inner: Application) -> None:
        self.inner = inner

    async def __call__(
        self, scope: Connection, receive: Callable[..., Awaitable[Any]], send: Callable[..., Awaitable[Any]]
    ) -> None:
        """Pass the connection on with ``scope["identify"]`` set; refusing is the consumer's, which has the codes."""
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
        await self.inner({**scope, "identify": _identify(headers)}, receive, send)


def _identify(headers: dict[str, str]) -> Identify:
    scheme, _, secret = headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer":
        return lambda wanted: _user_of_token(secret.strip(), wanted)
    if not _same_origin(headers):
        return lambda _wanted: None
    try:
        cookie = SimpleCookie(headers.get("cookie", "")).get(settings.SESSION_COOKIE_NAME)
    except CookieError:
        cookie = None
    return lambda _wanted: selectors.user_of_session(cookie.value) if cookie else None


def _user_of_token(secret: str, wanted: Scope) -> User | None:
    try:
        token = services.token_use(secret=secret, now=timezone.now())
    except NotAuthenticated:
        return None
    return token.user if wanted in token.scopes else None


def _same_origin(headers: dict[str, str]) -> bool:
    host, origin = headers.get("host", ""), urlsplit(headers.get("origin", ""))
    name = host.rsplit(":", 1)[0] if not host.endswith("]") else host
    return bool(host) and origin.netloc == host and validate_host(name, settings.ALLOWED_HOSTS)
