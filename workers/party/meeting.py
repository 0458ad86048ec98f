"""How two parties find out that they are at the same task, before anything depends on it. Sans-IO.

    both    order, task, ready set, detail, nonce    ->      each knows what the other is at
    both    hash of both                             ->      each knows that the other has read it just now

If they are at two tasks, the party whose order is larger gives its task back, and the other waits for it. Orders are
the hub's, the same for both halves of a task, so two tasks taken in opposite order cannot block each other.
"""

import struct
from dataclasses import dataclass
from hashlib import sha256
from hmac import compare_digest
from secrets import token_bytes
from typing import Final

from primia_core.mpc.errors import SessionError
from primia_core.mpc.randomness import RandomBytes
from primia_core.mpc.steps import Exchange, Step
from primia_core.mpc.stock.header import STOCK_ID_BYTES

DETAIL_BYTES: Final = 32
NONCE_BYTES: Final = 32
HELLO: Final = struct.Struct(f"<Q32s{STOCK_ID_BYTES}s{DETAIL_BYTES}s?{NONCE_BYTES}s")
NOTHING: Final = bytes(STOCK_ID_BYTES)
NO_DETAIL: Final = bytes(DETAIL_BYTES)


@dataclass(frozen=True)
class Task:
    """What a party is at.

    Attributes:
        kind, subject: which task, in words that are the same at both parties.
        order: of the hub, the same at both; the smaller one comes first.
        ready: 16 bytes of something that this party has ready for it, or zeros.
        detail: what must be the same at both, or the task cannot be done.
        ahead: whether this party would prepare another set afterwards.
    """

    kind: str
    subject: str
    order: int = 0
    ready: bytes = NOTHING
    detail: bytes = NO_DETAIL
    ahead: bool = False

    @property
    def rank(self) -> tuple[int, bytes]:
        """Return which of two tasks comes first: the smaller."""
        return self.order, sha256(f"{self.kind}\0{self.subject}".encode()).digest()


@dataclass(frozen=True)
class Met:
    """What came of a meeting.

    Attributes:
        same: both are at one task.
        first: if they are not, this party's comes first, so that it waits.
        alike: both have the same thing ready.
        agree: both have the same detail.
        ahead: both would prepare another set.
        session: 32 bytes that no other meeting gives.
    """

    same: bool
    first: bool
    alike: bool
    agree: bool
    ahead: bool
    session: bytes


def meet(party: int, task: Task, rng: RandomBytes = token_bytes) -> Exchange[Met]:
    """Tell the peer what this party is at, and be told.

    Security: the detail of a request is its salted digest, which the peer has or must not compute for.
    Cost: two rounds.
    """
    peer = 1 - party
    mine = HELLO.pack(*task.rank, task.ready, task.detail, task.ahead, rng(NONCE_BYTES))
    answers = yield Step("meeting:hello", {peer: mine}, {peer: HELLO.size})
    theirs = bytes(answers[peer])
    session = sha256(b"primia party meeting\0" + (mine + theirs if party == 0 else theirs + mine)).digest()
    answers = yield Step("meeting:here", {peer: session}, {peer: len(session)})
    if not compare_digest(bytes(answers[peer]), session):
        raise SessionError(f"party {peer} has read another hello than this party sent; meet again")
    order, name, ready, detail, ahead, _ = HELLO.unpack(theirs)
    return Met(
        same=(order, name) == task.rank,
        first=task.rank < (order, name),
        alike=ready == task.ready != NOTHING,
        agree=detail == task.detail,
        ahead=ahead and task.ahead,
        session=session,
    )
