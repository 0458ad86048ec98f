"""What each gate takes and sends for one element, in numbers, and that each says so itself."""

from typing import Any

import numpy as np
import pytest

from primia_core.mpc.gates import GATES
from primia_core.mpc.profile import FAST, PRECISE, PROFILES
from primia_core.mpc.program.operations import (
    Input,
    Lift,
    Maximum,
    Output,
    Relu,
    Truncate,
    WeightedPool,
    Window,
)
from primia_core.mpc.protocols import STEPS_OF_A_SIGN, sign_test
from tests.core.mpc.gates.alone import PROTOCOLS, Outcome, alone

COUNT = 128  # Whole groups of 64 elements, so that keys have no padding.

MATERIAL = {
    # (profile, protocol): bytes an element to party 0 and to party 1, of a ReLU; of a maximum
    ("fast", "fss"): ((16 * (14 - 6), 16 * (14 - 6) + 14), (16 * (15 - 6), 16 * (15 - 6) + 4)),
    ("fast", "fss-oneround"): ((407.5, 407.5 + 16), (15 * (16 + 8 + 0.25) + 8, 15 * (16 + 8 + 0.25) + 8 + 8)),
    ("fast", "tables"): ((0, 24 + 14), (0, 24 + 8 + 4)),
    ("fast", "tables-fast"): ((0, 48 + 8 * 10 + 4), (0, 64 + 8 * 4)),
    ("precise", "fss"): ((16 * (22 - 6), 16 * (22 - 6) + 40), (16 * (23 - 6), 16 * (23 - 6) + 8)),
    ("precise", "fss-oneround"): ((909.5, 909.5 + 40), (23 * (16 + 16 + 0.25) + 16, 23 * 32.25 + 16 + 16)),
    ("precise", "tables"): ((0, 96 + 4 + 40), (0, 32 + 64 + 32 + 4 + 8)),
    ("precise", "tables-fast"): ((0, 96 + 32 * 24 + 16), (0, 128 + 32 * 8)),
}
ALL = (Window(start=0, stop=2, weight=1),)
OPENED_BITS = {"fss": 1, "fss-oneround": 0, "tables": 4, "tables-fast": 3}


def material(outcome: Outcome) -> tuple[float, float]:
    first, second = (sections.nbytes / COUNT for sections in outcome.sections)
    return first, second


def sent(outcome: Outcome) -> float:
    assert outcome.tallies[0].bytes_sent == outcome.tallies[1].bytes_sent
    return outcome.tallies[0].bytes_sent / COUNT


def opened_bits(protocol: str, compared: int) -> int:
    """Return the bits that a sign opens; wide ones take three tables for lack of bigger ones."""
    return OPENED_BITS[protocol] + 2 * (protocol.startswith("tables") and compared > 16)


@pytest.mark.parametrize("name", sorted(PROFILES))
@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_a_relu_costs_what_is_documented(protocol: str, name: str) -> None:
    profile = PROFILES[name]
    outcome = alone(Relu(source=0, shape=(COUNT,)), profile, protocol, wires={0: np.zeros((1, COUNT))})
    assert material(outcome) == MATERIAL[name, protocol][0]
    assert sent(outcome) == opened_bits(protocol, profile.compared_bits) / 8 + profile.ring_bits // 8
    assert outcome.tallies[0].rounds == STEPS_OF_A_SIGN[protocol] + 1


@pytest.mark.parametrize("name", sorted(PROFILES))
@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_a_maximum_costs_what_is_documented(protocol: str, name: str) -> None:
    profile = PROFILES[name]
    zeros = np.zeros((1, COUNT))
    outcome = alone(Maximum(left=0, right=1, shape=(COUNT,)), profile, protocol, wires={0: zeros, 1: zeros})
    assert material(outcome) == MATERIAL[name, protocol][1]
    assert sent(outcome) == opened_bits(protocol, profile.wire_bits - 1) / 8 + profile.wire_bits // 8
    assert outcome.tallies[0].rounds == STEPS_OF_A_SIGN[protocol] + 1


def test_openings_cost_their_width_and_no_material() -> None:
    for profile in (FAST, PRECISE):
        zeros = np.zeros((1, COUNT), np.int64)
        for op, held, width in (
            (Input(shape=(COUNT,)), {-1: zeros}, profile.ring_bits),
            (Truncate(source=0, shape=(COUNT,)), {0: zeros}, profile.wire_bits),
        ):
            outcome = alone(op, profile, "fss", sums=held)
            assert (material(outcome), sent(outcome)) == ((0, 0), width // 8)
            assert outcome.tallies[0].rounds == 1


@pytest.mark.parametrize(("name", "shares"), [("fast", 2 + 2), ("precise", 8 + 8)])
def test_a_lift_costs_two_shares_and_an_opening(name: str, shares: int) -> None:
    outcome = alone(Lift(source=0, shape=(COUNT,)), PROFILES[name], "fss", wires={0: np.zeros((1, COUNT))})
    assert (material(outcome), sent(outcome)) == ((0, shares), PROFILES[name].ring_bits // 8)


@pytest.mark.parametrize("count", [1, 7, 63, 64, 65, 129])
@pytest.mark.parametrize("name", sorted(PROFILES))
@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_a_gate_says_its_cost_for_any_number_of_elements(protocol: str, name: str, count: int) -> None:
    profile = PROFILES[name]
    wire, total = {0: np.zeros((2, count))}, {0: np.zeros((2, count), np.int64)}
    square = {0: np.zeros((2, count, 2, 2), np.int64)}
    cases: list[tuple[Any, dict[str, Any]]] = [
        (Relu(source=0, shape=(count,)), {"wires": wire}),
        (Relu(source=0, shape=(count,), opened=False), {"wires": wire}),
        (WeightedPool(source=0, rows=ALL, columns=ALL, shape=(count, 1, 1), opens=True), {"sums": square}),
        (Lift(source=0, shape=(count,)), {"wires": wire}),
        (Maximum(left=0, right=0, shape=(count,)), {"wires": wire}),
        (Truncate(source=0, shape=(count,)), {"sums": total}),
        (Output(source=0, policy="label", shape=(min(count, 9),)), {"sums": {0: total[0][:, :9]}}),
        (Output(source=0, policy="logits", shape=(count,)), {"sums": total}),
    ]
    for op, held in cases:
        outcome = alone(op, profile, protocol, **held)
        said = GATES[op.kind].traffic(op, profile, 2, sign_test(protocol, b""))
        assert tuple(sections.nbytes for sections in outcome.sections) == said.material
        for tally in outcome.tallies:
            assert (tally.rounds, tally.bytes_sent) == (said.rounds, said.sent)
