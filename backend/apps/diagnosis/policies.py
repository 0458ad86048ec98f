"""Who may publish a service and bring nodes. Whoever may see an open service may ask it."""

from backend.apps.federations.models import Role

PUBLISH = frozenset({Role.COORDINATOR})
BRING_NODES = frozenset({Role.COORDINATOR})
