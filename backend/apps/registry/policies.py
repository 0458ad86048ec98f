"""Who may take a model home or release it."""

from backend.apps.federations.models import Role

DOWNLOAD = frozenset({Role.COORDINATOR, Role.SITE_ADMIN})
RELEASE = frozenset({Role.COORDINATOR})
