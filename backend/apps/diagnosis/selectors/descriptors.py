"""Read signed descriptors and their log as anybody checks them. It knows how they are kept, and trusts no row."""

from uuid import UUID

from django.db.models import Q, QuerySet

from backend.apps.diagnosis.models import DescriptorLog, DescriptorSignature, DiagnosisService, Node
from backend.apps.federations.models import Site
from backend.common.errors import NotFound
from primia_core.diagnosis.descriptor import Descriptor
from primia_core.diagnosis.log import LogEntry, verify_log
from primia_core.diagnosis.vouching import Signature, SignedDescriptor

ROLES = {"p0": 0, "p1": 1, "owner": 2, "site": 3}


def signed_descriptor(service: DiagnosisService) -> SignedDescriptor | None:
    """Return what the service's parties signed, with everybody who vouches for it; none before it is described."""
    if service.descriptor is None:
        return None
    rows = DescriptorSignature.objects.filter(service=service, digest=service.descriptor_digest)
    signatures = sorted(map(_signature, rows), key=lambda each: (ROLES[each.role], each.name))
    return SignedDescriptor(descriptor=Descriptor.from_json(service.descriptor), signatures=tuple(signatures))


def log_entries(service: DiagnosisService) -> list[LogEntry]:
    """Return the service's whole log, oldest first."""
    return [log_entry(row) for row in log_rows(service)]


def log_rows(service: DiagnosisService) -> QuerySet[DescriptorLog]:
    """Return the rows of the service's log, oldest first."""
    return DescriptorLog.objects.filter(service=service).order_by("seq")


def log_entry(row: DescriptorLog) -> LogEntry:
    """Return a row as the entry that readers verify."""
    return LogEntry(
        seq=row.seq,
        kind=row.kind,
        service=row.service_id,
        digest=row.digest,
        previous=row.previous,
        detail=row.detail,
        at=row.at,
        entry=row.entry,
    )


def log_verify(service: DiagnosisService) -> int:
    """Return the number of entries after checking every number, link and hash.

    Raises:
        LogError: naming the first entry that is missing or not what was written.
    """
    entries = log_entries(service)
    verify_log(entries)
    return len(entries)


def services_offered_to(site: Site) -> QuerySet[DiagnosisService]:
    """Return the open services that a site may look at and vouch for."""
    return DiagnosisService.objects.filter(federation=site.federation_id, state=DiagnosisService.State.OPEN).order_by(
        "opened_at"
    )


def descriptor_for(node: Node, *, service_id: UUID) -> SignedDescriptor:
    """Return the signed descriptor of a service that the node takes part in.

    Raises:
        NotFound: there is none, or not yet.
    """
    part = Q(owner=node) | Q(dealer=node) | Q(p0=node) | Q(p1=node)
    service = DiagnosisService.objects.filter(part, pk=service_id).first()
    signed = signed_descriptor(service) if service else None
    if signed is None:
        raise NotFound("there is no such service that this node takes part in, or it is not described yet")
    return signed


def _signature(row: DescriptorSignature) -> Signature:
    return Signature.model_validate(
        {
            "signer": row.fingerprint,
            "role": row.role,
            "name": row.name,
            "signature": row.signature,
            "identity": row.identity,
        }
    )
