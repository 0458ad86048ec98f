"""Find the user behind a session or a token. It does not know what they may see."""

from types import SimpleNamespace

from django.contrib.auth import get_user
from django.contrib.sessions.backends.db import SessionStore
from django.db.models import QuerySet

from backend.apps.accounts.models import ApiToken, User


def tokens_of(user: User) -> QuerySet[ApiToken]:
    """Return the user's own tokens."""
    return ApiToken.objects.filter(user=user)


def user_of_session(session_key: str) -> User | None:
    """Return the active user who is logged in under this key, with the password that the session was made with."""
    user = get_user(SimpleNamespace(session=SessionStore(session_key)))  # type: ignore[arg-type]
    return user if isinstance(user, User) and user.is_active else None
