"""Let a site's name stand beside a descriptor. The site has checked it; the hub checks the signature."""

from datetime import datetime

from django.db import transaction

from backend.apps.audit.services import audit_append
from backend.apps.diagnosis.errors import BadCountersignature, ServiceClosed
from backend.apps.diagnosis.models import DescriptorSignature, DiagnosisService
from backend.apps.diagnosis.selectors.descriptors import services_offered_to
from backend.apps.diagnosis.services.descriptor_log import log_append
from backend.apps.diagnosis.services.locking import hold_service
from backend.apps.federations.models import Site
from backend.common.errors import NotFound
from primia_core.diagnosis.descriptor import Descriptor
from primia_core.diagnosis.errors import ForgedDescriptor
from primia_core.diagnosis.vouching import Signature, verify
from primia_core.secagg.identity import PublicIdentity


@transaction.atomic
def descriptor_countersign(*, site: Site, digest: str, signature: str, now: datetime) -> DescriptorSignature:
    """Keep a site's signature and log it. Signing again changes nothing.

    Raises:
        NotFound: no open service of the site's federation has this descriptor.
        BadCountersignature: nobody has confirmed the site's fingerprint, or it did not sign this descriptor.
    """
    found = services_offered_to(site).filter(descriptor_digest=digest).values_list("pk", flat=True).first()
    if found is None:
        raise NotFound(
            "no open service of this federation has that descriptor; list them with `primia site descriptors`"
        )
    service = hold_service(found)
    if service.state != DiagnosisService.State.OPEN or service.descriptor_digest != digest:
        raise ServiceClosed(f"the service {service.slug} was closed meanwhile")
    known = DescriptorSignature.objects.filter(service=service, digest=digest, fingerprint=site.fingerprint).first()
    if known is not None:
        return known
    identity = PublicIdentity.from_json(site.identity)
    _check(service, site, identity, signature)
    row = DescriptorSignature.objects.create(
        service=service,
        digest=digest,
        role="site",
        name=identity.name,
        fingerprint=site.fingerprint,
        signature=signature,
        identity=identity.to_json(),
        at=now,
    )
    told = {"site": site.slug, "fingerprint": site.fingerprint}
    log_append(service=service, kind="countersigned", detail=told, now=now)
    audit_append(
        actor=f"site:{site.slug}", action="service.countersigned", subject=service.slug,
        detail={"descriptor": digest}, now=now, federation_id=site.federation_id,
    )  # fmt: skip
    return row


def _check(service: DiagnosisService, site: Site, identity: PublicIdentity, signature: str) -> None:
    if not site.confirmed:
        raise BadCountersignature(
            "nobody has confirmed this site's fingerprint; ask the coordinator to compare it first"
        )
    given = {
        "signer": site.fingerprint,
        "role": "site",
        "name": identity.name,
        "signature": signature,
        "identity": identity,
    }
    try:
        verify(Descriptor.from_json(service.descriptor), Signature.model_validate(given))
    except ForgedDescriptor as error:
        raise BadCountersignature(error.message) from error
