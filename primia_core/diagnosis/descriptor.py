"""What a requester must know of a service before asking it: canonical JSON that both compute parties sign.

Every real number is a decimal string in JSON, because two languages write one floating-point number in two ways and
the digest must be the same in both. Knows no requests.
"""

from collections.abc import Collection, Mapping
from datetime import UTC, datetime
from math import prod
from typing import Annotated, Any, Final, Literal, Self
from uuid import UUID

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    ValidationError,
    model_validator,
)

from primia_core.canonical import CanonicalError, canonical_json, sha256_hex
from primia_core.diagnosis.errors import (
    DescriptorError,
    DescriptorExpired,
    ForgedDescriptor,
    UnsignedDescriptor,
    UntrustedParty,
)
from primia_core.diagnosis.framing import decode64, encode64
from primia_core.diagnosis.identity import NodeIdentity, PublicNode, PublishedIdentity
from primia_core.mpc.profile import BYTE, Width
from primia_core.mpc.randomness import SEED_BYTES
from primia_core.mpc.session import Policy
from primia_core.secagg.errors import ForgedSignature
from primia_core.secagg.identity import Identity

VERSION: Literal[1] = 1
_CONTEXT: Final = b"primia descriptor v1\0"


def _real(value: object) -> object:
    """Read a decimal string in the one spelling that Python writes; numbers pass."""
    if not isinstance(value, str):
        return value
    number = float(value)
    if repr(number) != value:
        raise ValueError(f"a real number is spelt {number!r}, got {value!r}")
    return number


Real = Annotated[float, BeforeValidator(_real), Field(allow_inf_nan=False), PlainSerializer(repr, return_type=str)]
Positive = Annotated[Real, Field(gt=0)]
Natural = Annotated[int, Field(ge=0, lt=2**53)]
"""An integer that JavaScript holds exactly."""
Text = Annotated[str, Field(max_length=4000)]
Line = Annotated[str, Field(min_length=1, max_length=200)]
Hex32 = Annotated[str, Field(pattern=r"^[0-9a-f]{32}$")]
Hex64 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
Seconds = Annotated[
    AwareDatetime,
    AfterValidator(lambda moment: moment.astimezone(UTC).replace(microsecond=0)),
    PlainSerializer(lambda moment: moment.strftime("%Y-%m-%dT%H:%M:%SZ"), return_type=str),
]
"""A moment in UTC, in whole seconds: ``2026-11-26T03:25:23Z``."""


class Public(BaseModel):
    """Frozen, strict JSON, whose errors do not repeat what they were given."""

    model_config = ConfigDict(frozen=True, extra="forbid", arbitrary_types_allowed=True, hide_input_in_errors=True)


class Model(Public):
    """Which model answers.

    Attributes:
        commitment: SHA-256 of 32 random bytes and the digest of the secure model: no hash of weights is public.
    """

    name: Line
    number: Natural
    version: UUID
    commitment: Hex64


class Input(Public):
    """How a picture becomes integers: rint((grey / 255 - mean) / std * scale), the same plane in every channel.

    Attributes:
        size: pixels of each side.
        limit: the largest magnitude of a normalised pixel.
        ring_bits: k; integers are shared modulo 2**k.
    """

    size: Annotated[int, Field(ge=1, le=4096)]
    channels: Literal[1, 3]
    mean: Real
    std: Positive
    scale: Positive
    limit: Positive
    ring_bits: Literal[32, 64]

    @property
    def shape(self) -> tuple[int, int, int, int]:
        """Return the shape of one image, with its batch of one."""
        return 1, self.channels, self.size, self.size

    @property
    def width(self) -> Width:
        """Return the width of the ring."""
        return Width(self.ring_bits)

    def share_bytes(self, party: int) -> int:
        """Return how long a party's share is: a seed, or the masked image."""
        return SEED_BYTES if party == 0 else prod(self.shape) * self.ring_bits // BYTE


class Output(Public):
    """What the requester is given.

    Attributes:
        scale: logit = integer / scale; 1.0 where only a label is given.
        limit: the largest magnitude of a logit that is computed right.
        words: values in an answer.
        ring_bits: modulo 2**ring_bits both shares of a value add up to it.
        temperature: probabilities = softmax(logits / temperature).
    """

    policy: Policy
    scale: Positive
    limit: Positive
    words: Annotated[int, Field(ge=1, le=10_000)]
    ring_bits: Literal[16, 24, 32, 64]
    temperature: Positive

    @property
    def width(self) -> Width:
        """Return the width modulo which the shares of a value add up; words of 24 bits travel in four bytes."""
        return Width(self.ring_bits)


class Party(PublicNode):
    """A compute party.

    Attributes:
        origin: where it serves its own keys, over HTTPS away from loopback.
    """

    origin: Annotated[str, Field(pattern=r"^https?://[^/\s]+$", max_length=300)]


class Learns(Public):
    """What each of those involved learns, in plain sentences."""

    p0: tuple[Text, ...]
    p1: tuple[Text, ...]
    dealer: tuple[Text, ...]
    hub: tuple[Text, ...]
    requester: tuple[Text, ...]


class Price(Public):
    """What privacy costs.

    Attributes:
        bytes_each_way: between the parties, for one diagnosis.
        stock_bytes: of correlations, delivered ahead, for one diagnosis.
    """

    bytes_each_way: Natural
    rounds: Natural
    online_seconds: Real
    stock_bytes: Natural
    learns: Learns


class Accuracy(Public):
    """How the encrypted model compares with the plain one, on the calibration images."""

    images: Natural
    labels_agree: Natural
    largest_logit_error: Real


class Descriptor(Public):
    """A service, as both parties promise it."""

    version: Literal[1] = VERSION
    service: UUID
    name: Line
    federation: Line
    model: Model
    classes: Annotated[tuple[Line, ...], Field(min_length=1, max_length=1000)]
    intended_use: Text
    input: Input
    output: Output
    program: Hex64
    protocol: Line
    profile: Line
    mask: Hex32
    epoch: Natural
    parties: tuple[Party, Party]
    dealer: PublicNode
    owner: PublicNode
    price: Price
    accuracy: Accuracy
    created: Seconds
    expires: Seconds

    @model_validator(mode="after")
    def _holds_together(self) -> Self:
        wanted = len(self.classes) if self.output.policy == "logits" else 1
        if self.output.words != wanted:
            raise ValueError(
                f"the policy {self.output.policy!r} gives {wanted} values for {len(self.classes)} classes, "
                f"got {self.output.words}"
            )
        if self.output.policy == "logits" and self.output.ring_bits != self.input.ring_bits:
            raise ValueError(f"logits are shared modulo 2**{self.input.ring_bits}, got 2**{self.output.ring_bits}")
        seats = (*self.parties, self.dealer)
        for what in ("sealing_key", "certificate"):
            if len({getattr(node, what) for node in seats}) < len(seats):
                raise ValueError(f"parties and dealer are three nodes, and two have one {what}")
        if len({node.identity.fingerprint for node in seats}) < len(seats):
            raise ValueError("parties and dealer are three nodes, and two have one signing key")
        if self.expires <= self.created:
            raise ValueError(f"it expires at {self.expires}, before it is made at {self.created}")
        return self

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> Self:
        """Read what ``to_json`` writes.

        Raises:
            DescriptorError: it is something else, contradicts itself, or says the same in another spelling.
        """
        try:
            read = cls.model_validate(value)
            if canonical_json(read.to_json()) != canonical_json(value):
                raise DescriptorError(
                    "the descriptor is not in its canonical form: a number, time or id is spelt otherwise; "
                    "fetch it again, or ask the hub's operator"
                )
        except ValidationError as error:
            problem = error.errors(include_url=False, include_input=False)[0]
            where = ".".join(map(str, problem["loc"])) or "descriptor"
            raise DescriptorError(f"the descriptor cannot be used: {where}: {problem['msg']}") from error
        except CanonicalError as error:
            raise DescriptorError(f"the descriptor has no canonical form: {error.message}") from error
        return read

    def to_json(self) -> dict[str, Any]:
        """Return the descriptor with strings, integers, lists and objects only."""
        return self.model_dump(mode="json")

    @property
    def digest(self) -> str:
        """Return the SHA-256 of the canonical JSON: what is signed, logged, and named in every request."""
        return sha256_hex(self.to_json())

    def check_open(self, now: datetime) -> None:
        """Raise DescriptorExpired when the service is no longer offered."""
        if now >= self.expires:
            raise DescriptorExpired(f"service {self.service} expired at {self.expires}; ask for its successor")


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
