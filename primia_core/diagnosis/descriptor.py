"""What a requester must know of a service before asking it: canonical JSON that both compute parties sign.

Every real number is a decimal string in JSON, because two languages write one floating-point number in two ways and
the digest must be the same in both. Knows no requests.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from math import prod
from typing import Annotated, Any, Literal, Self
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
)
from primia_core.diagnosis.identity import PublicNode
from primia_core.mpc.profile import BYTE, Width
from primia_core.mpc.randomness import SEED_BYTES
from primia_core.mpc.session import Policy

VERSION: Literal[1] = 1


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
