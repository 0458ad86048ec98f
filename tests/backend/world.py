"""A small consortium to test in: people, a federation, enrolled sites, a job. Each function makes one thing, whole."""

import tempfile
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

from backend.apps.accounts.models import User
from backend.apps.accounts.services import user_create
from backend.apps.federations.models import Federation, Membership, Role, Site
from backend.apps.federations.services import enrolment_create, federation_create, membership_grant, site_enrol
from backend.apps.jobs.models import Job
from primia_core.secagg.identity import Identity

NOW = datetime(2026, 3, 1, 9, 0, tzinfo=UTC)
PASSWORD = "seven quiet radiographs"


@cache
def public_identity(name: str) -> dict[str, str]:
    """Return a published identity; the same name has the same keys throughout a test run."""
    with tempfile.TemporaryDirectory() as folder:
        return Identity.create(Path(folder) / "identity", name).public.to_json()


def person(username: str = "ada") -> User:
    """Return a user with ``PASSWORD``."""
    return user_create(username=username, password=PASSWORD, now=NOW)


def consortium(slug: str = "alpine", *, coordinator: User | None = None, min_survivors: int = 3) -> Federation:
    """Return a federation whose coordinator is ``coordinator``, or ada."""
    return federation_create(
        slug=slug, name=slug.title(), min_survivors=min_survivors, coordinator=coordinator or person(), now=NOW
    )


def hospital(federation: Federation, slug: str = "north") -> tuple[Site, str]:
    """Return an enrolled, unconfirmed site and its credential."""
    coordinator = Membership.objects.get(federation=federation, role=Role.COORDINATOR).user
    _, token = enrolment_create(
        federation_id=federation.pk, site_slug=slug, site_name=slug.title(), by=coordinator, now=NOW
    )
    return site_enrol(token=token, identity=public_identity(f"{federation.slug}-{slug}"), now=NOW)


def member(federation: Federation, role: Role, username: str, site: Site | None = None) -> User:
    """Return a user with one role in the federation."""
    user = person(username)
    membership_grant(user=user, federation=federation, role=role, site=site, by="test", now=NOW)
    return user


def draft_job(federation: Federation, title: str = "first") -> Job:
    """Return a job as it is before anybody submits it."""
    return Job.objects.create(federation=federation, title=title, created_at=NOW)
