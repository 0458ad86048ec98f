"""Dealer's pen and party's eye: whatever is drawn in whatever order, both sides see the same and halves add up."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from primia_core.mpc.dealing import Dealing, Tape
from primia_core.mpc.errors import CorrelationError
from primia_core.mpc.profile import FAST, Width
from primia_core.mpc.randomness import Stream
from tests.core.mpc.gates.chance import SUSPICIOUS, worst
from tests.core.mpc.runs import Sections

SEEDS = (b"0" * 32, b"1" * 32, b"d" * 32)
WIDTHS = [Width(bits) for bits in (16, 24, 32, 40, 64)]


class Table:
    """A dealer and two parties at one operation."""

    def __init__(self, operation: int = 5, seeds: tuple[bytes, bytes, bytes] = SEEDS) -> None:
        self.sections = (Sections(), Sections())
        self.dealing = Dealing(operation, FAST, seeds, self.sections)
        self.tapes = [Tape(operation, FAST, b, seeds[b], self.sections[b]) for b in (0, 1)]


@st.composite
def draws(draw: st.DrawFn) -> list[tuple[str, Any]]:
    kinds = st.sampled_from(["mask", "bits", "roots", "share", "table", "give", "own", "part"])
    return [
        (kind, draw(st.integers(1, 20)), draw(st.sampled_from(WIDTHS))) for kind in draw(st.lists(kinds, max_size=9))
    ]


@given(plan=draws())
@settings(max_examples=80, deadline=None)
def test_parties_see_what_was_dealt_in_any_order_of_draws(plan: Any) -> None:
    table = Table()
    generator = np.random.default_rng(0)
    dealt = []
    pen, eyes = table.dealing, table.tapes
    for number, (kind, count, width) in enumerate(plan):
        name = f"{number}"
        secret = width.reduce(np.frombuffer(generator.bytes(8 * count), np.uint64).astype(width.dtype))
        rows = np.frombuffer(generator.bytes(count * 3), np.uint8).reshape(count, 3)
        whole = {
            "mask": lambda c=count, w=width: pen.mask((c, 1), w),
            "bits": lambda c=count: pen.bits(c),
            "roots": lambda c=count: pen.roots(c),
            "own": lambda c=count: pen.own_bits(c),
            "share": lambda n=name, s=secret, w=width: (pen.share(n, s, w), s)[1],
            "table": lambda n=name, r=rows: (pen.share_table(n, r), r)[1],
            "give": lambda n=name, s=secret: (pen.give(n, s), s)[1],
            "part": lambda n=name, s=secret, w=width: (pen.within("part ").share(n, s, w), s)[1],
        }[kind]()
        dealt.append((name, kind, count, width, whole))
    for name, kind, count, width, whole in dealt:
        if kind == "mask":
            shares = [eye.mask((count, 1), width) for eye in eyes]
            assert np.array_equal(width.reduce(shares[0] + shares[1]), whole)
        elif kind == "bits":
            assert np.array_equal(eyes[0].bits(count) ^ eyes[1].bits(count), whole)
        elif kind == "roots":
            for eye, root in zip(eyes, whole, strict=True):
                assert np.array_equal(eye.roots(count), root)
        elif kind in ("share", "part"):
            places = [eye.within("part ") if kind == "part" else eye for eye in eyes]
            shares = [eye.share(name, count, width) for eye in places]
            assert np.array_equal(width.reduce(shares[0] + shares[1]), whole)
        elif kind == "table":
            assert np.array_equal(eyes[0].share_table(name, (count, 3)) ^ eyes[1].share_table(name, (count, 3)), whole)
        elif kind == "give":
            assert all(np.array_equal(eye.given(name), whole) for eye in eyes)


def test_party_0_s_halves_are_its_stream_and_only_party_1_is_written_to() -> None:
    table = Table(operation=12)
    secret = np.arange(10, dtype=np.uint32)
    table.dealing.share("p", secret, Width(32))
    table.dealing.share_table("t", np.zeros((2, 5), np.uint8))
    stream = Stream(SEEDS[0], 12)
    assert np.array_equal(table.tapes[0].share("p", 10, Width(32)), stream.words(10, np.uint32))
    assert np.array_equal(table.tapes[0].share_table("t", (2, 5)), stream.words((2, 5), np.uint8))
    assert not table.sections[0].arrays
    assert {name for _, name in table.sections[1].arrays} == {"p", "t"}


def test_no_draw_gives_the_same_twice() -> None:
    """Two secrets under one half would give their difference to party 1."""
    table = Table()
    secret = np.zeros(64, np.uint32)
    for name in ("a", "b"):
        table.dealing.share(name, secret, Width(32))
    first, second = (table.sections[1].section(5, name) for name in ("a", "b"))
    assert not np.any(first == second)
    masks = [table.dealing.mask(64, Width(32)) for _ in range(2)]
    assert not np.any(masks[0] == masks[1])


@pytest.mark.parametrize("b", [0, 1])
def test_a_mask_less_one_party_s_share_is_uniform(b: int) -> None:
    table = Table()
    for width in WIDTHS:
        whole, share = table.dealing.mask(20_000, width), table.tapes[b].mask(20_000, width)
        view = {"share": (share, width), "mask": (whole, width)}
        assert worst(view) < SUSPICIOUS, "their difference is the other party's share"


def test_the_dealer_s_own_bits_depend_on_no_party_s_seed_and_move_no_party_s_stream() -> None:
    first, second = Table(seeds=SEEDS), Table(seeds=(b"x" * 32, b"y" * 32, SEEDS[2]))
    assert np.array_equal(first.dealing.own_bits(99), second.dealing.own_bits(99))
    whole = first.dealing.mask(9, Width(32))
    shares = [tape.mask(9, Width(32)) for tape in first.tapes]
    assert np.array_equal(shares[0] + shares[1], whole)


def test_reading_in_another_order_gives_something_else() -> None:
    table = Table()
    whole = table.dealing.mask(8, Width(32))
    table.dealing.share("p", np.zeros(8, np.uint32), Width(32))
    late = table.tapes[0].share("p", 8, Width(32))
    assert not np.array_equal(late + table.tapes[1].share("p", 8, Width(32)), np.zeros(8))
    assert not np.array_equal(table.tapes[0].mask(8, Width(32)) + table.tapes[1].mask(8, Width(32)), whole)


def test_parts_of_an_operation_have_names_of_their_own() -> None:
    table = Table()
    for part in ("3 ", "2 "):
        table.dealing.within(part).share("rho", np.zeros(4, np.uint16), Width(16))
        table.dealing.within(part).within("deep ").give("key", np.zeros(1))
    assert set(table.sections[1].arrays) == {
        (5, name) for name in ("3 rho", "2 rho", "3 deep key", "2 deep key")
    }  # fmt: skip


@pytest.mark.parametrize(
    "section", [np.zeros(7, np.uint32), np.zeros(9, np.uint32), np.zeros(8, np.uint16), np.zeros(16, np.uint16)]
)
def test_correlations_of_another_shape_or_width_are_refused(section: Any) -> None:
    tape = Tape(5, FAST, 1, SEEDS[1], _source_of(section))
    with pytest.raises(CorrelationError, match=r"operation 5 reads .* of 'p'.*program, protocol and batch"):
        tape.share("p", (4, 2), Width(32))


@pytest.mark.parametrize("section", [np.zeros((4, 3), np.uint8), np.zeros((4, 4), np.uint32)])
def test_tables_of_another_shape_or_width_are_refused(section: Any) -> None:
    tape = Tape(5, FAST, 1, SEEDS[1], _source_of(section))
    with pytest.raises(CorrelationError, match="operation 5 reads"):
        tape.share_table("p", (4, 4))


def _source_of(section: Any) -> Sections:
    sections = Sections()
    sections.put(5, "p", section)
    return sections
