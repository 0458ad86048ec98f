"""Say what a queued diagnosis waits for, once each time that this changes."""

from datetime import datetime

from backend.apps.diagnosis.models import Diagnosis, DiagnosisEvent, DiagnosisService
from backend.apps.diagnosis.selectors.nodes import is_online
from backend.apps.diagnosis.services.events import event_append


def waiting_announce(*, diagnosis: Diagnosis, now: datetime) -> None:
    """Append what keeps the request back, if anything does and was not said last; the caller holds the diagnosis."""
    reason = kept_back_by(diagnosis.service, now=now)
    if reason is None or diagnosis.state != Diagnosis.State.QUEUED:
        return
    last = DiagnosisEvent.objects.filter(diagnosis=diagnosis).order_by("-seq").first()
    if last is None or last.payload != {"reason": reason}:
        event_append(diagnosis=diagnosis, kind="diagnosis.waiting", now=now, reason=reason)


def kept_back_by(service: DiagnosisService, *, now: datetime) -> str | None:
    """Return ``party`` while a party is silent, ``stock`` while one has no correlations, none while both can begin."""
    if not (is_online(service.p0, now=now) and is_online(service.p1, now=now)):
        return "party"
    return None if service.stock_p0 and service.stock_p1 else "stock"
