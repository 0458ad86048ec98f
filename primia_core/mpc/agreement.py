"""How two parties agree on the correlation set that they will use next, and burn it. Sans-IO; before any request.

    both      memory, terms, nonce, half of K01     ->      each finds out by itself whether it was restored from a copy
    P0        an id that is ready here              ->      P1
    P1        burnt and ready to use | not here | burnt before        ->      P0, which proposes another one or
    P0        burns its half, and says so           ->      P1

Party 1 burns before it agrees, and party 0 before it confirms; only then does either compute. So whoever has sent a
byte that depends on a set knows that both have burnt it, and how far the other's ledger had come. A crash or a lost
message loses that one set. Only party 0 proposes, so parties that would take in different orders do not wait for each
other.
"""

import struct
from collections.abc import Collection
from dataclasses import dataclass
from secrets import token_bytes
from typing import Final, Protocol

from primia_core.mpc.errors import SessionError, StockBurnt, StockEmpty
from primia_core.mpc.randomness import RandomBytes
from primia_core.mpc.session import KEY_PART_BYTES, NONCE_BYTES, Terms, answer_key, session_digest
from primia_core.mpc.steps import Exchange, Step
from primia_core.mpc.stock.burning import HeldSet
from primia_core.mpc.stock.correlation_file import CorrelationFile
from primia_core.mpc.stock.header import STOCK_ID_BYTES, Kind
from primia_core.mpc.stock.ledger import Claim

CLAIM: Final = struct.Struct("<Q32s")
HELLO: Final = struct.Struct(f"<32s{NONCE_BYTES}s{KEY_PART_BYTES}s")
VERDICT: Final = struct.Struct(f"<B{CLAIM.size}s")
NOTHING_LEFT: Final = bytes(STOCK_ID_BYTES)
TAKEN, ABSENT, BURNT = 1, 2, 3
MOST_PROPOSALS: Final = 64


class Shelf(Protocol):
    """A party's stock, as an agreement needs it; ``Stock`` is one."""

    def hold(self, kind: Kind, skip: Collection[str] = ()) -> HeldSet | None:
        """Lock the oldest set of a kind that is not to be skipped."""

    def hold_one(self, kind: Kind, stock_id: str) -> HeldSet:
        """Lock the set of an id, or raise ``StockBurnt`` or ``StockEmpty``."""

    def claim(self) -> Claim:
        """Return how far this party's ledger has come."""

    def remembers_peer(self) -> Claim:
        """Return how far the peer's had come."""

    def remember_peer(self, claim: Claim) -> None:
        """Keep, durably, how far the peer's has come."""

    def check_own(self, remembered: Claim) -> None:
        """Raise ``StockVoid`` when the peer remembers more than this ledger knows."""


@dataclass(frozen=True, repr=False)
class Agreed:
    """A set that both parties have burnt for each other, and what they told each other in secret.

    Attributes:
        correlations: this party's half.
        nonces: of party 0 and party 1.
        key: K01.
    """

    party: int
    terms: Terms
    correlations: CorrelationFile
    nonces: tuple[bytes, bytes]
    key: bytes

    @property
    def stock_id(self) -> str:
        """Return the id of the set."""
        return self.correlations.header.stock_id

    def session(self, request: bytes) -> bytes:
        """Return the session of a request on this set."""
        return session_digest(request=request, stock_id=self.stock_id, terms=self.terms, nonces=self.nonces)


def compare_histories(party: int, shelf: Shelf, said: bytes = b"") -> Exchange[bytes]:
    """Tell the peer what this party remembers of it, and be told: before a model is opened, and within ``agree``.

    Args:
        said: anything more to tell, as long at both.
    Returns:
        What the peer said besides.
    Raises:
        StockVoid: this party was restored from a copy. Its stock is void from here on.
    Cost: one round.
    """
    mine = CLAIM.pack(*shelf.remembers_peer()) + said
    answers = yield Step("agree:hello", {1 - party: mine}, {1 - party: len(mine)})
    theirs = bytes(answers[1 - party])
    shelf.check_own(Claim(*CLAIM.unpack(theirs[: CLAIM.size])))
    return theirs[CLAIM.size :]


def agree(party: int, shelf: Shelf, terms: Terms, rng: RandomBytes = token_bytes) -> Exchange[Agreed]:
    """Agree on a set with the peer and burn it on both sides.

    Args:
        party: 0 proposes, 1 accepts.
        rng: uniform bytes; only tests pass their own.
    Raises:
        SessionError: the parties' terms differ.
        StockVoid: this party was restored from a copy.
        StockEmpty: no set is ready at both.
        StockCorrupt: the set cannot be read here; it is burnt.
    Security: the link must be one that the dealer cannot read: K01 and the nonces go over it.
    Cost: four rounds, one more pair for every set that only party 0 has. All before the request.
    """
    secret = rng(NONCE_BYTES), rng(KEY_PART_BYTES)
    hello = HELLO.unpack((yield from compare_histories(party, shelf, HELLO.pack(terms.digest, *secret))))
    if hello[0] != terms.digest:
        raise SessionError(
            f"party {1 - party} has the terms {hello[0].hex()[:16]}, this party {terms.digest.hex()[:16]} for {terms}; "
            "give both the same program, model version, mask, protocol, batch, policy and epoch"
        )
    correlations = yield from (_propose(shelf, terms.kind) if party == 0 else _accept(shelf, terms.kind))
    first, second = (secret, hello[1:]) if party == 0 else (hello[1:], secret)
    key = answer_key((first[1], second[1]), terms)
    return Agreed(party, terms, correlations, (first[0], second[0]), key)


def _propose(shelf: Shelf, kind: Kind) -> Exchange[CorrelationFile]:
    absent: list[str] = []
    while len(absent) < MOST_PROPOSALS and (held := shelf.hold(kind, absent)):
        try:
            yield Step("agree:propose", {1: bytes.fromhex(held.stock_id)})
            answers = yield Step("agree:verdict", {}, {1: VERDICT.size})
            verdict, claim = VERDICT.unpack(answers[1])
            if verdict == TAKEN:
                correlations = held.burn()
                shelf.remember_peer(Claim(*CLAIM.unpack(claim)))
                yield Step("agree:confirm", {1: CLAIM.pack(*shelf.claim())})
                return correlations
            if verdict == BURNT:
                held.discard()
            absent.append(held.stock_id)
        finally:
            held.release()
    yield Step("agree:propose", {1: NOTHING_LEFT})
    raise StockEmpty(
        f"no set for {kind.protocol}, batch {kind.batch} is ready at both parties; {len(absent)} only here"
    )


def _accept(shelf: Shelf, kind: Kind) -> Exchange[CorrelationFile]:
    while True:
        answers = yield Step("agree:propose", {}, {0: STOCK_ID_BYTES})
        proposed = bytes(answers[0])
        if proposed == NOTHING_LEFT:
            raise StockEmpty(f"party 0 has no set for {kind.protocol}, batch {kind.batch} that is ready here too")
        verdict, correlations = _taken(shelf, kind, proposed.hex())
        yield Step("agree:verdict", {0: VERDICT.pack(verdict, CLAIM.pack(*shelf.claim()))})
        if correlations is not None:
            answers = yield Step("agree:confirm", {}, {0: CLAIM.size})
            shelf.remember_peer(Claim(*CLAIM.unpack(answers[0])))
            return correlations


def _taken(shelf: Shelf, kind: Kind, stock_id: str) -> tuple[int, CorrelationFile | None]:
    try:
        return TAKEN, shelf.hold_one(kind, stock_id).burn()
    except StockBurnt:
        return BURNT, None
    except StockEmpty:
        return ABSENT, None
