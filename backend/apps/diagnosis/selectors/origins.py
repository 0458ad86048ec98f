"""Where the compute parties of open services serve their own keys: all that the browser's page may ask besides us."""

import re
from typing import Final

from backend.apps.diagnosis.models import DiagnosisService, Node

ORIGIN: Final = re.compile(r"https?://(\[[0-9a-f:]+\]|[a-z0-9.-]+)(:\d{1,5})?", re.IGNORECASE)
"""Nothing that would mean more in a content security policy than one address."""


def party_origins() -> list[str]:
    """Return the origins of all parties of open services, each once, in order."""
    open_services = DiagnosisService.objects.filter(state=DiagnosisService.State.OPEN)
    ids = {party for pair in open_services.values_list("p0", "p1") for party in pair}
    found = Node.objects.filter(pk__in=ids).values_list("origin", flat=True)
    return sorted({origin for origin in found if ORIGIN.fullmatch(origin)})
