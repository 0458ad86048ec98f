"""Append to the audit chain and verify it. It does not know what the deeds mean."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from backend.apps.audit.errors import ChainBroken
from backend.apps.audit.models import AuditEntry, AuditHead
from primia_core.canonical import sha256_hex

GENESIS = "0" * 64


@transaction.atomic
def audit_append(
    *,
    actor: str,
    action: str,
    subject: str,
    detail: dict[str, Any],
    now: datetime,
    federation_id: UUID | None = None,
) -> AuditEntry:
    """Add one entry in the caller's transaction: a deed and its entry stand or fall together.

    Args:
        actor: user name, ``site:<slug>`` or ``system``.
        action: past tense, such as ``"job.created"``.
        subject: what it was done to.
        detail: JSON without secrets and without fractions, which the database may write differently.
        now: time of the deed.
        federation_id: the federation whose auditors may read the entry.
    """
    _refuse_fractions(detail)
    AuditHead.objects.bulk_create([AuditHead(id=1, number=0, hash=GENESIS)], ignore_conflicts=True)
    head = AuditHead.objects.select_for_update().get(pk=1)
    entry = AuditEntry(
        number=head.number + 1,
        time=now,
        actor=actor,
        action=action,
        subject=subject,
        federation=federation_id,
        detail=detail,
        previous_hash=head.hash,
    )
    entry.hash = _hash(entry)
    entry.save(force_insert=True)
    head.number, head.hash = entry.number, entry.hash
    head.save(update_fields=["number", "hash"])
    return entry


def verify_chain() -> int:
    """Return the number of entries after checking every number, link and hash, and the head.

    Raises:
        ChainBroken: naming the first entry that is missing or not what was written.
    """
    with transaction.atomic():  # one snapshot would need more; the head's lock keeps writers out as well
        head = AuditHead.objects.select_for_update().filter(pk=1).first()
        previous, number = GENESIS, 0
        for entry in AuditEntry.objects.order_by("number").iterator(chunk_size=2000):
            number += 1
            if entry.number != number:
                raise ChainBroken(f"entry {number} is missing; the next one is {entry.number}")
            if entry.previous_hash != previous:
                raise ChainBroken(f"entry {number} does not follow the one before it")
            if entry.hash != _hash(entry):
                raise ChainBroken(f"entry {number} is not what was written")
            previous = entry.hash
        if (head.number, head.hash) != (number, previous) if head else number:
            raise ChainBroken(f"the chain ends at {number}, its head says {head.number if head else 0}")
    return number


def _hash(entry: AuditEntry) -> str:
    return sha256_hex(
        {
            "number": entry.number,
            "time": entry.time.astimezone(UTC).isoformat(timespec="microseconds"),
            "actor": entry.actor,
            "action": entry.action,
            "subject": entry.subject,
            "federation": str(entry.federation) if entry.federation else None,
            "detail": entry.detail,
            "previous": entry.previous_hash,
        }
    )


def _refuse_fractions(value: object) -> None:
    if isinstance(value, float):
        raise TypeError(f"audit detail holds the fraction {value}; write it as text, so that its hash is stable")
    for item in value.values() if isinstance(value, dict) else value if isinstance(value, list | tuple) else ():
        _refuse_fractions(item)
