"""Look at what diagnosis services promise, and let this hospital's name stand beside a promise. It decides nothing."""

from collections.abc import Collection

from primia_core.diagnosis.descriptor import Descriptor
from primia_core.diagnosis.vouching import SignedDescriptor, check, countersign
from primia_core.secagg.identity import Identity
from workers.link import LinkClient
from workers.site.errors import DescriptorUnknown
from workers.site.journal import Journal


def offered(link: LinkClient) -> list[SignedDescriptor]:
    """Return what the federation's open services promise, each signed by both of its parties.

    Raises:
        DescriptorError: one is not signed as it says.
    """
    given = [SignedDescriptor.from_json(each) for each in link.json("GET", "descriptors", {})["descriptors"]]
    for signed in given:
        check(signed)
    return given


def vouch(
    link: LinkClient, journal: Journal, identity: Identity, wanted: str, *, compared: Collection[str]
) -> Descriptor:
    """Sign one descriptor in this hospital's name, and send the signature.

    Args:
        wanted: the descriptor's digest, or the beginning of it.
        compared: fingerprints of both parties, as a person heard them from the parties themselves.
    Raises:
        DescriptorUnknown: not exactly one open service has such a descriptor.
        UntrustedParty: a party is not among those whose fingerprints were compared.
    """
    found = [signed for signed in offered(link) if wanted and signed.descriptor.digest.startswith(wanted.lower())]
    if len(found) != 1:
        raise DescriptorUnknown(
            f"{len(found)} open services have a descriptor that begins with {wanted!r}; "
            "`primia site descriptors` lists them"
        )
    descriptor = check(found[0], trusted=compared)
    body = {"signature": countersign(descriptor, identity).signature}
    journal.message("descriptor.countersign", {"descriptor": descriptor.digest, **body})
    link.post(f"descriptors/{descriptor.digest}/countersign", body)
    return descriptor
