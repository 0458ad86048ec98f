"""What one party has at the table: its number, the seeds it has with each other party, and the label of its steps.

Knows no protocol. Every pair of parties reads the streams of its seed in the same order, one stream for each purpose.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha256

import numpy as np

from primia_core.mpc.errors import SessionError
from primia_core.mpc.profile import Words
from primia_core.mpc.randomness import SEED_BYTES, RandomBytes, Stream, new_seed
from primia_core.mpc.securenn.ring import RING, Ring
from primia_core.mpc.steps import Answers, Buffer, Exchange, Step

PARTIES = (0, 1, 2)
HELPER = 2
"""P2, which deals and judges and holds no share."""


@dataclass(frozen=True)
class Seeds:
    """The seeds that one party has, each with one other party.

    Security: the third party must not know a pair's seed. A seed serves one run; ``of_session`` makes such seeds.
    """

    with_peer: Mapping[int, bytes] = field(repr=False)

    def __post_init__(self) -> None:
        sizes = {peer: len(seed) for peer, seed in self.with_peer.items()}
        if len(sizes) != len(PARTIES) - 1 or set(sizes.values()) != {SEED_BYTES}:
            raise SessionError(f"a party has two seeds of {SEED_BYTES} bytes, one with each other party, got {sizes}")

    def of_session(self, session: bytes) -> "Seeds":
        """Return the seeds of one run, from long-term seeds and what names the run and no other."""
        return Seeds(
            {
                peer: sha256(b"primia mpc securenn session\0" + seed + session).digest()
                for peer, seed in self.with_peer.items()
            }
        )


def new_seeds(rng: RandomBytes | None = None) -> tuple[Seeds, Seeds, Seeds]:
    """Return the seeds of all three parties, for a place where one process may know all: a test or a simulation."""
    k01, k02, k12 = (new_seed(rng) if rng else new_seed() for _ in PARTIES)
    return Seeds({1: k01, 2: k02}), Seeds({0: k01, 2: k12}), Seeds({0: k02, 1: k12})


class _Common:
    """The streams of one pair, one after another."""

    def __init__(self, seed: bytes) -> None:
        self._seed = seed
        self._next = 0

    def stream(self) -> Stream:
        stream = Stream(self._seed, self._next)
        self._next += 1
        return stream


class Seat:
    """One party of one run.

    Attributes:
        party: 0 or 1, which hold shares, or 2, which helps.
        label: of the steps that follow.
    """

    def __init__(self, party: int, seeds: Seeds, ring: Ring = RING, *, label: str = "", threads: int = 1) -> None:
        others = set(PARTIES) - {party}
        if party not in PARTIES or set(seeds.with_peer) != others:
            raise SessionError(f"party {party} cannot sit here with seeds for {sorted(seeds.with_peer)}")
        self.party = party
        self.ring = ring
        self.label = label
        self.threads = threads
        self._common = {peer: _Common(seed) for peer, seed in seeds.with_peer.items()}

    @property
    def helps(self) -> bool:
        """Say whether this is P2."""
        return self.party == HELPER

    @property
    def other(self) -> int:
        """Return the other party that holds shares."""
        assert not self.helps
        return 1 - self.party

    def stream(self, peer: int) -> Stream:
        """Return the next stream that this party and a peer both read."""
        return self._common[peer].stream()

    def zeros(self, count: int) -> Words:
        """Return this party's share of fresh zeros, which P2 does not know: u for P0, -u for P1."""
        mask = self.stream(self.other).words(count, self.ring.dtype)
        return mask if self.party == 0 else -mask

    def public(self, words: Words) -> Words:
        """Return this party's share of words that P0 and P1 both know: P1 has them, P0 zero."""
        return words if self.party == 1 else np.zeros_like(words)

    def step(
        self, send: Mapping[int, Buffer] | None = None, expect: Mapping[int, int] | None = None
    ) -> Exchange[Answers]:
        """Take part in one round; a party with nothing to say or await keeps in step."""
        return (yield Step(self.label, send or {}, expect or {}))
