"""The exact joint law of what one party sees: the same for every secret, and uniform. Counted, not sampled.

Whatever the watching party knows is fixed; every world of what it does not know is played. If each combination of
messages comes from equally many worlds, the messages are jointly uniform given everything the party knows, and no
secret is in that sentence.
"""

from typing import Any

import numpy as np
import pytest

from primia_core.mpc.program.operations import Gather, Lift, Maximum, Output, Relu, Truncate
from tests.core.mpc.gates.alone import PROTOCOLS
from tests.core.mpc.gates.toy import SMALLER, TOY, law, watch

SIGN_BITS = {"fss": (1,), "fss-oneround": (), "tables": (3, 1), "tables-fast": (3,)}
"""Bits that each step of a sign test opens."""
RING, WIRE = TOY.ring_bits, TOY.wire_bits
BOTH_PARTIES = pytest.mark.parametrize("watcher", [0, 1])

TRUNCATE = Truncate(source=0, shape=(1,))
TRUNCATE_TWO = Truncate(source=0, shape=(2,))
RELU, LIFT = Relu(source=1, shape=(1,)), Lift(source=1, shape=(1,))
MAXIMUM = Maximum(
    left=1, left_gather=Gather(axis=0, indices=(0,)), right=1, right_gather=Gather(axis=0, indices=(1,)), shape=(1,)
)


def signs(protocol: str) -> list[tuple[int, int, int]]:
    return [(1, count, 1) for count in SIGN_BITS[protocol]]


def signed(values: Any, bits: int) -> Any:
    values = values.astype(np.int64) & ((1 << bits) - 1)
    return values - (values >= 1 << (bits - 1)) * (1 << bits)


def relu_view(z: int, watcher: int, protocol: str, **changes: Any) -> tuple[Any, Any]:
    """Return what a truncation and a ReLU give in every world, and the law of the watcher's view."""
    hidden = WIRE + sum(SIGN_BITS[protocol]) + RING
    lost = changes.pop("lost", 0)
    value, heard, count = watch((TRUNCATE, RELU), [z], watcher, hidden - lost, protocol=protocol, **changes)
    return signed(value, RING), law(heard, count, [(WIRE, 1, 1), *signs(protocol), (RING, 1, 1)])


@BOTH_PARTIES
@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_truncation_and_relu_show_each_party_one_uniform_law_for_every_secret(protocol: str, watcher: int) -> None:
    step = 3 if protocol == "tables" else 1  # Its worlds are the most; three goes through all fractions.
    for z in range(-(1 << (RING - 1)), 1 << (RING - 1), step):
        for seed in (1, 2):
            value, counts = relu_view(z, watcher, protocol, seed=seed)
            assert np.all(counts == 1), f"z = {z}: some view comes from {counts.max()} worlds, another from none"
            floor = z >> TOY.fraction_bits
            if -4 <= floor < 4:
                assert set(np.unique(value)) <= {max(floor, 0), max(floor + 1, 0)}


@BOTH_PARTIES
def test_truncation_and_lift_show_each_party_one_uniform_law_for_every_secret(watcher: int) -> None:
    for z in range(-(1 << (RING - 1)), 1 << (RING - 1)):
        value, heard, count = watch((TRUNCATE, LIFT), [z], watcher, WIRE + RING, protocol="fss", seed=z + 99)
        assert np.all(law(heard, count, [(WIRE, 1, 1), (RING, 1, 1)]) == 1)
        floor = z >> TOY.fraction_bits
        if -4 <= floor < 4:
            assert set(np.unique(signed(value, RING))) <= {floor, floor + 1}


@BOTH_PARTIES
@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_maximum_shows_each_party_one_uniform_law_for_every_pair(protocol: str, watcher: int) -> None:
    for left, right in ((0, 0), (11, -16), (-16, 11), (7, 7), (-32, 31), (1, 0)):
        hidden = 3 * WIRE + sum(SIGN_BITS[protocol])
        value, heard, count = watch((TRUNCATE_TWO, MAXIMUM), [left, right], watcher, hidden, protocol=protocol)
        assert np.all(law(heard, count, [(WIRE, 1, 2), *signs(protocol), (WIRE, 1, 1)]) == 1)
        if abs(left) <= 16:
            floor = max(left, right) >> TOY.fraction_bits
            assert set(np.unique(signed(value, WIRE))) <= {floor, floor + 1}


@BOTH_PARTIES
@pytest.mark.parametrize("protocol", ["fss", "fss-oneround"])
def test_a_label_shows_each_party_one_uniform_law_for_any_logits(protocol: str, watcher: int) -> None:
    op = Output(source=0, policy="label", shape=(3,))
    wire, opened = SMALLER.wire_bits, sum(SIGN_BITS[protocol])
    for logits in ((0, 0, 0), (3, -3, 0), (-3, 0, 3), (-4, 3, -4), (7, -8, 1)):
        hidden = 3 * wire + 2 * wire + 2 * opened
        value, heard, count = watch((op,), logits, watcher, hidden, protocol=protocol, profile=SMALLER, masks=3)
        layouts = [(wire, 1, 3), *signs(protocol), (wire, 2, 1), *signs(protocol)]
        assert np.all(law(heard, count, layouts) == 1)
        if logits == (3, -3, 0):
            assert np.all(value % (1 << wire) == 0)


# What a broken dealer or gate would do, seen by the same count.


def differs(protocol: str, leak: str, lost: int, watcher: int) -> bool:
    """Return whether the laws for zero, a large and a small secret differ when some randomness is missing."""
    laws = [relu_view(z, watcher, protocol, leak=(leak,), lost=lost)[1] for z in (0, 15, -16)]
    return any(not np.array_equal(laws[0], other) for other in laws[1:])


@BOTH_PARTIES
@pytest.mark.parametrize(
    ("protocol", "leak", "lost"),
    [
        ("fss", "bits", 1),
        ("tables", "own bits", 4),
        ("tables-fast", "own bits", 3),
        ("fss-oneround", "mask", WIRE + RING),
    ],
)
def test_the_count_notices_a_blinding_left_out(protocol: str, leak: str, lost: int, watcher: int) -> None:
    assert differs(protocol, leak, lost, watcher)


@BOTH_PARTIES
@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_the_count_notices_one_mask_used_for_both_wires(
    protocol: str, watcher: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The ReLU's result under the mask of its argument: y^ - T says whether t is negative."""
    from tests.core.mpc.gates import toy

    draw = toy.ToyDealing.narrow_mask
    drawn: list[Any] = []

    def reused(self: Any, shape: Any, width: Any) -> Any:
        if drawn and drawn[-1].size == int(np.prod(shape)):
            first = drawn.pop().reshape(shape)
            own = np.zeros_like(first)
            self._write("mask", own, first)
            return first, own
        whole, wraps = draw(self, shape, width)
        drawn[:] = [whole]
        return whole, wraps

    monkeypatch.setattr(toy.ToyDealing, "narrow_mask", reused)
    laws = [relu_view(z, watcher, protocol, lost=RING)[1] for z in (12, -12)]
    assert not np.array_equal(*laws)
