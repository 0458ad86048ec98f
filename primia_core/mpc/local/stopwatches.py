"""Gates with a stopwatch: what each operation takes at the dealer, ahead at a party, and online without its waiting."""

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from primia_core.mpc.dealing import Dealing, Tape
from primia_core.mpc.gates import GATES, DealerContext, Gate, PartyContext
from primia_core.mpc.gates.context import Masks, Values
from primia_core.mpc.profile import Profile, Words
from primia_core.mpc.sign import Place, SignTest
from primia_core.mpc.steps import Answers, Exchange
from primia_core.mpc.traffic import Traffic


@dataclass
class Laps:
    """Seconds of computing by position of the operation."""

    seconds: dict[int, float] = field(default_factory=dict)

    @contextmanager
    def at(self, position: int) -> Iterator[None]:
        """Time the block."""
        began = time.perf_counter()
        try:
            yield
        finally:
            self.seconds[position] = self.seconds.get(position, 0.0) + time.perf_counter() - began


def timed_gates(laps: Laps) -> Mapping[str, Gate]:
    """Return the gates by kind, each of which notes its seconds."""
    return {kind: TimedGate(gate, laps) for kind, gate in GATES.items()}


class TimedGate:
    """A gate that notes what it takes, and does nothing else."""

    def __init__(self, gate: Gate, laps: Laps) -> None:
        self._gate, self._laps = gate, laps

    def deal(self, op: Any, dealing: Dealing, masks: Masks, context: DealerContext) -> Words | None:
        """Deal, timed."""
        with self._laps.at(dealing.operation):
            return self._gate.deal(op, dealing, masks, context)

    def take(self, op: Any, tape: Tape, shares: Masks, context: PartyContext) -> tuple[Any, Words | None]:
        """Prepare, timed."""
        with self._laps.at(tape.operation):
            return self._gate.take(op, tape, shares, context)

    def online(self, op: Any, correlation: Any, values: Values, place: Place) -> Exchange[Words]:
        """Compute, timed between the steps."""
        position = int(place.label.partition(":")[0])
        exchange = self._gate.online(op, correlation, values, place)
        answers: Answers | None = None
        try:
            while True:
                with self._laps.at(position):
                    step = next(exchange) if answers is None else exchange.send(answers)
                answers = yield step
        except StopIteration as end:
            value: Words = end.value
            return value
        finally:
            exchange.close()

    def traffic(self, op: Any, profile: Profile, batch: int, sign: SignTest) -> Traffic:
        """Return the gate's own traffic."""
        return self._gate.traffic(op, profile, batch, sign)
