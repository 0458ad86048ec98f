"""What a role permits. It reads memberships and decides; it changes nothing."""

from uuid import UUID

from backend.apps.accounts.models import User
from backend.apps.federations.errors import RoleMissing
from backend.apps.federations.models import Membership, Role

MANAGE = frozenset({Role.COORDINATOR})
AUDIT = frozenset({Role.COORDINATOR, Role.AUDITOR})


def has_role(*, user: User, federation_id: UUID, roles: frozenset[Role]) -> bool:
    """Say whether the user has one of the roles in the federation."""
    return Membership.objects.filter(user=user, federation_id=federation_id, role__in=roles).exists()


def require_role(*, user: User, federation_id: UUID, roles: frozenset[Role]) -> None:
    """Pass only whoever has one of the roles in the federation.

    Raises:
        RoleMissing: naming the roles that would do.
    """
    if not has_role(user=user, federation_id=federation_id, roles=roles):
        wanted = " or ".join(sorted(role.value for role in roles))
        raise RoleMissing(f"Only a {wanted} of this federation may do that; ask one of them.")


def require_site_admin(*, user: User, site_id: UUID) -> None:
    """Pass only an administrator of the site itself: no coordinator can speak for a hospital.

    Raises:
        RoleMissing: the user is not one.
    """
    if not Membership.objects.filter(user=user, site_id=site_id, role=Role.SITE_ADMIN).exists():
        raise RoleMissing("Only an administrator of this site may do that.")
