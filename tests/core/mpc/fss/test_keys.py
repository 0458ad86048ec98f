"""Comparison keys as sign tests use them: what a wrong key does, and how many bytes a right one takes."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pytest

from primia_core.mpc.fss import slices
from primia_core.mpc.kernels import dcf_key_bytes
from primia_core.mpc.profile import PRECISE
from tests.core.mpc.gates.alone import POSITION, STOCK
from tests.core.mpc.runs import Sections
from tests.core.mpc.sign.signs import Reading, read_signs

BITS = 15
KEYED = ("fss", "fss-oneround")
COUNT = 2048


def wrong(protocol: str, **changes: Any) -> float:
    """Return which part of many signs near and far from zero comes out wrong."""
    reading, t = read(protocol, **changes)
    return float(np.mean(reading.d != (t >= 0)))


def read(protocol: str, **changes: Any) -> tuple[Reading, Any]:
    generator = np.random.default_rng(11)
    half = 1 << (BITS - 1)
    t = generator.integers(-half, half, COUNT)
    mask = generator.integers(0, 2 * half, COUNT).astype(np.uint16)
    opened = ((t + mask) % (2 * half)).astype(np.uint16)
    return read_signs(protocol, opened, mask, BITS, **changes), t


def at(party: int, change: Callable[[Any], None]) -> Callable[[Sequence[Sections]], None]:
    """Return what changes one party's key in place."""

    def meddle(sections: Sequence[Sections]) -> None:
        change(sections[party].section(POSITION, "key0"))

    return meddle


@pytest.mark.parametrize("protocol", KEYED)
def test_dealt_keys_are_right(protocol: str) -> None:
    assert wrong(protocol) == 0


@pytest.mark.parametrize("protocol", KEYED)
@pytest.mark.parametrize("size", [64, COUNT - 64, COUNT])
def test_keys_dealt_in_slices_are_right(size: int, protocol: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(slices, "SLICE", size)
    names: list[set[str]] = []

    def note(sections: Sequence[Sections]) -> None:
        names.extend({name for _, name in one.arrays if name.startswith("key")} for one in sections)

    assert wrong(protocol, meddle=note) == 0
    assert names == [{f"key{number}" for number in range(-(-COUNT // size))}] * 2


ROWS = [(party, row) for party in (0, 1) for row in range(8) if (party, row) != (0, 0)]


def test_party_0_starts_with_control_bit_0_and_never_uses_the_first_correction() -> None:
    def garble(key: Any) -> None:
        key[:, 0] ^= np.uint64(0x0123456789ABCDEF)

    assert wrong("fss", meddle=at(0, garble)) == 0


@pytest.mark.parametrize(("party", "row"), ROWS)
def test_a_level_left_out_of_one_key_gives_wrong_signs(party: int, row: int) -> None:
    def leave_out(key: Any) -> None:
        key[:, row] = 0

    assert 0.01 < wrong("fss", meddle=at(party, leave_out)) < 0.7


@pytest.mark.parametrize(("party", "row"), [place for place in ROWS if place[1] < 6])
def test_a_flipped_bit_of_a_tree_correction_gives_wrong_signs(party: int, row: int) -> None:
    def flip_lowest(key: Any) -> None:
        key[:, row, :, 0] ^= np.uint64(1)

    assert 0.01 < wrong("fss", meddle=at(party, flip_lowest)) < 0.7


@pytest.mark.parametrize("party", [0, 1])
def test_flipped_leaves_invert_the_signs_of_those_who_hold_the_control_bit(party: int) -> None:
    def invert(key: Any) -> None:
        key[:, 6:] ^= ~np.uint64(0)

    assert 0.4 < wrong("fss", meddle=at(party, invert)) < 0.6, "a control bit off the path is a fair coin"


@pytest.mark.parametrize("protocol", KEYED)
def test_a_flipped_correction_of_a_payload_key_gives_no_bit_at_all(protocol: str) -> None:
    def disturb(key: Any) -> None:
        key.reshape(-1)[::2] ^= np.uint64(1 << 17)

    assert wrong(protocol, meddle=at(1, disturb)) > 0.01


@pytest.mark.parametrize("protocol", KEYED)
def test_keys_of_other_elements_give_wrong_signs(protocol: str) -> None:
    def exchange(key: Any) -> None:
        key[:] = key[::-1].copy()

    assert wrong(protocol, meddle=at(0, exchange)) > 0.1


@pytest.mark.parametrize("protocol", KEYED)
def test_a_party_that_takes_another_stock_s_fixed_keys_reads_wrong_signs(protocol: str) -> None:
    assert wrong(protocol, stocks=(STOCK, b"another stock")) > 0.1


def test_parties_that_swap_their_roles_read_wrong_signs(monkeypatch: pytest.MonkeyPatch) -> None:
    """A root of party 0 in the hands of party 1 starts with the other control bit."""
    from primia_core.mpc import kernels

    evaluate = kernels.comparison_evaluate
    monkeypatch.setattr(
        kernels, "comparison_evaluate", lambda party, *rest, **threads: evaluate(1 - party, *rest, **threads)
    )
    assert wrong("fss") > 0.1


def test_a_key_with_payload_holds_16_bytes_of_seed_and_the_payload_s_words_a_level() -> None:
    groups, bits, words = 3, 14, 3
    level = 16 + 4 * words + 2 / 8
    assert dcf_key_bytes(64 * groups, bits, np.uint32, words) == 64 * groups * (bits * level + 4 * words)
    assert dcf_key_bytes(1, bits, np.uint32, words) == 64 * (bits * level + 4 * words), "a group is always whole"


def test_one_round_signs_hide_the_unit_in_the_whole_ring() -> None:
    """Shares of d are ring words at every width of the payloads, so none of their bits is telling."""
    generator = np.random.default_rng(2)
    mask = generator.integers(0, 1 << 23, 300).astype(np.uint32)
    reading = read_signs("fss-oneround", mask, mask, 23, profile=PRECISE, unit=PRECISE.ring)
    for result in reading.results:
        assert result.ones.dtype == np.uint64
        assert np.unique(result.ones).size == 300
    assert np.all(reading.d == 1)
