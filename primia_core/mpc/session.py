"""What two compute parties agree on before they compute: terms, one session, an answer that only both can read.

A session is one request on one correlation set. The first message that a party sends online begins with the session,
so parties that disagree find out in the round that they need anyway. Knows no gate, file or socket.
"""

from collections.abc import Collection
from dataclasses import dataclass
from hashlib import sha256
from hmac import compare_digest
from typing import Any, Final, Literal

import numpy as np
from numpy.typing import NDArray

from primia_core.canonical import canonical_json
from primia_core.mpc.errors import SessionError
from primia_core.mpc.profile import Width
from primia_core.mpc.randomness import Stream
from primia_core.mpc.steps import Answers, Exchange, Result, Step
from primia_core.mpc.stock.header import Kind

DIGEST_BYTES: Final = 32
NONCE_BYTES: Final = 32
KEY_PART_BYTES: Final = 32
Policy = Literal["logits", "label"]


@dataclass(frozen=True)
class Terms:
    """What a party is willing to compute: equal at both, or nothing is computed.

    Attributes:
        kind: of the correlation sets: program, mask of the weights, protocol, batch.
        epoch: of the dealer.
        model_version: whose shares are opened under the mask.
        policy: what the requester is given.
    """

    kind: Kind
    epoch: int
    model_version: str
    policy: Policy

    @property
    def digest(self) -> bytes:
        """Return 32 bytes that stand for all of it."""
        terms = {
            "kind": self.kind.model_dump(mode="json"),
            "epoch": self.epoch,
            "model_version": self.model_version,
            "policy": self.policy,
        }
        return sha256(b"primia mpc terms\0" + canonical_json(terms)).digest()


def session_digest(*, request: bytes, stock_id: str, terms: Terms, nonces: tuple[bytes, bytes]) -> bytes:
    """Return the name of a session: a request, on a correlation set, under terms, between these two.

    Args:
        request: SHA-256 of the request as both parties received it: its id, its requester, both sealed shares.
        nonces: of party 0 and party 1, fresh for every set.
    Returns:
        32 bytes that no other request, set, terms or nonces give.
    """
    parts = (request, bytes.fromhex(stock_id), terms.digest, *nonces)
    if len(request) != DIGEST_BYTES or any(len(nonce) != NONCE_BYTES for nonce in nonces):
        raise SessionError(
            f"a request's digest has {DIGEST_BYTES} bytes and a nonce {NONCE_BYTES}, got {len(request)} and "
            f"{[len(nonce) for nonce in nonces]}"
        )
    return sha256(b"primia mpc session\0" + b"".join(parts)).digest()


def check_policy(*, wanted: Policy, program: Policy, allowed: Collection[Policy]) -> None:
    """Let a party decide by itself what a requester is given.

    Args:
        wanted: by the request.
        program: what the program's output computes.
        allowed: by this party, for this model and requester.
    Raises:
        SessionError: it is not allowed, or the program computes something else.
    """
    if wanted not in allowed:
        raise SessionError(f"the request asks for {wanted}, this party gives {sorted(allowed)}; ask for one of those")
    if program != wanted:
        raise SessionError(f"the request asks for {wanted}, the program's output is {program}; take the other program")


def bound(exchange: Exchange[Result], *, peer: int, session: bytes) -> Exchange[Result]:
    """Begin the first message to the peer, and expect the first of the peer's to begin, with the session.

    Raises:
        SessionError: the peer computes another session, or never said which. The set is burnt; take another one.
    Security: what the peer was sent until then depends on this party's masks, used once, and so says nothing.
    Cost: 32 bytes each way, no round.
    """
    to_tell, to_hear = True, True
    try:
        step = next(exchange)
        while True:
            telling, hearing = to_tell and peer in step.send, to_hear and peer in step.expect
            answers = yield _with_session(step, peer, session, telling, hearing)
            if hearing:
                answers = _without_session(answers, peer, session)
            to_tell, to_hear = to_tell and not telling, to_hear and not hearing
            step = exchange.send(answers)
    except StopIteration as end:
        if to_hear:
            raise SessionError(f"party {peer} never named its session; both must run the same program") from None
        result: Result = end.value
        return result
    finally:
        exchange.close()


def _with_session(step: Step, peer: int, session: bytes, telling: bool, hearing: bool) -> Step:
    send, expect = dict(step.send), dict(step.expect)
    if telling:
        send[peer] = b"".join((session, memoryview(send[peer]).cast("B")))
    if hearing:
        expect[peer] += DIGEST_BYTES
    return Step(step.label, send, expect)


def _without_session(answers: Answers, peer: int, session: bytes) -> Answers:
    said = bytes(answers[peer][:DIGEST_BYTES])
    if not compare_digest(said, session):
        raise SessionError(
            f"party {peer} computes session {said.hex()[:16]}, this party {session.hex()[:16]}: the requests, sets or "
            "terms differ; both sets are burnt, begin again with new ones"
        )
    return {**answers, peer: answers[peer][DIGEST_BYTES:]}


def answer_key(parts: tuple[bytes, bytes], terms: Terms) -> bytes:
    """Return K01, which blinds answers: from 32 random bytes of each party, told over their own link only."""
    if any(len(part) != KEY_PART_BYTES for part in parts):
        raise SessionError(f"each party gives {KEY_PART_BYTES} bytes to the key, got {[len(part) for part in parts]}")
    return sha256(b"primia mpc answer key\0" + parts[0] + parts[1] + terms.digest).digest()


def blind_answer(party: int, k01: bytes, session: bytes, words: NDArray[Any], width: Width) -> NDArray[Any]:
    """Re-randomise a party's share of the answer before it is sealed for the requester.

    Args:
        party: 0 adds, 1 subtracts.
        k01: the parties' key, unknown to the dealer.
        session: 32 bytes; a key blinds one answer for each.
        words: additive shares, unsigned, any shape; those of both parties have the same.
        width: modulo what the shares add up: the ring for logits, a wire for labels.
    Returns:
        Shares of the same answer modulo 2**width.bits, uniform given everything that the dealer and the requester
        know. They are reduced: the carry of wider words would tell something of the shares before.
    Security: without this, party 0's share is a known linear function of its W^ and the dealer's masks, and a
        requester who asks often enough solves, with the dealer, for the last layer. AES-256-CTR under
        SHA-256(K01, session) is the pseudorandom function.
    """
    seed = sha256(b"primia mpc answer\0" + k01 + session).digest()
    pad = Stream(seed, 0).words(words.shape, words.dtype)
    blinded: NDArray[Any] = np.add(words, pad) if party == 0 else np.subtract(words, pad)
    return width.reduce(blinded)
