"""Read nodes: whoever works in a federation sees them; a patient sees a service's nodes in its descriptor alone."""

from datetime import datetime

from django.db.models import QuerySet

from backend.apps.accounts.models import User
from backend.apps.diagnosis.models import Node
from backend.apps.federations.selectors import SILENT_AFTER
from backend.apps.federations.selectors import visible_to as federations_visible_to


def nodes_visible_to(user: User) -> QuerySet[Node]:
    """Return the nodes of the federations that the user works in."""
    return Node.objects.filter(federation__in=federations_visible_to(user)).select_related("federation")


def is_online(node: Node, *, now: datetime) -> bool:
    """Say whether the node's worker has been heard lately."""
    return node.last_seen_at is not None and node.last_seen_at + SILENT_AFTER > now
