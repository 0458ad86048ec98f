"""Read the audit log, starting at what a user may see."""

from django.db.models import QuerySet

from backend.apps.accounts.models import User
from backend.apps.audit.models import AuditEntry
from backend.apps.federations import policies
from backend.apps.federations.models import Membership


def visible_to(user: User) -> QuerySet[AuditEntry]:
    """Return the entries of the federations whose coordinator or auditor the user is."""
    audited = Membership.objects.filter(user=user, role__in=policies.AUDIT).values("federation")
    return AuditEntry.objects.filter(federation__in=audited)
