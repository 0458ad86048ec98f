"""One gate by itself: its dealer and its two parties on values of a test's choice, with everything that was said.

All randomness follows from one seed, so a test that draws conclusions from a sample draws them from the same sample
every time.
"""

from collections.abc import Callable, Generator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from primia_core.mpc.dealer import Seeds
from primia_core.mpc.dealing import Dealing, Tape
from primia_core.mpc.gates import GATES, DealerContext, PartyContext
from primia_core.mpc.profile import Profile, Width, Words
from primia_core.mpc.protocols import sign_test
from primia_core.mpc.steps import Answers, Step, Tally, play
from tests.core.mpc.runs import Sections

PROTOCOLS = ("fss", "fss-oneround", "tables", "tables-fast")
STOCK = b"a stock of tests"
POSITION = 7
"""Where the gate stands in its program; any number does."""


@dataclass
class Heard:
    """What one party received, and what it said in the same step."""

    messages: list[bytes] = field(default_factory=list)
    said: list[bytes] = field(default_factory=list)


@dataclass
class Outcome:
    """What came of a gate.

    Attributes:
        values: of each party: a public value, the same at both, or its share.
        mask: the dealer's, if the gate gives a masked value.
        inputs: the masked values and shares of sums that each party held before, by operation.
        shares: each party's shares of the masks of wires that it held, and of the gate's own result.
    """

    values: tuple[Words, Words]
    mask: Words | None
    heard: tuple[Heard, Heard]
    tallies: tuple[Tally, Tally]
    sections: tuple[Sections, Sections]
    inputs: tuple[Mapping[int, Words], Mapping[int, Words]]
    shares: tuple[Mapping[int, Words], Mapping[int, Words]]

    def plain(self, width: Width) -> Any:
        """Return the value without its mask, signed."""
        if self.mask is None:
            return centred(self.values[0] + self.values[1], width)
        assert np.array_equal(*self.values), "the parties hold different public values"
        return centred(self.values[0] - self.mask, width)


def centred(values: Any, width: Width) -> Any:
    """Return integers modulo 2**bits as signed ones, int64."""
    half = 1 << (width.bits - 1)
    reduced = np.asarray(values).astype(np.uint64) & np.uint64((1 << width.bits) - 1)
    return reduced.astype(np.int64) if width.bits == 64 else reduced.astype(np.int64) - (reduced >= half) * 2 * half


def held(values: Any, width: Width) -> Words:
    """Return signed integers as words of a width."""
    return width.reduce(np.asarray(values, dtype=np.int64).astype(width.dtype))


def listening(exchange: Generator[Step, Answers, Any], heard: Heard) -> Generator[Step, Answers, Any]:
    """Pass an exchange on and write down what its party says and receives."""
    answers: Answers | None = None
    while True:
        try:
            step = next(exchange) if answers is None else exchange.send(answers)
        except StopIteration as end:
            return end.value
        answers = yield step
        heard.said += [bytes(message) for message in step.send.values()]
        heard.messages += [bytes(message) for message in answers.values()]


def uniform(generator: np.random.Generator, shape: Any, width: Width) -> Words:
    """Return uniform words of a width."""
    return width.reduce(np.frombuffer(generator.bytes(8 * int(np.prod(shape))), np.uint64).astype(width.dtype)).reshape(
        shape
    )


def seeds_from(generator: np.random.Generator) -> Seeds:
    return Seeds((generator.bytes(32), generator.bytes(32)), generator.bytes(32))


def alone(
    op: Any,
    profile: Profile,
    protocol: str,
    *,
    wires: Mapping[int, Any] | None = None,
    sums: Mapping[int, Any] | None = None,
    masks: Mapping[int, tuple[Words, Words]] | None = None,
    seed: int = 1,
    seeds: Seeds | None = None,
    pen: type[Dealing] = Dealing,
    meddle: Callable[[Sequence[Sections]], None] = lambda _sections: None,
) -> Outcome:
    """Run one gate.

    Args:
        wires: narrow values by operation, signed, batch first.
        sums: values whose additive shares the parties hold, by operation.
        masks: both parties' shares of the mask of a wire; drawn if not given.
        seed: of the test's own choices: masks, shares, seeds.
        seeds: of the correlation set; drawn if not given.
        pen: what the dealer writes with.
        meddle: changes what was dealt.
    """
    generator = np.random.default_rng(seed)
    shares: tuple[dict[int, Words], dict[int, Words]] = ({}, {})
    inputs: tuple[dict[int, Words], dict[int, Words]] = ({}, {})
    wire, ring = profile.wire, profile.ring
    for position, values in (wires or {}).items():
        drawn = (masks or {}).get(position)
        first, second = drawn or (uniform(generator, np.shape(values), wire) for _ in range(2))
        shares[0][position], shares[1][position] = first, second
        inputs[0][position] = inputs[1][position] = wire.reduce(held(values, wire) + first + second)
    for position, values in (sums or {}).items():
        inputs[0][position] = uniform(generator, np.shape(values), ring)
        inputs[1][position] = held(values, ring) - inputs[0][position]
    batch = len(next(iter(inputs[0].values())))
    seeds = seeds or seeds_from(generator)
    sections = (Sections(), Sections())
    dealing = pen(POSITION, profile, (*seeds.parties, seeds.own), sections)
    whole = {position: wire.reduce(shares[0][position] + shares[1][position]) for position in shares[0]}
    wraps = {position: (whole[position] < shares[0][position]).astype(np.uint8) for position in whole}
    gate, sign = GATES[op.kind], sign_test(protocol, STOCK)
    knows = DealerContext(profile, batch, sign, None, wraps=wraps)  # type: ignore[arg-type]
    mask = gate.deal(op, dealing, whole, knows)
    meddle(sections)
    heard, parties = (Heard(), Heard()), []
    for b in (0, 1):
        context = PartyContext(profile, batch, sign, b, None)  # type: ignore[arg-type]
        tape = Tape(POSITION, profile, b, seeds.parties[b], sections[b])
        correlation, share = gate.take(op, tape, shares[b], context)
        assert (share is None) == (mask is None)
        if share is not None:
            shares[b][POSITION] = share
        exchange = gate.online(op, correlation, inputs[b], context.place(POSITION, op.kind))
        parties.append(listening(exchange, heard[b]))
    tallies = (Tally(), Tally())
    first_value, second_value = play(parties, tallies)
    return Outcome((first_value, second_value), mask, heard, tallies, sections, inputs, shares)
