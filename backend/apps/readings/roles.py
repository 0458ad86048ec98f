"""Which roles of a federation lead a study, may read in one, or watch over it."""

from backend.apps.federations.models import Role

LEAD = frozenset({Role.COORDINATOR})
READ = frozenset({Role.CLINICIAN, Role.SITE_ADMIN, Role.COORDINATOR})
WATCH = frozenset({Role.COORDINATOR, Role.AUDITOR})
