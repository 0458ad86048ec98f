"""Read federations, sites and memberships, starting at what a user may see: whatever they are a member of."""

from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db.models import QuerySet

from backend.apps.accounts.models import User
from backend.apps.federations.models import Federation, Membership, Site
from backend.common.errors import NotFound

SILENT_AFTER = timedelta(seconds=settings.SILENT_AFTER_S)


def visible_to(user: User) -> QuerySet[Federation]:
    """Return the federations that the user is a member of."""
    if not user.is_authenticated:
        return Federation.objects.none()
    return Federation.objects.filter(pk__in=Membership.objects.filter(user=user).values("federation"))


def sites_visible_to(user: User) -> QuerySet[Site]:
    """Return the sites of the federations that the user is a member of."""
    return Site.objects.filter(federation__in=visible_to(user))


def memberships_of(user: User) -> QuerySet[Membership]:
    """Return the user's own roles."""
    return Membership.objects.filter(user=user).select_related("federation", "site")


def federation_get(*, user: User, federation_id: UUID) -> Federation:
    """Return one federation that the user may see.

    Raises:
        NotFound: there is none, or not for this user.
    """
    federation = visible_to(user).filter(pk=federation_id).first()
    if federation is None:
        raise NotFound("There is no such federation, or you are not a member of it.")
    return federation


def is_online(site: Site, *, now: datetime) -> bool:
    """Say whether the site's agent has been heard lately."""
    return site.last_seen_at is not None and site.last_seen_at + SILENT_AFTER > now
