"""Read federations, sites and memberships, starting at what a user may see.

Whoever works in a federation sees it; a patient is a guest who asks its services, and sees nothing else of it.
"""

from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db.models import QuerySet

from backend.apps.accounts.models import User
from backend.apps.federations.models import Federation, Membership, Role, Site
from backend.common.errors import NotFound

SILENT_AFTER = timedelta(seconds=settings.SILENT_AFTER_S)


def visible_to(user: User) -> QuerySet[Federation]:
    """Return the federations that the user works in."""
    if not user.is_authenticated:
        return Federation.objects.none()
    works = Membership.objects.filter(user=user).exclude(role=Role.PATIENT)
    return Federation.objects.filter(pk__in=works.values("federation"))


def asked_by(user: User) -> QuerySet[Federation]:
    """Return the federations whose services the user may ask: as a patient, or as one who works there."""
    if not user.is_authenticated:
        return Federation.objects.none()
    return Federation.objects.filter(pk__in=Membership.objects.filter(user=user).values("federation"))


def sites_visible_to(user: User) -> QuerySet[Site]:
    """Return the sites of the federations that the user works in."""
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
