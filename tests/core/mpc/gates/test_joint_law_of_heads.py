"""The exact joint law of `tables` where the opened bits depend on what is compared.

In a toy ring a head of three bits takes all compared bits, and the opened ones are blinding bits and nothing else. Here
the head has one bit, so that a bit is left to each chunk of the tail.
"""

from typing import Any

import numpy as np
import pytest

from primia_core.mpc.tables import heads, opened
from tests.core.mpc.gates.test_joint_law import BOTH_PARTIES, MAXIMUM, RING, TRUNCATE_TWO, WIRE, relu_view, signs
from tests.core.mpc.gates.toy import ToyDealing, law, watch

PLANES = 3
COMPARED = WIRE - 1


@pytest.fixture(autouse=True)
def _small_head(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(heads, "HEAD_BITS", 1)
    for module in (heads, opened):
        monkeypatch.setattr(module, "HEAD_VALUES", 2)
    assert heads.tail_of(COMPARED).widths == (1, 1)


def without_blinding(plane: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Deal one plane's tables as they are."""
    draw, calls = ToyDealing.own_bits, []

    def drawn(self: Any, count: int) -> Any:
        calls.append(count)
        return np.zeros(count, np.uint8) if len(calls) == plane + 1 else draw(self, count)

    monkeypatch.setattr(ToyDealing, "own_bits", drawn)


@BOTH_PARTIES
def test_a_relu_shows_each_party_one_uniform_law_for_every_secret(watcher: int) -> None:
    for z in range(-(1 << (RING - 1)), 1 << (RING - 1)):
        value, counts = relu_view(z, watcher, "tables", seed=z + 99)
        assert np.all(counts == 1), f"z = {z}: some view comes from {counts.max()} worlds, another from none"
        floor = z >> 2
        if -4 <= floor < 4:
            assert set(np.unique(value)) <= {max(floor, 0), max(floor + 1, 0)}


@BOTH_PARTIES
def test_maximum_shows_each_party_one_uniform_law_for_every_pair(watcher: int) -> None:
    for left, right in ((0, 0), (11, -16), (-16, 11), (7, 7), (-32, 31), (1, 0)):
        hidden = 3 * WIRE + PLANES + 1
        _, heard, count = watch((TRUNCATE_TWO, MAXIMUM), [left, right], watcher, hidden, protocol="tables")
        assert np.all(law(heard, count, [(WIRE, 1, 2), *signs("tables"), (WIRE, 1, 1)]) == 1)


@BOTH_PARTIES
@pytest.mark.parametrize("plane", range(PLANES))
def test_the_count_notices_one_plane_without_its_blinding(plane: int, watcher: int) -> None:
    """Although the bit of the answer keeps its own, and every answer stays right."""
    laws = []
    for z in (0, 15, -16, 5):
        with pytest.MonkeyPatch.context() as broken:
            without_blinding(plane, broken)
            value, counts = relu_view(z, watcher, "tables", lost=1)
        assert set(np.unique(value)) <= {max(z >> 2, 0), max((z >> 2) + 1, 0)}
        laws.append(counts)
    assert any(not np.array_equal(laws[0], other) for other in laws[1:])
