"""A party's share of an answer: sealed for the requester's one-time key, and signed; the requester adds both up.

Knows nothing of how it was computed. The words come in blinded (``mpc.session.blind_answer``).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from hmac import compare_digest
from typing import Any, Final, Literal, Self
from uuid import UUID

import numpy as np
from numpy.typing import NDArray
from pydantic import ValidationError

from primia_core.canonical import canonical_json
from primia_core.diagnosis.descriptor import Descriptor, Hex64, Public
from primia_core.diagnosis.errors import (
    AnswerCorrupt,
    AnswerForged,
    AnswerIncomplete,
    AnswersDiffer,
    AnswerToAnother,
    Unsealable,
)
from primia_core.diagnosis.framing import decode64, encode64, frame, unframe
from primia_core.diagnosis.identity import NodeIdentity
from primia_core.diagnosis.request import ReceivedShare
from primia_core.diagnosis.sealing import AnswerKey, answer_info, seal
from primia_core.mpc.profile import Words
from primia_core.mpc.session import Policy
from primia_core.secagg.errors import ForgedSignature

_CONTEXT: Final = b"primia answer v1\0"


class Answer(Public):
    """What a party sends, and the hub relays once.

    Attributes:
        sealed: base64, for the answer key that stood in the request.
        signature: base64, of the party over the sealed bytes.
    """

    party: Literal[0, 1]
    sealed: str
    signature: str

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> Self:
        """Read what ``to_json`` writes.

        Raises:
            AnswerCorrupt: it is something else.
        """
        try:
            return cls.model_validate(value)
        except ValidationError as error:
            raise AnswerCorrupt("an answer is an object with party, sealed and signature; collect it again") from error

    def to_json(self) -> dict[str, Any]:
        """Return it for JSON."""
        return self.model_dump(mode="json")


class AnswerHeader(Public):
    """What stands before the words.

    Attributes:
        session: of the computation, the same at both parties.
        request: digest of the request, as ``split`` returned it.
    """

    v: Literal[1] = 1
    diagnosis: UUID
    service: UUID
    descriptor: Hex64
    party: Literal[0, 1]
    policy: Policy
    session: Hex64
    request: Hex64


@dataclass(frozen=True)
class Opened:
    """An answer that only its requester has read.

    Attributes:
        diagnosis: its id.
        label: position of the class.
        logits: in the order of the classes; ``None`` where the service gives a label alone.
        probabilities: softmax(logits / temperature), or ``None``.
        entropy: of the probabilities, from 0 (certain) to 1 (all classes alike), or ``None``.
        plausible: every logit is one that can be computed right; if not, the answer counts as none.
    """

    diagnosis: UUID
    label: int = field(repr=False)
    logits: tuple[float, ...] | None = field(repr=False)
    probabilities: tuple[float, ...] | None = field(repr=False)
    entropy: float | None = field(repr=False)
    plausible: bool


def seal_answer(
    node: NodeIdentity, share: ReceivedShare, words: Words, *, descriptor: Descriptor, session: bytes
) -> Answer:
    """Seal and sign a party's share of the answer.

    Args:
        share: the request; the answer is sealed for its key and no other.
        words: blinded, as many as the descriptor says, of its width.
        session: 32 bytes, as the parties agreed.
    Raises:
        AnswerCorrupt: words of another number or type than the descriptor promises.
    """
    asked, header = descriptor.output, share.header
    flat = np.ascontiguousarray(words).reshape(-1)
    if flat.size != asked.words or flat.dtype != asked.width.dtype:
        raise AnswerCorrupt(
            f"an answer of {flat.size} words of {flat.dtype} was computed, the descriptor promises {asked.words} of "
            f"{asked.ring_bits} bits; prepare the service again"
        )
    said = AnswerHeader(
        diagnosis=header.diagnosis,
        service=header.service,
        descriptor=header.descriptor,
        party=header.party,
        policy=header.policy,
        session=session.hex(),
        request=share.request_digest.hex(),
    )
    plaintext = frame(said.model_dump(mode="json"), flat.tobytes())
    sealed = seal(share.answer_key, plaintext, answer_info(header.diagnosis, header.party))
    return Answer(party=header.party, sealed=encode64(sealed), signature=encode64(node.sign(_CONTEXT + sealed)))


def open_answers(
    descriptor: Descriptor,
    diagnosis_id: UUID,
    answer_key: AnswerKey,
    answers: Iterable[Answer | Mapping[str, Any]],
    *,
    request_digest: bytes,
) -> Opened:
    """Verify, open and add up both parties' answers.

    Args:
        descriptor: which the request was made for.
        answer_key: the private key of the request.
        answers: one of each party, in any order.
        request_digest: as ``split`` returned it.
    Raises:
        AnswerIncomplete: not one of each party.
        AnswerForged: a party has not signed its answer.
        AnswerToAnother: an answer is of another request or service.
        AnswersDiffer: the parties have computed in two sessions.
        AnswerCorrupt: an answer does not hold what the descriptor promises.
    """
    read = [answer if isinstance(answer, Answer) else Answer.from_json(answer) for answer in answers]
    if sorted(answer.party for answer in read) != [0, 1]:
        raise AnswerIncomplete(
            f"one answer of each party is needed, got those of {[answer.party for answer in read]}; collect them again"
        )
    opened = [_open(descriptor, diagnosis_id, answer_key, answer, request_digest) for answer in read]
    (first, ours), (second, theirs) = opened
    if not compare_digest(first.session, second.session):
        raise AnswersDiffer("the parties' answers are of two computations; they do not add up, ask anew")
    return _added(descriptor, diagnosis_id, descriptor.output.width.reduce(np.add(ours, theirs)))


def _open(
    descriptor: Descriptor, diagnosis_id: UUID, key: AnswerKey, answer: Answer, request: bytes
) -> tuple[AnswerHeader, Words]:
    try:
        sealed, signature = decode64(answer.sealed), decode64(answer.signature)
        descriptor.parties[answer.party].verify(_CONTEXT + sealed, signature)
    except (ValueError, ForgedSignature) as error:
        raise AnswerForged(
            f"party {answer.party} has not signed the answer that came in its name; do not trust the relay, ask anew"
        ) from error
    try:
        said, payload = unframe(key.open(sealed, answer_info(diagnosis_id, answer.party)))
        header = AnswerHeader.model_validate(said)
    except Unsealable as error:
        raise AnswerToAnother(
            f"the answer of party {answer.party} does not open with this request's key; it belongs to another request"
        ) from error
    except ValueError as error:
        raise AnswerCorrupt(f"the answer of party {answer.party} cannot be read; ask anew") from error
    wanted = AnswerHeader(
        diagnosis=diagnosis_id,
        service=descriptor.service,
        descriptor=descriptor.digest,
        party=answer.party,
        policy=descriptor.output.policy,
        session=header.session,
        request=request.hex(),
    )
    if canonical_json(said) != canonical_json(wanted.model_dump(mode="json")):
        raise AnswerToAnother(f"the answer of party {answer.party} is to another request; ask anew")
    return header, _words(descriptor, answer.party, payload)


def _words(descriptor: Descriptor, party: int, payload: bytes) -> Words:
    asked = descriptor.output
    kind = np.dtype(asked.width.dtype)
    if len(payload) != asked.words * kind.itemsize:
        raise AnswerCorrupt(
            f"the answer of party {party} has {len(payload)} bytes, the descriptor promises "
            f"{asked.words * kind.itemsize}; ask anew"
        )
    return np.frombuffer(payload, kind)


def _added(descriptor: Descriptor, diagnosis: UUID, total: Words) -> Opened:
    asked = descriptor.output
    if asked.policy == "label":
        label = int(total[0])
        if label >= len(descriptor.classes):
            raise AnswerCorrupt(f"the answer names class {label}, the service has {len(descriptor.classes)}; ask anew")
        return Opened(diagnosis, label, None, None, None, plausible=True)
    signed = total.view(np.int32 if asked.ring_bits == 32 else np.int64)
    logits = signed.astype(np.float64) / asked.scale
    probabilities = softmax(logits / asked.temperature)
    return Opened(
        diagnosis=diagnosis,
        label=int(np.argmax(logits)),
        logits=tuple(logits.tolist()),
        probabilities=tuple(probabilities.tolist()),
        entropy=normalised_entropy(probabilities),
        plausible=bool(np.abs(logits).max() <= asked.limit),
    )


def softmax(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return exp(value) over the sum of all, without overflow."""
    powers = np.exp(values - values.max())
    return np.asarray(powers / powers.sum(), np.float64)


def normalised_entropy(probabilities: NDArray[np.float64]) -> float:
    """Return the entropy over that of equal probabilities, 0 to 1; of one class, 0."""
    if probabilities.size < 2:
        return 0.0
    held = probabilities[probabilities > 0]
    return float(-(held * np.log(held)).sum() / np.log(probabilities.size)) + 0.0
