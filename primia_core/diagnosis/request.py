"""A picture in two sealed halves: made by the requester, opened and checked by each compute party.

    sealed      HPKE( header | payload ), for one party of one service
    header      which request, service, descriptor, model, party, policy; the answer key; digests of both payloads
    payload     party 0: a seed; party 1: the picture's integers less the words of that seed

Whoever relays the halves can open neither, so it can change nothing in them. The digest of a request covers what
stands in both; it is part of the session that the parties agree on, so halves of two requests are never computed.
"""

from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from secrets import token_bytes
from typing import Annotated, Final, Literal, Self
from uuid import UUID

import numpy as np
from numpy.typing import NDArray
from pydantic import Field, ValidationError

from primia_core.canonical import canonical_json
from primia_core.diagnosis.descriptor import Descriptor, Hex64, Public
from primia_core.diagnosis.errors import (
    BeyondRange,
    RequestError,
    RequestExpired,
    ShareCorrupt,
    WeakAnswerKey,
    WrongDescriptor,
    WrongModel,
    WrongParty,
    WrongPolicy,
    WrongRequest,
    WrongService,
    WrongSize,
)
from primia_core.diagnosis.framing import MOST_HEADER_BYTES, decode64, encode64, frame, unframe
from primia_core.diagnosis.identity import NodeIdentity
from primia_core.diagnosis.sealing import POINT_BYTES, public_point, share_info
from primia_core.mpc.dealing import draw
from primia_core.mpc.profile import Words
from primia_core.mpc.randomness import RandomBytes, Stream
from primia_core.mpc.session import Policy

SALT_BYTES: Final = 32
SPARE_BYTES: Final = 4096
"""What a sealed share may be longer than its payload: seal, header and its length. Headers are shorter than that."""
_CONTEXT: Final = b"primia diagnosis request v1\0"
assert SPARE_BYTES < MOST_HEADER_BYTES


class ShareHeader(Public):
    """What stands before a payload.

    Attributes:
        descriptor: digest of the descriptor that the requester has read.
        answer_key: base64 of the point that the answer is sealed for, and no other.
        salt: 32 random bytes, in hexadecimal, which the other party is not told.
        own: SHA-256 of salt and payload.
        other: the same of the other party's.
    """

    v: Literal[1] = 1
    diagnosis: UUID
    service: UUID
    descriptor: Hex64
    model: UUID
    party: Literal[0, 1]
    policy: Policy
    answer_key: Annotated[str, Field(max_length=100)]
    salt: Hex64 = Field(repr=False)
    own: Hex64
    other: Hex64


@dataclass(frozen=True)
class SealedRequest:
    """What a requester sends, and what it keeps.

    Attributes:
        shares: sealed, of party 0 and party 1.
        digest: of the request; kept beside the private answer key, and asked of each answer.
    """

    shares: tuple[bytes, bytes] = field(repr=False)
    digest: bytes


def split(
    descriptor: Descriptor,
    integers: NDArray[np.int64],
    answer_key: bytes,
    *,
    diagnosis_id: UUID,
    rng: RandomBytes = token_bytes,
) -> SealedRequest:
    """Share a picture's integers and seal each half for its party.

    Args:
        descriptor: checked.
        integers: (channels, size, size), as ``input.integers`` gives them.
        answer_key: public point of a fresh ``AnswerKey``.
        diagnosis_id: new; an id serves one request.
        rng: uniform bytes; only tests pass their own.
    Raises:
        WrongSize: integers of another shape.
        BeyondRange: an integer beyond the input's limit.
        WeakAnswerKey: the key is no point of P-256.
    Security: either half says nothing about the picture. The digests are salted: party 0 knows the seed, and an
        unsalted digest of party 1's half would let it confirm a picture that it has guessed.
    Cost: 32 bytes for party 0 and ``ring_bits / 8`` bytes a pixel for party 1, and less than half a kilobyte each.
    """
    public_point(answer_key)
    seed, salts = rng(descriptor.input.share_bytes(0)), (rng(SALT_BYTES), rng(SALT_BYTES))
    payloads = (seed, _masked(descriptor, integers, seed))
    digests = [_digest(salt, payload) for salt, payload in zip(salts, payloads, strict=True)]
    headers = [
        ShareHeader(
            diagnosis=diagnosis_id,
            service=descriptor.service,
            descriptor=descriptor.digest,
            model=descriptor.model.version,
            party=party,
            policy=descriptor.output.policy,
            answer_key=encode64(answer_key),
            salt=salts[party].hex(),
            own=digests[party],
            other=digests[1 - party],
        )
        for party in (0, 1)
    ]
    first, second = (
        descriptor.parties[party].seal(
            frame(headers[party].model_dump(mode="json"), payloads[party]), share_info(descriptor.service, party)
        )
        for party in (0, 1)
    )
    return SealedRequest((first, second), request_digest(headers[0]))


@dataclass(frozen=True)
class ReceivedShare:
    """A half that a party has opened and found in order.

    Attributes:
        header: what the requester has bound it to.
        request_digest: 32 bytes, the same at the other party if and only if it holds the other half.
    """

    header: ShareHeader
    request_digest: bytes
    _descriptor: Descriptor = field(repr=False)
    _payload: bytes = field(repr=False)

    @classmethod
    def open(
        cls,
        node: NodeIdentity,
        sealed: bytes,
        *,
        party: int,
        diagnosis: UUID,
        descriptor: Descriptor,
        now: datetime,
    ) -> Self:
        """Open a sealed share and check everything that one party can.

        Args:
            party: this node's number.
            diagnosis: which the hub says it is.
            descriptor: the one that this party has signed.
        Raises:
            Unsealable: it was not sealed for this party of this service, or was changed.
            WrongParty, WrongService, WrongRequest, WrongDescriptor, WrongModel, WrongPolicy: made for another.
            RequestExpired: the service is over.
            WeakAnswerKey: nobody could open an answer for this key.
            ShareCorrupt, WrongSize: the content is not what it says.
        """
        if now >= descriptor.expires:
            raise RequestExpired(f"service {descriptor.service} expired at {descriptor.expires}; ask for its successor")
        header, payload = _unframed(node.open(sealed, share_info(descriptor.service, party)))
        _check_purpose(header, party, diagnosis, descriptor)
        _check_content(header, payload, descriptor)
        return cls(header, request_digest(header), descriptor, payload)

    @property
    def answer_key(self) -> bytes:
        """Return the point that the answer is sealed for."""
        return decode64(self.header.answer_key)

    def words(self) -> Words:
        """Return this party's additive share of the picture, ring words (1, channels, size, size)."""
        asked = self._descriptor.input
        if self.header.party == 0:
            return draw(Stream(self._payload, 0), asked.shape, asked.width)
        return np.frombuffer(self._payload, asked.width.dtype).reshape(asked.shape).copy()


def request_digest(header: ShareHeader) -> bytes:
    """Return 32 bytes that stand for a request: the same from either half's header."""
    shares = (header.own, header.other) if header.party == 0 else (header.other, header.own)
    whole = {
        **header.model_dump(mode="json", include={"diagnosis", "service", "descriptor", "model", "policy"}),
        "answer_key": header.answer_key,
        "share0": shares[0],
        "share1": shares[1],
    }
    return sha256(_CONTEXT + canonical_json(whole)).digest()


def most_sealed_bytes(descriptor: Descriptor, party: int) -> int:
    """Return how long a sealed share may be, for whoever cannot open it."""
    return descriptor.input.share_bytes(party) + SPARE_BYTES


def _masked(descriptor: Descriptor, integers: NDArray[np.int64], seed: bytes) -> bytes:
    asked = descriptor.input
    if integers.shape != asked.shape[1:]:
        raise WrongSize(f"the picture has the shape {integers.shape}, the service takes {asked.shape[1:]}")
    largest, limit = int(np.abs(integers).max(initial=0)), asked.limit * asked.scale
    if largest > limit:
        raise BeyondRange(
            f"an integer of the picture is {largest / limit:.4g} times the service's limit; "
            "calibration has never seen such a pixel, and the answer would be wrong"
        )
    words = integers[None].astype(np.uint64).astype(asked.width.dtype)
    masked: Words = words - draw(Stream(seed, 0), asked.shape, asked.width)
    return masked.tobytes()


def _digest(salt: bytes, payload: bytes) -> str:
    return sha256(salt + payload).hexdigest()


def _unframed(plaintext: bytes) -> tuple[ShareHeader, bytes]:
    try:
        said, payload = unframe(plaintext)
        header = ShareHeader.model_validate(said)
        if canonical_json(header.model_dump(mode="json")) != canonical_json(said):
            raise ValueError("an id is spelt in another way")
    except (ValidationError, ValueError) as error:
        raise ShareCorrupt(f"a share's header cannot be read ({_what(error)}); seal it as the protocol says") from error
    return header, payload


def _check_purpose(header: ShareHeader, party: int, diagnosis: UUID, descriptor: Descriptor) -> None:
    wanted: dict[str, tuple[object, type[RequestError]]] = {
        "party": (party, WrongParty),
        "service": (descriptor.service, WrongService),
        "diagnosis": (diagnosis, WrongRequest),
        "descriptor": (descriptor.digest, WrongDescriptor),
        "model": (descriptor.model.version, WrongModel),
        "policy": (descriptor.output.policy, WrongPolicy),
    }
    for name, (value, refusal) in wanted.items():
        if getattr(header, name) != value:
            raise refusal(
                f"the share is for {name} {getattr(header, name)}, this is {name} {value}; "
                "fetch the service's descriptor again and ask anew"
            )


def _check_content(header: ShareHeader, payload: bytes, descriptor: Descriptor) -> None:
    try:
        point = decode64(header.answer_key)
    except ValueError as error:
        raise WeakAnswerKey(f"the answer key is not base64 of {POINT_BYTES} bytes; make a new one") from error
    public_point(point)
    size = descriptor.input.share_bytes(header.party)
    if len(payload) != size:
        raise WrongSize(f"the share has {len(payload)} bytes, party {header.party} takes {size}; split the image again")
    if _digest(bytes.fromhex(header.salt), payload) != header.own:
        raise ShareCorrupt("the share's content is not that of its digest; split the image again")


def _what(error: ValueError) -> str:
    if isinstance(error, ValidationError):
        problem = error.errors(include_url=False, include_input=False)[0]
        return f"{'.'.join(map(str, problem['loc']))}: {problem['msg']}"
    return str(error)
