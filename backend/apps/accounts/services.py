"""Make users and tokens, and let people in. It does not know roles; those are the federations' business."""

import hashlib
import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.contrib.auth import authenticate
from django.contrib.auth.password_validation import validate_password
from django.core.cache import cache
from django.db import IntegrityError, transaction

from backend.apps.accounts.errors import TokenNameTaken, TokenUnknown, TooManyFailures, WrongCredentials
from backend.apps.accounts.models import ApiToken, Scope, User
from backend.apps.audit.services import audit_append
from backend.common.errors import InvalidInput

TOKEN_PREFIX = "primia_"  # noqa: S105 - it lets scanners find leaked tokens; it is no secret
LAST_USED_STEP = timedelta(minutes=1)


def secret_hash(secret: str) -> str:
    """Return the SHA-256 under which a random secret is stored and found."""
    return hashlib.sha256(secret.encode()).hexdigest()


@transaction.atomic
def user_create(*, username: str, password: str | None, now: datetime, email: str = "") -> User:
    """Make a user; without a password only tokens let them in. An existing one is returned as they are.

    Raises:
        ValidationError: the password is too weak, with Django's reasons.
    """
    user = User.objects.filter(username=username).first()
    if user is not None:
        return user
    user = User(username=username, email=email, date_joined=now)
    if password is not None:
        validate_password(password, user)
    user.set_password(password)
    user.save()
    audit_append(actor="system", action="user.created", subject=username, detail={}, now=now)
    return user


def credentials_check(*, username: str, password: str, address: str, now: datetime) -> User:
    """Return the user whose password this is.

    Failures are counted per name and per address, successes are not, so that a person who knows the password is
    slowed only while someone else is guessing it.
    """
    counters = {
        f"login.user.{secret_hash(username.casefold())}": settings.LOGIN_FAILURES_PER_USER,
        f"login.address.{secret_hash(address)}": settings.LOGIN_FAILURES_PER_ADDRESS,
    }
    failures = cache.get_many(counters)
    if any(failures.get(key, 0) >= limit for key, limit in counters.items()):
        raise TooManyFailures(
            f"Too many log-ins failed; wait {settings.LOGIN_WINDOW_S // 60} minutes, or ask your coordinator."
        )
    user = authenticate(None, username=username, password=password)
    if isinstance(user, User):
        audit_append(actor=user.username, action="login.succeeded", subject=user.username, detail={}, now=now)
        return user
    for key in counters:
        cache.add(key, 0, timeout=settings.LOGIN_WINDOW_S)
        cache.incr(key)
    audit_append(actor="anonymous", action="login.failed", subject=username, detail={}, now=now)
    raise WrongCredentials("User name or password is wrong.")


@transaction.atomic
def token_create(
    *,
    user: User,
    name: str,
    scopes: Iterable[str],
    now: datetime,
    expires_at: datetime | None = None,
    diagnoses_per_day: int | None = None,
) -> tuple[ApiToken, str]:
    """Make a token and return it with its secret, which is shown this once."""
    wanted = sorted(set(scopes))
    if not wanted or not set(wanted).issubset(Scope.values):
        raise InvalidInput("A token needs scopes.", fields={"scopes": [f"Choose from {', '.join(Scope.values)}."]})
    secret = TOKEN_PREFIX + secrets.token_urlsafe(32)
    token = ApiToken(
        user=user,
        name=name,
        hash=secret_hash(secret),
        scopes=wanted,
        diagnoses_per_day=diagnoses_per_day,
        created_at=now,
        expires_at=expires_at,
    )
    try:
        with transaction.atomic():
            token.save(force_insert=True)
    except IntegrityError:
        raise TokenNameTaken(f"You have a token named {name!r}; revoke it or choose another name.") from None
    audit_append(
        actor=user.username,
        action="token.created",
        subject=str(token.pk),
        detail={"name": name, "scopes": wanted, "diagnoses_per_day": diagnoses_per_day},
        now=now,
    )
    return token, secret


@transaction.atomic
def token_revoke(*, user: User, token_id: UUID, now: datetime) -> None:
    """Delete a token of the user. Revoking it again changes nothing."""
    deleted, _ = ApiToken.objects.filter(user=user, pk=token_id).delete()
    if deleted:
        audit_append(actor=user.username, action="token.revoked", subject=str(token_id), detail={}, now=now)


def token_use(*, secret: str, now: datetime) -> ApiToken:
    """Return the valid token with this secret, and note the use, at most once a minute."""
    token = ApiToken.objects.select_related("user").filter(hash=secret_hash(secret)).first()
    if token is None or not token.user.is_active or (token.expires_at is not None and token.expires_at <= now):
        raise TokenUnknown("This token is not known or no longer valid; make a new one.")
    if token.last_used_at is None or token.last_used_at + LAST_USED_STEP <= now:
        ApiToken.objects.filter(pk=token.pk).update(last_used_at=now)
    return token
