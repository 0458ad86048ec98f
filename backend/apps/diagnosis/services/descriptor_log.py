"""Append to a service's public log. Whoever appends holds the service, so that each entry follows the one before."""

from datetime import datetime

from backend.apps.diagnosis.models import DescriptorLog, DiagnosisService
from backend.apps.diagnosis.selectors.descriptors import log_entry, log_rows
from primia_core.diagnosis.log import Kind, LogEntry


def log_append(*, service: DiagnosisService, kind: Kind, detail: dict[str, str | int], now: datetime) -> DescriptorLog:
    """Add one entry about the service's present descriptor."""
    last = log_rows(service).last()
    entry = LogEntry.after(
        log_entry(last) if last else None,
        kind=kind,
        service=service.pk,
        digest=service.descriptor_digest,
        at=now,
        detail=detail,
    )
    return DescriptorLog.objects.create(
        service=service,
        seq=entry.seq,
        kind=entry.kind,
        digest=entry.digest,
        previous=entry.previous,
        entry=entry.entry,
        detail=entry.detail,
        at=entry.at,
    )
