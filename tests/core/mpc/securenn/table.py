"""Three parties in one process: fixed seeds, shares of known numbers, and what each party receives."""

from collections.abc import Callable
from hashlib import sha256

import numpy as np
from numpy.typing import NDArray

from primia_core.mpc.securenn.ring import RING, Ring
from primia_core.mpc.securenn.seat import Seat, Seeds, new_seeds
from primia_core.mpc.steps import Exchange, Tally, play

TOY = Ring(bits=8, prime=11)


class FixedBytes:
    """Uniform bytes that are the same in every run, so that a test of statistics cannot fail by chance."""

    def __init__(self, name: str) -> None:
        self._name, self._calls = name, 0

    def __call__(self, count: int) -> bytes:
        self._calls += 1
        out = b"".join(sha256(f"{self._name} {self._calls} {i}".encode()).digest() for i in range(-(-count // 32)))
        return out[:count]


def seeds_of(name: str = "seeds") -> tuple[Seeds, Seeds, Seeds]:
    return new_seeds(FixedBytes(name))


def split(values: NDArray, ring: Ring = RING, *, seed: int = 0) -> list[NDArray]:
    """Share numbers modulo L."""
    values = np.asarray(values).astype(ring.dtype)
    mask = np.random.default_rng(seed).integers(0, ring.top, values.shape, ring.dtype, endpoint=True)
    return [mask, values - mask]


def split_odd(values: NDArray, ring: Ring = RING, *, seed: int = 0) -> list[NDArray]:
    """Share numbers modulo L - 1."""
    mask = np.random.default_rng(seed).integers(0, ring.top - 1, np.shape(values), ring.dtype, endpoint=True)
    second = [(int(v) - int(m)) % ring.top for v, m in zip(np.ravel(values), mask.ravel(), strict=True)]
    return [mask, np.array(second, ring.dtype).reshape(mask.shape)]


def joined_odd(shares: list[NDArray], ring: Ring = RING) -> NDArray:
    total = [(int(a) + int(b)) % ring.top for a, b in zip(*shares, strict=True)]
    return np.array(total, ring.dtype)


class Recorded:
    """What each party received, by receiver: (label, sender, bytes)."""

    def __init__(self) -> None:
        self.received: dict[int, list[tuple[int, bytes]]] = {0: [], 1: [], 2: []}

    def watch(self, party: int, exchange: Exchange) -> Exchange:
        try:
            step = next(exchange)
            while True:
                answers = yield step
                for sender in sorted(answers):
                    self.received[party].append((sender, bytes(answers[sender])))
                step = exchange.send(answers)
        except StopIteration as end:
            return end.value


def run(
    holder: Callable[[Seat], Exchange],
    helper: Callable[[Seat], Exchange],
    *,
    ring: Ring = RING,
    seeds: tuple[Seeds, Seeds, Seeds] | None = None,
    tallies: list[Tally] | None = None,
    recorded: Recorded | None = None,
) -> list[NDArray]:
    """Run a protocol; return what P0 and P1 got."""
    seats = [Seat(party, own, ring) for party, own in enumerate(seeds or seeds_of())]
    parties = [holder(seats[0]), holder(seats[1]), helper(seats[2])]
    if recorded:
        parties = [recorded.watch(party, exchange) for party, exchange in enumerate(parties)]
    return play(parties, tallies)[:2]
