"""Who will compute: a service's descriptor, its signatures, its log, and each party's key from its own origin.

The platform relays all but the last. It can therefore offer a descriptor with keys of its own, signed by those; what it
cannot do is answer at the parties' origins, or change a fingerprint that somebody compared by telephone.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal
from urllib.parse import urlsplit

from primia_core.client.address import platform_address
from primia_core.client.conversation import Conversation, Json, Progress, every, get
from primia_core.client.errors import ApiError, ServiceShut, Unreachable, UntrustedParty
from primia_core.diagnosis import errors
from primia_core.diagnosis.descriptor import Descriptor, Party
from primia_core.diagnosis.errors import DescriptorError, LogError, NodeError
from primia_core.diagnosis.identity import PublicNode
from primia_core.diagnosis.log import LogEntry, verify_log
from primia_core.diagnosis.vouching import SignedDescriptor, check

KEY_PAGE = "/.well-known/primia-node.json"
NOT_FOUND = 404
HEX = frozenset("0123456789abcdef")
By = Literal["pinned", "origin"]


@dataclass(frozen=True)
class Confirmed:
    """A party, and what its key was confirmed by."""

    name: str
    fingerprint: str
    origin: str
    by: By


@dataclass(frozen=True)
class Service:
    """A service whose descriptor, log and parties were verified, and may be sent to.

    Attributes:
        last: the last entry of its log; the next look at the log must find it there.
    """

    platform: str
    signed: SignedDescriptor
    parties: tuple[Confirmed, Confirmed]
    last: LogEntry

    @property
    def id(self) -> str:
        """Return its id."""
        return str(self.descriptor.service)

    @property
    def descriptor(self) -> Descriptor:
        """Return what the parties signed."""
        return self.signed.descriptor


@dataclass(frozen=True)
class Trust:
    """What somebody relies on.

    Attributes:
        fingerprints: of parties, of the model's owner or of sites, compared by telephone. With any given, they must
            vouch for both parties, and origins are not asked.
        plain: accept key pages over plain HTTP from other machines.
    """

    fingerprints: frozenset[str] = frozenset()
    plain: bool = False

    @classmethod
    def pinned(cls, fingerprints: Collection[str], *, plain: bool = False) -> "Trust":
        """Take fingerprints as people write them, with spaces or colons between.

        Raises:
            UntrustedParty: one is not 64 hexadecimal digits.
        """
        pinned = frozenset(one.lower().replace(":", "").replace(" ", "") for one in fingerprints)
        for one in pinned:
            if len(one) != 64 or not set(one) <= HEX:
                raise UntrustedParty(f"a fingerprint has 64 hexadecimal digits, {one[:80]!r} has {len(one)} characters")
        return cls(pinned, plain)


def establish(
    platform: str, service: str, trust: Trust, *, known: LogEntry | None, now: datetime
) -> Conversation[Service]:
    """Fetch a service and verify who stands behind it.

    Args:
        platform: its address.
        service: the id.
        trust: whom somebody relies on.
        known: the last entry of the service's log that was seen before.
        now: the present, for the expiry.
    Raises:
        ServiceShut, DescriptorExpired: it is closed, not open yet, or no longer offered.
        DescriptorError: signatures, log or content do not hold.
        UntrustedParty: a party's own origin shows another key, or does not answer.
    """
    yield Progress("verifying")
    refuse_shut((yield from _row(platform, service)))
    signed = SignedDescriptor.from_json((yield from get(f"services/{service}/descriptor")))
    _check_signatures(signed, trust)
    if str(signed.descriptor.service) != service:
        raise DescriptorError(
            f"the platform answers for service {service} with the descriptor of {signed.descriptor.service}"
        )
    signed.descriptor.check_open(now)
    log = tuple(LogEntry.from_json(row) for row in (yield from every("descriptor-log", service=service)))
    verify_log(log, known=known)
    _require_published(log, signed)
    confirmed = []
    for party in signed.descriptor.parties:
        confirmed.append((yield from _confirm(party, signed, trust, platform)))
    first, second = confirmed
    if first.by == "origin" and _origin(first.origin) == _origin(second.origin):
        raise UntrustedParty(
            f"both parties show their keys at {first.origin}, so that one operator could be both; compare their "
            "fingerprints by telephone and use --trust"
        )
    return Service(platform, signed, (first, second), log[-1])


def _row(platform: str, service: str) -> Conversation[Json]:
    try:
        row: Json = yield from get(f"services/{service}")
    except ApiError as error:
        if error.status != NOT_FOUND or error.code == "client.bad_answer":
            raise
        raise ServiceShut(
            "service.unknown",
            f"{platform} shows no service {service} to the owner of this token; it was closed, or is for others",
        ) from error
    return row


def refuse_shut(row: Mapping[str, Any]) -> None:
    """Raise ``ServiceShut`` unless the service takes requests now."""
    match row["state"]:
        case "open":
            return
        case "closed":
            raise ServiceShut("service.closed", f"{row['title']!r} is closed and takes no more requests")
        case "failed":
            raise ServiceShut("service.not_open", f"{row['title']!r} could not be published; its coordinator knows why")
        case state:
            raise ServiceShut("service.not_open", f"{row['title']!r} is not open yet ({state}); try again in a minute")


def _check_signatures(signed: SignedDescriptor, trust: Trust) -> None:
    try:
        check(signed, trusted=trust.fingerprints or None)
    except errors.UntrustedParty as error:
        raise UntrustedParty(error.message) from error


def _require_published(log: Sequence[LogEntry], signed: SignedDescriptor) -> None:
    published = [entry.digest for entry in log if entry.kind == "published"]
    if published[-1:] != [signed.descriptor.digest]:
        raise LogError("the descriptor is not the one that was last published in the service's log; do not use it")
    if log[-1].kind == "closed":
        raise ServiceShut("service.closed", "the service's log says that it was closed")


def _confirm(party: Party, signed: SignedDescriptor, trust: Trust, platform: str) -> Conversation[Confirmed]:
    told = (party.name, party.fingerprint, party.origin)
    if trust.fingerprints:
        return Confirmed(*told, by="pinned")
    if _origin(party.origin) == _origin(platform):
        raise UntrustedParty(
            f"{party.name} shows its key at the platform's own origin, which proves nothing; "
            f"compare {party.fingerprint} with the institution and use --trust"
        )
    shown = yield from _key_page(party, trust)
    node = _node_of(shown, party)
    if node.fingerprint != party.fingerprint:
        raise UntrustedParty(
            f"the service names {party.name} by the fingerprint {party.fingerprint}, but {party.origin} itself shows "
            f"{node.fingerprint}; send nothing, and ask the institution which is right"
        )
    _require_signed_there(shown, party, signed)
    return Confirmed(*told, by="origin")


def _key_page(party: Party, trust: Trust) -> Conversation[Json]:
    origin = platform_address(party.origin, plain=trust.plain)
    try:
        page = yield from get(f"{origin}{KEY_PAGE}")
    except (Unreachable, ApiError) as error:
        raise UntrustedParty(
            f"{party.name} does not confirm its key at {party.origin} ({error.message}); try again, or compare "
            f"{party.fingerprint} with the institution by telephone and use --trust"
        ) from error
    return page if isinstance(page, dict) else {}


def _node_of(page: Json, party: Party) -> PublicNode:
    try:
        return PublicNode.from_json(page.get("node") or {})
    except NodeError as error:
        raise UntrustedParty(f"what {party.origin} shows is no key of {party.name}: {error.message}") from error


def _require_signed_there(page: Json, party: Party, signed: SignedDescriptor) -> None:
    """Ask that the party itself says that it has signed this descriptor, and no other of this service."""
    service, digest = str(signed.descriptor.service), signed.descriptor.digest
    listed = [row for row in page.get("descriptors", []) if row.get("service") == service]
    if digest not in [row.get("digest") for row in listed]:
        raise UntrustedParty(
            f"{party.name} does not list this descriptor among those that it signed at {party.origin}; "
            "the service may have been published anew: try again in a minute, and else ask the institution"
        )


def _origin(url: str) -> tuple[str, str]:
    parts = urlsplit(url)
    return parts.scheme, parts.netloc.lower()
