"""Who vouches for a descriptor: both parties, its owner, sites; and what must be true before anybody asks a service."""

from collections.abc import Collection, Mapping
from typing import Any, Final, Literal, Self

from pydantic import (
    ValidationError,
)

from primia_core.diagnosis.descriptor import Descriptor, Hex64, Line, Public
from primia_core.diagnosis.errors import (
    DescriptorError,
    ForgedDescriptor,
    UnsignedDescriptor,
    UntrustedParty,
)
from primia_core.diagnosis.framing import decode64, encode64
from primia_core.diagnosis.identity import NodeIdentity, PublicNode, PublishedIdentity
from primia_core.secagg.errors import ForgedSignature
from primia_core.secagg.identity import Identity

_CONTEXT: Final = b"primia descriptor v1\0"


class Signature(Public):
    """Somebody vouches for a descriptor.

    Attributes:
        signer: fingerprint of the node, or of a site's signing key.
        identity: of a site; ``None`` for who stands in the descriptor.
        signature: base64.
    """

    signer: Hex64
    role: Literal["p0", "p1", "owner", "site"]
    name: Line
    signature: str
    identity: PublishedIdentity | None = None


def sign(descriptor: Descriptor, node: NodeIdentity, role: Literal["p0", "p1", "owner"]) -> Signature:
    """Sign as a node that stands in the descriptor.

    Raises:
        DescriptorError: it does not stand there in that role.
    """
    public = node.public
    if _in_role(descriptor, role).fingerprint != public.fingerprint:
        raise DescriptorError(f"the descriptor names another node as {role} than {public.fingerprint[:16]}")
    return Signature(
        signer=public.fingerprint, role=role, name=public.name, signature=encode64(node.sign(_signed(descriptor)))
    )


def countersign(descriptor: Descriptor, site: Identity) -> Signature:
    """Sign as a site, which has looked at the service and lets its name stand beside it."""
    public = site.public
    return Signature(
        signer=public.fingerprint,
        role="site",
        name=public.name,
        signature=encode64(site.sign(_signed(descriptor))),
        identity=public,
    )


def verify(descriptor: Descriptor, signature: Signature) -> None:
    """Check one signature.

    Raises:
        ForgedDescriptor: it is not by who it says.
    """
    try:
        if signature.role != "site":
            node = _in_role(descriptor, signature.role)
            identity, fingerprint = node.identity, node.fingerprint
        elif signature.identity is not None:
            identity, fingerprint = signature.identity, signature.identity.fingerprint
        else:
            raise ValueError("a site's signature comes with its public identity")
        if fingerprint != signature.signer or identity.name != signature.name:
            raise ValueError("signer and keys are not the same")
        identity.verify(_signed(descriptor), decode64(signature.signature))
    except (ValueError, ForgedSignature) as error:
        raise ForgedDescriptor(
            f"the signature of {signature.name!r} ({signature.role}, fingerprint {signature.signer[:16]}) does not "
            f"belong to descriptor {descriptor.digest[:16]}; do not use the service, and tell its operator"
        ) from error


class SignedDescriptor(Public):
    """A descriptor and who vouches for it."""

    descriptor: Descriptor
    signatures: tuple[Signature, ...] = ()

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> Self:
        """Read what ``to_json`` writes; nothing is verified yet, ``check`` does that.

        Raises:
            DescriptorError: it is something else.
        """
        if not isinstance(value, Mapping) or set(value) != {"descriptor", "signatures"}:
            raise DescriptorError("a signed descriptor is an object with a descriptor and signatures")
        descriptor = Descriptor.from_json(value["descriptor"])
        try:
            return cls.model_validate({"descriptor": descriptor, "signatures": value["signatures"]})
        except ValidationError as error:
            problem = error.errors(include_url=False, include_input=False)[0]
            where = ".".join(map(str, problem["loc"]))
            raise DescriptorError(f"the signatures cannot be used: {where}: {problem['msg']}") from error

    def to_json(self) -> dict[str, Any]:
        """Return it with strings, integers, lists and objects only."""
        return self.model_dump(mode="json")


def check(signed: SignedDescriptor, *, trusted: Collection[str] | None = None) -> Descriptor:
    """Verify every signature, and that both parties have signed.

    Args:
        trusted: fingerprints that the requester has compared, of nodes or of sites. With them, each party must be
            among them, or somebody among them must have signed for it: a site or the owner, beside the parties.
    Returns:
        The descriptor, which may now be used.
    Raises:
        UnsignedDescriptor: a party has not signed.
        ForgedDescriptor: a signature is not by who it says.
        UntrustedParty: nobody whom the requester trusts vouches for a party.
    Security: without ``trusted`` this shows that whoever holds the keys in the descriptor has signed it, and not who
        they are.
    """
    descriptor = signed.descriptor
    for signature in signed.signatures:
        verify(descriptor, signature)
    roles = {signature.role for signature in signed.signatures}
    if missing := [role for role in ("p0", "p1") if role not in roles]:
        raise UnsignedDescriptor(f"descriptor {descriptor.digest[:16]} lacks the signature of {missing}; wait for it")
    if trusted is not None:
        _check_trust(signed, {fingerprint.lower() for fingerprint in trusted})
    return descriptor


def _check_trust(signed: SignedDescriptor, trusted: set[str]) -> None:
    if any(signature.signer in trusted for signature in signed.signatures if signature.role in ("site", "owner")):
        return
    for number, party in enumerate(signed.descriptor.parties):
        if party.fingerprint not in trusted:
            raise UntrustedParty(
                f"party {number}, {party.name!r}, has the fingerprint {party.fingerprint}, which is none of the "
                f"{len(trusted)} trusted ones; compare it with its operator, then add it"
            )


def _in_role(descriptor: Descriptor, role: Literal["p0", "p1", "owner"]) -> PublicNode:
    return descriptor.owner if role == "owner" else descriptor.parties[int(role[1])]


def _signed(descriptor: Descriptor) -> bytes:
    return _CONTEXT + bytes.fromhex(descriptor.digest)
