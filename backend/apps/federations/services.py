"""Make federations, give roles, and let hospitals in. It does not know jobs."""

import secrets
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction

from backend.apps.accounts.models import User
from backend.apps.accounts.services import secret_hash
from backend.apps.audit.services import audit_append
from backend.apps.federations import policies
from backend.apps.federations.errors import (
    CredentialUnknown,
    EnrolmentRefused,
    FederationFull,
    FingerprintDiffers,
    IdentityRefused,
    SiteTaken,
)
from backend.apps.federations.models import MAX_SITES, Enrolment, Federation, Membership, Role, Site
from backend.common.errors import NotFound
from primia_core.secagg.errors import SecaggError
from primia_core.secagg.identity import PublicIdentity

ENROLMENT_VALID_FOR = timedelta(days=7)
ENROLMENT_PREFIX, CREDENTIAL_PREFIX = "primia-enrol-", "primia-site-"


@transaction.atomic
def federation_create(*, slug: str, name: str, min_survivors: int, coordinator: User, now: datetime) -> Federation:
    """Make a federation with its first coordinator, or return the one of this slug unchanged."""
    federation, created = Federation.objects.get_or_create(
        slug=slug, defaults={"name": name, "min_survivors": min_survivors, "created_at": now}
    )
    if created:
        detail = {"name": name, "min_survivors": min_survivors}
        _audit(federation.pk, "system", "federation.created", slug, detail, now)
        membership_grant(user=coordinator, federation=federation, role=Role.COORDINATOR, by="system", now=now)
    return federation


@transaction.atomic
def membership_grant(
    *, user: User, federation: Federation, role: Role, by: str, now: datetime, site: Site | None = None
) -> Membership:
    """Give a user a role. Giving it again changes nothing."""
    membership, created = Membership.objects.get_or_create(
        user=user, federation=federation, role=role, site=site, defaults={"created_at": now}
    )
    if created:
        detail = {"role": str(role), "site": site.slug if site else None}
        _audit(federation.pk, by, "membership.granted", user.username, detail, now)
    return membership


@transaction.atomic
def enrolment_create(
    *, federation_id: UUID, site_slug: str, site_name: str, by: User, now: datetime
) -> tuple[Enrolment, str]:
    """Invite a hospital: return the invitation with its secret, which is shown this once.

    Raises:
        RoleMissing: ``by`` is no coordinator of the federation.
        SiteTaken: the federation has a site of that slug.
    """
    policies.require_role(user=by, federation_id=federation_id, roles=policies.MANAGE)
    if Site.objects.filter(federation_id=federation_id, slug=site_slug).exists():
        raise SiteTaken(f"This federation has a site {site_slug!r}; choose another short name.")
    secret = ENROLMENT_PREFIX + secrets.token_urlsafe(32)
    enrolment = Enrolment.objects.create(
        federation_id=federation_id,
        token_hash=secret_hash(secret),
        site_slug=site_slug,
        site_name=site_name,
        created_by=by,
        created_at=now,
        expires_at=now + ENROLMENT_VALID_FOR,
    )
    _audit(federation_id, by.username, "enrolment.created", site_slug, {"name": site_name}, now)
    return enrolment, secret


@transaction.atomic
def site_enrol(*, token: str, identity: dict[str, str], now: datetime, name: str = "") -> tuple[Site, str]:
    """Make the invited site with its published identity; return it with its credential, shown this once.

    The same identity may repeat the request until its agent has been heard for the first time, since the first answer
    may have been lost on the way: it then gets a new credential and the old one ends.

    Raises:
        EnrolmentRefused: the invitation is unknown, too old, or used.
        IdentityRefused: the identity cannot be read.
        SiteTaken: another site of the federation has that name or identity.
    """
    fingerprint = _fingerprint(identity)
    enrolment = Enrolment.objects.select_for_update().filter(token_hash=secret_hash(token)).first()
    if enrolment is None or enrolment.expires_at <= now:
        raise EnrolmentRefused("This invitation is unknown or too old; ask your coordinator for a new one.")
    credential = CREDENTIAL_PREFIX + secrets.token_urlsafe(32)
    if enrolment.site is not None:
        return _enrol_again(enrolment.site, fingerprint, credential), credential
    federation = Federation.objects.select_for_update().get(pk=enrolment.federation_id)
    enrolment.site = Site.objects.create(
        federation=federation,
        slug=enrolment.site_slug,
        name=name or enrolment.site_name,
        colour=_free_colour(federation, enrolment.site_slug, fingerprint),
        identity=identity,
        fingerprint=fingerprint,
        credential_hash=secret_hash(credential),
        created_at=now,
    )
    enrolment.used_at = now
    enrolment.save(update_fields=["site", "used_at"])
    actor, detail = f"site:{enrolment.site.slug}", {"fingerprint": fingerprint}
    _audit(federation.pk, actor, "site.enrolled", enrolment.site.slug, detail, now)
    return enrolment.site, credential


@transaction.atomic
def site_confirm(*, federation_id: UUID, site_id: UUID, fingerprint: str, by: User, now: datetime) -> Site:
    """Record that a person compared the fingerprint out of band. Confirming again changes nothing.

    Raises:
        RoleMissing: ``by`` is no coordinator of the federation.
        FingerprintDiffers: what the person has is not what the site published.
    """
    policies.require_role(user=by, federation_id=federation_id, roles=policies.MANAGE)
    site = Site.objects.select_for_update().filter(pk=site_id, federation_id=federation_id).first()
    if site is None:
        raise NotFound("There is no such site in this federation.")
    given = "".join(fingerprint.split()).replace(":", "").lower()
    if not secrets.compare_digest(given.encode(), site.fingerprint.encode()):
        raise FingerprintDiffers(
            f"That is not the fingerprint that {site.name} published. Do not confirm it: either it was misread, or "
            "somebody else enrolled in its name."
        )
    if not site.confirmed:
        site.confirmed, site.confirmed_at = True, now
        site.save(update_fields=["confirmed", "confirmed_at"])
        detail = {"fingerprint": site.fingerprint}
        _audit(federation_id, by.username, "site.confirmed", site.slug, detail, now)
    return site


def site_by_credential(*, credential: str) -> Site:
    """Return the site that this credential belongs to.

    Raises:
        CredentialUnknown: it is nobody's.
    """
    site = Site.objects.select_related("federation").filter(credential_hash=secret_hash(credential)).first()
    if site is None:
        raise CredentialUnknown("This site credential is not known; enrol the site again.")
    return site


def site_heard(*, site_id: UUID, now: datetime, agent_version: str | None = None) -> None:
    """Note that the site's agent spoke; a heartbeat never moves back."""
    values: dict[str, Any] = {"last_seen_at": now}
    if agent_version is not None:
        values["agent_version"] = agent_version[:40]
    Site.objects.filter(pk=site_id).exclude(last_seen_at__gt=now).update(**values)


def _enrol_again(site: Site, fingerprint: str, credential: str) -> Site:
    if site.fingerprint != fingerprint or site.last_seen_at is not None:
        raise EnrolmentRefused("This invitation has been used; ask your coordinator for a new one.")
    site.credential_hash = secret_hash(credential)
    site.save(update_fields=["credential_hash"])
    return site


def _free_colour(federation: Federation, slug: str, fingerprint: str) -> int:
    sites = Site.objects.filter(federation=federation)
    if sites.filter(slug=slug).exists() or sites.filter(fingerprint=fingerprint).exists():
        raise SiteTaken(f"This federation has a site {slug!r} or one with this identity; make another identity.")
    taken = set(sites.values_list("colour", flat=True))
    if len(taken) >= MAX_SITES:
        raise FederationFull(f"This federation has {len(taken)} sites, the most that a sum can hold is {MAX_SITES}.")
    return next(index for index in range(MAX_SITES) if index not in taken)


def _fingerprint(identity: dict[str, str]) -> str:
    try:
        return PublicIdentity.from_json(identity).fingerprint
    except SecaggError as error:
        raise IdentityRefused(error.message, fields={"identity": [error.message]}) from error


def _audit(federation_id: UUID, actor: str, action: str, subject: str, detail: dict[str, Any], now: datetime) -> None:
    audit_append(actor=actor, action=action, subject=subject, detail=detail, now=now, federation_id=federation_id)
