"""Take a sealed request in: check what can be checked of ciphertext, keep both shares, ask both parties."""

import hashlib
from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db import transaction

from backend.apps.accounts.models import ApiToken, User
from backend.apps.diagnosis.errors import (
    BadShare,
    IdTaken,
    ServiceClosed,
    ServiceExpired,
    ShareTooLarge,
    WrongDescriptor,
)
from backend.apps.diagnosis.models import Diagnosis, DiagnosisBatch, DiagnosisService
from backend.apps.diagnosis.selectors.services import service_get
from backend.apps.diagnosis.services.budgets import budgets_check
from backend.apps.diagnosis.services.events import event_append
from backend.apps.diagnosis.services.locking import hold_service
from backend.apps.diagnosis.services.pairs import pair_queue
from backend.apps.diagnosis.services.sealed_blobs import blob_keep
from backend.apps.diagnosis.services.waiting import waiting_announce
from backend.common.errors import InvalidInput
from primia_core.canonical import sha256_hex
from primia_core.diagnosis.request import SPARE_BYTES
from primia_core.diagnosis.sealing import SEAL_BYTES

WAITS_FOR = timedelta(seconds=settings.DIAGNOSIS_WAITS_S)
SEED_BYTES = 32


@transaction.atomic
def diagnosis_create(
    *,
    diagnosis_id: UUID,
    service_id: UUID,
    descriptor: str,
    shares: Sequence[bytes],
    by: User,
    now: datetime,
    token: ApiToken | None = None,
    batch_id: UUID | None = None,
) -> tuple[Diagnosis, bool]:
    """Queue a request; the same request under the same id finds the row that it made.

    Args:
        descriptor: digest of the descriptor that the requester has checked.
        shares: sealed for P0 and for P1.
    Returns:
        The diagnosis, and whether this call made it.
    Raises:
        NotFound: there is no such service for this user.
        IdTaken: the id came before with something else.
        ServiceClosed, ServiceExpired, WrongDescriptor, BadShare, ShareTooLarge, BudgetUsedUp, TokenQuotaUsedUp: as
            their names say.
    """
    service_get(user=by, service_id=service_id)
    service = hold_service(service_id)
    request_hash = _request_hash(service_id, descriptor, shares, batch_id)
    if known := Diagnosis.objects.filter(pk=diagnosis_id).select_related("service").first():
        return _same(known, by, request_hash), False
    _check_open(service, descriptor, now)
    _check_sizes(service, shares)
    budgets_check(service=service, user=by, token=token, now=now)
    diagnosis = Diagnosis(
        id=diagnosis_id,
        service=service,
        requester=by,
        token=token,
        batch=_batch(batch_id, service, by),
        descriptor_digest=descriptor,
        order=0,
        request_hash=request_hash,
        created_at=now,
        expires_at=min(now + WAITS_FOR, service.expires_at),
    )
    diagnosis.save(force_insert=True)
    event_append(diagnosis=diagnosis, kind="diagnosis.queued", now=now)
    for node, share in zip((service.p0, service.p1), shares, strict=True):
        blob_keep(node=node, service=service, diagnosis=diagnosis, content=share, now=now)
    waiting_announce(diagnosis=diagnosis, now=now)
    pair_queue(diagnosis=diagnosis, now=now)
    diagnosis.save(update_fields=["order"])
    return diagnosis, True


def share_sizes(service: DiagnosisService) -> tuple[int, int]:
    """Return the bytes of each party's payload, before it is sealed: a seed, and the masked words."""
    given = service.facts["input"]
    words = given["channels"] * given["size"] ** 2
    return SEED_BYTES, words * given["ring_bits"] // 8


def _request_hash(service_id: UUID, descriptor: str, shares: Sequence[bytes], batch_id: UUID | None) -> str:
    return sha256_hex(
        {
            "service": str(service_id),
            "descriptor": descriptor,
            "batch": str(batch_id) if batch_id else None,
            "shares": [hashlib.sha256(share).hexdigest() for share in shares],
        }
    )


def _same(known: Diagnosis, by: User, request_hash: str) -> Diagnosis:
    if known.requester_id != by.pk or known.request_hash != request_hash:
        raise IdTaken(f"The id {known.pk} came before with another request; draw a new id for every request.")
    return known


def _check_open(service: DiagnosisService, descriptor: str, now: datetime) -> None:
    if service.state == DiagnosisService.State.OPEN and service.expires_at <= now:
        raise ServiceExpired(f"The service expired at {service.expires_at:%Y-%m-%d %H:%M} UTC; choose another one.")
    if service.state != DiagnosisService.State.OPEN:
        raise ServiceClosed(f"The service is {service.state} and takes no requests; choose an open one.")
    if descriptor != service.descriptor_digest:
        raise WrongDescriptor(
            f"The request was made for descriptor {descriptor[:16]}, the service has {service.descriptor_digest[:16]}; "
            "load the service again."
        )


def _check_sizes(service: DiagnosisService, shares: Sequence[bytes]) -> None:
    if len(shares) != 2:
        raise BadShare(f"A request has two shares, one for each party; got {len(shares)}.")
    for party, (share, payload) in enumerate(zip(shares, share_sizes(service), strict=True)):
        least, most = payload + SEAL_BYTES, payload + SPARE_BYTES
        if len(share) > most:
            raise ShareTooLarge(
                f"Share {party} has {len(share)} bytes, this service takes at most {most}; "
                "resize the picture as the descriptor says."
            )
        if len(share) < least:
            raise BadShare(f"Share {party} has {len(share)} bytes, this service needs at least {least}; seal it again.")


def _batch(batch_id: UUID | None, service: DiagnosisService, by: User) -> DiagnosisBatch | None:
    if batch_id is None:
        return None
    batch = DiagnosisBatch.objects.filter(pk=batch_id, requester=by, service=service).first()
    if batch is None:
        raise InvalidInput(
            "There is no such batch of this service.", fields={"batch": ["Make the batch first, for this service."]}
        )
    return batch
