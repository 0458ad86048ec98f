"""Gates in a ring so small that every world can be counted: all that one party does not know, in every combination.

One party watches. What it knows, its own shares, draws and halves of the dealer's shares, is fixed to values of the
test's choice; everything hidden from it is counted through, one world an element of the batch. The gates' own code
runs: only the widths are small, comparison keys are ideal, and a value travels as a byte.
"""

from collections import deque
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import pytest

from primia_core.mpc import kernels
from primia_core.mpc.gates import GATES, DealerContext, PartyContext, context
from primia_core.mpc.kernels import reference
from primia_core.mpc.profile import Profile, Width
from primia_core.mpc.protocols import sign_test
from primia_core.mpc.steps import play
from tests.core.mpc.gates.alone import STOCK, Heard, listening


class ToyWidth(Width):
    """A width below one byte, held in one."""

    @property
    def dtype(self) -> Any:
        return np.uint8


class ToyProfile(Profile):
    """Widths that no real profile may have."""

    def __post_init__(self) -> None:
        assert self.ring_bits == self.fraction_bits + self.wire_bits <= 8

    @property
    def ring(self) -> Width:
        return ToyWidth(self.ring_bits)

    @property
    def wire(self) -> Width:
        return ToyWidth(self.wire_bits)

    @property
    def wrap(self) -> Width:
        return ToyWidth(self.fraction_bits)


TOY = ToyProfile("toy", ring_bits=6, fraction_bits=2, wire_bits=4, sign_bits=4)
SMALLER = ToyProfile("smaller toy", ring_bits=4, fraction_bits=1, wire_bits=3, sign_bits=3)


class Worlds:
    """Every combination of so many hidden bits, one a world."""

    def __init__(self, bits: int) -> None:
        self.count = 1 << bits
        self._left = bits
        self._rest = np.arange(self.count)

    def hidden(self, bits: int) -> Any:
        """Return the next hidden bits of every world, as numbers."""
        assert bits <= self._left, "more is hidden than the test counts through"
        self._left -= bits
        taken = (self._rest & ((1 << bits) - 1)).astype(np.uint8)
        self._rest >>= bits
        return taken

    def assert_all_used(self) -> None:
        assert self._left == 0, f"{self._left} bits of the worlds were never used"


class ToyDealing:
    """A dealer's pen that fixes what the watching party gets, and counts through what it does not.

    Args:
        masks: how many draws of masks are counted through; later ones, which nothing sent depends on, are fixed.
        leak: kinds of draws whose hidden half is 0 in every world: what a broken dealer would do.
    """

    def __init__(
        self,
        profile: Profile,
        watcher: int,
        worlds: Worlds,
        generator: np.random.Generator,
        *,
        masks: int = 99,
        leak: Sequence[str] = (),
    ) -> None:
        self.profile = profile
        self.operation = 0
        self.tapes: tuple[deque[Any], deque[Any]] = (deque(), deque())
        self._watcher, self._worlds, self._generator = watcher, worlds, generator
        self._masks, self._leak = masks, leak

    def within(self, _prefix: str) -> "ToyDealing":
        return self

    def mask(self, shape: Any, width: Width) -> Any:
        return self.narrow_mask(shape, width)[0]

    def narrow_mask(self, shape: Any, width: Width) -> tuple[Any, Any]:
        self._masks -= 1
        columns = int(np.prod(shape)) // self._worlds.count
        kind = "mask" if self._masks >= 0 else "unused"
        own = self._chosen(columns, width.bits)
        hidden = np.stack([self._hidden(kind, width.bits) for _ in range(columns)], axis=1)
        self._write("mask", np.broadcast_to(own, hidden.shape).reshape(shape), hidden.reshape(shape))
        whole = width.reduce((own + hidden).astype(np.uint8)).reshape(shape)
        return whole, (whole < hidden.reshape(shape)).astype(np.uint8)

    def bits(self, count: int) -> Any:
        own, hidden = np.full(count, self._chosen(1, 1)[0]), self._hidden("bits", 1)
        self._write("bits", own, hidden)
        return own ^ hidden

    def own_bits(self, count: int) -> Any:
        return self._hidden("own bits", 1)

    def roots(self, count: int) -> tuple[Any, Any]:
        none = np.zeros((count, 2), np.uint64)
        self._write("roots", none, none)
        return none, none

    def share(self, name: str, secret: Any, width: Width) -> None:
        own = np.broadcast_to(self._chosen(secret[0].size, width.bits).reshape(secret[0].shape), secret.shape)
        self._write(name, own, width.reduce(secret - own))

    def share_table(self, name: str, table: Any) -> None:
        own = np.broadcast_to(self._chosen(table.shape[1], 8), table.shape)
        self._write(name, np.ascontiguousarray(own), table ^ own)

    def give(self, name: str, values: Any) -> None:
        self._write(name, values, values)

    def _chosen(self, count: int, bits: int) -> Any:
        return self._generator.integers(0, 1 << bits, count).astype(np.uint8)

    def _hidden(self, kind: str, bits: int) -> Any:
        if kind == "unused" or kind in self._leak:
            return np.zeros(self._worlds.count, np.uint8)
        return self._worlds.hidden(bits)

    def _write(self, name: str, own: Any, hidden: Any) -> None:
        self.tapes[self._watcher].append((name, own))
        self.tapes[1 - self._watcher].append((name, hidden))


class ToyTape:
    """A party's eye: what the dealer wrote, in the dealer's order."""

    def __init__(self, profile: Profile, written: deque[Any]) -> None:
        self.profile, self._written = profile, written

    def within(self, _prefix: str) -> "ToyTape":
        return self

    def _read(self, name: str) -> Any:
        written, values = self._written.popleft()
        assert written == name, "the party does not read in the dealer's order"
        return values

    def mask(self, shape: Any, _width: Width) -> Any:
        return np.array(self._read("mask")).reshape(shape)

    def bits(self, _count: int) -> Any:
        return self._read("bits")

    def roots(self, _count: int) -> Any:
        return self._read("roots")

    def share(self, name: str, shape: Any, _width: Width) -> Any:
        return np.ascontiguousarray(self._read(name)).reshape(shape)

    def share_table(self, name: str, _shape: Any) -> Any:
        return np.ascontiguousarray(self._read(name))

    def given(self, name: str) -> Any:
        return self._read(name)


def small_gates(patch: pytest.MonkeyPatch, watcher: int, own_share: int) -> None:
    """Let gates take words of any width, send them as bytes, and compare by ideal keys.

    Args:
        own_share: what the watcher's ideal key says; the other party's key says the same or not, as the comparison has
            it.
    """
    for name in ("truncate_share", "relu_select", "relu_finish", "maximum_select", "maximum_finish"):
        patch.setattr(kernels, name, getattr(reference, name))
    patch.setattr(context, "encode", lambda values, width: np.ascontiguousarray(_low(values, width)).reshape(-1).data)
    patch.setattr(context, "decode", lambda message, _count, _width: np.frombuffer(message, np.uint8))
    patch.setattr(context, "size_of", lambda count, _width: count)

    def compare(party: int, x: Any, _bits: int, _root: Any, key: Any, _fixed: Any, *, threads: int) -> Any:
        own = np.full(x.size, own_share & 1, np.uint8)
        return own if party == watcher else own ^ (x < key).astype(np.uint8)

    def multiply(
        party: int, x: Any, _bits: int, _root: Any, key: Any, _fixed: Any, _dtype: Any, w: int, *, threads: int
    ) -> Any:
        threshold, payload = key
        own = np.full((x.size, w), own_share, np.uint8)
        return own if party == watcher else payload * (x < threshold)[:, None].astype(np.uint8) - own

    patch.setattr(kernels, "comparison_generate", lambda low, *_rest: low)
    patch.setattr(kernels, "comparison_evaluate", compare)
    patch.setattr(kernels, "dcf_generate", lambda low, payload, *_rest: (low, payload))
    patch.setattr(kernels, "dcf_evaluate", multiply)


def _low(values: Any, width: Width) -> Any:
    return values & np.uint8((1 << width.bits) - 1)


def watch(
    ops: Sequence[Any],
    sums: Sequence[int],
    watcher: int,
    bits: int,
    *,
    protocol: str,
    profile: Profile = TOY,
    seed: int = 1,
    masks: int = 99,
    leak: Sequence[str] = (),
) -> tuple[Any, Heard, Any]:
    """Play operations after one another in every world.

    Args:
        ops: the first reads the sums, at position 0; each gives the value of the next position.
        sums: the secret values, the same in every world.
        watcher: the party whose view it is.
        bits: how many are hidden from it.
    Returns:
        The result without its mask (or the sum of its shares), what the watcher received, and the worlds' number.
    """
    generator = np.random.default_rng(seed)
    worlds = Worlds(bits)
    dealing: Any = ToyDealing(profile, watcher, worlds, generator, masks=masks, leak=leak)
    own_share = int(generator.integers(0, 256))
    own = _low(generator.integers(0, 256, len(sums)).astype(np.uint8), profile.ring)
    others = _low(np.array(sums).astype(np.uint8) - own, profile.ring)
    everywhere = [np.tile(share, (worlds.count, 1)) for share in (own, others)]
    values: list[dict[int, Any]] = [{0: everywhere[b != watcher]} for b in (0, 1)]
    whole: dict[int, Any] = {}
    shares: tuple[dict[int, Any], dict[int, Any]] = ({}, {})
    sign = sign_test(protocol, STOCK)
    heard = (Heard(), Heard())
    exchanges = []
    with pytest.MonkeyPatch.context() as patch:
        small_gates(patch, watcher, own_share)
        knows = DealerContext(profile, worlds.count, sign, None)  # type: ignore[arg-type]
        for position, op in enumerate(ops, start=1):
            dealing.operation = position
            mask = GATES[op.kind].deal(op, dealing, whole, knows)
            if mask is not None:
                whole[position] = mask
        for b in (0, 1):
            tape: Any = ToyTape(profile, dealing.tapes[b])
            party = PartyContext(profile, worlds.count, sign, b, None)  # type: ignore[arg-type]
            correlations = []
            for position, op in enumerate(ops, start=1):
                correlation, share = GATES[op.kind].take(op, tape, shares[b], party)
                correlations.append(correlation)
                if share is not None:
                    shares[b][position] = share
            assert not dealing.tapes[b], "the party leaves something unread"
            exchanges.append(listening(_chain(ops, correlations, values[b], party), heard[b]))
        results = play(exchanges)
    worlds.assert_all_used()
    last = len(ops)
    value = results[0] - whole[last] if last in whole else results[0] + results[1]
    return value, heard[watcher], worlds.count


def _chain(ops: Sequence[Any], correlations: Sequence[Any], values: dict[int, Any], party: PartyContext) -> Any:
    for position, (op, correlation) in enumerate(zip(ops, correlations, strict=True), start=1):
        values[position] = yield from GATES[op.kind].online(op, correlation, values, party.place(position, op.kind))
    return values[len(ops)]


def law(heard: Heard, count: int, layouts: Iterable[tuple[int, int, int]]) -> Any:
    """Return how many worlds give each possible view: counts by what was received, all messages together.

    Args:
        layouts: of each message: bits of a value (1 for packed bits), columns before the worlds' axis and behind it.
    """
    view, size = np.zeros(count, np.int64), 1
    for message, (bits, before, behind) in zip(heard.messages, layouts, strict=True):
        raw = np.frombuffer(message, np.uint8)
        if bits == 1:
            raw = np.unpackbits(raw, bitorder="little")
        columns = np.moveaxis(raw.reshape(before, count, behind), 1, 0).reshape(count, -1)
        for column in columns.T:
            view, size = view << bits | column, size << bits
    return np.bincount(view, minlength=size)
