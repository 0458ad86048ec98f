"""A sign test by itself, without a gate around it: dealt, read by two parties, and its shares added up."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from primia_core.mpc.dealing import Dealing, Tape
from primia_core.mpc.profile import FAST, Profile, Width, Words
from primia_core.mpc.protocols import sign_test
from primia_core.mpc.sign import Chosen, Multiplied, Payload, Place
from primia_core.mpc.steps import Tally, play
from tests.core.mpc.gates.alone import POSITION, STOCK, Heard, listening, seeds_from, uniform
from tests.core.mpc.runs import Sections

RING = FAST.ring


@dataclass
class Reading:
    """What the parties' shares add up to: d, and d times each payload."""

    d: Any
    products: list[Any]
    results: list[Any]
    heard: tuple[Heard, Heard]
    sections: tuple[Sections, Sections]
    tally: Tally


def read_signs(
    protocol: str,
    opened: Words,
    mask: Words,
    bits: int,
    payloads: Sequence[Payload] = (),
    *,
    unit: Width = RING,
    profile: Profile = FAST,
    seed: int = 1,
    meddle: Callable[[Sequence[Sections]], None] = lambda _sections: None,
    stocks: tuple[bytes, bytes] = (STOCK, STOCK),
) -> Reading:
    """Read the signs of ``opened - mask`` modulo 2**bits.

    Args:
        meddle: changes what was dealt.
        stocks: what each party takes for the stock's id; the dealer uses ``STOCK``.
    """
    seeds = seeds_from(np.random.default_rng(seed))
    sections = (Sections(), Sections())
    dealer = sign_test(protocol, STOCK)
    dealer.deal(Dealing(POSITION, profile, (*seeds.parties, seeds.own), sections), mask, bits, unit, payloads)
    meddle(sections)
    widths = [payload.width for payload in payloads]
    halves = [(uniform(np.random.default_rng(seed), each.values.shape, each.width), each) for each in payloads]
    held = [
        [Payload(half, each.width) for half, each in halves],
        [Payload(each.width.reduce(each.values - half), each.width) for half, each in halves],
    ]
    tests = [sign_test(protocol, stock) for stock in stocks]
    correlations = [
        tests[b].take(Tape(POSITION, profile, b, seeds.parties[b], sections[b]), opened.size, bits, unit, held[b])
        for b in (0, 1)
    ]
    heard, tally = (Heard(), Heard()), Tally()
    results = play(
        [
            listening(tests[b].online(Place(b, "sign"), opened, bits, correlations[b]), heard[b])
            for b in (0, 1)
        ],
        (tally, Tally()),
    )  # fmt: skip
    shares = [shares_of(result, b) for b, result in enumerate(results)]
    d, *products = (first + second for first, second in zip(*shares, strict=True))
    reduced = [width.reduce(product.astype(width.dtype)) for product, width in zip(products, widths, strict=True)]
    return Reading(unit.reduce(d.astype(unit.dtype)), reduced, results, heard, sections, tally)


def shares_of(result: Chosen | Multiplied, party: int) -> list[Any]:
    """Return one party's shares of d and of each d*p."""
    if isinstance(result, Multiplied):
        return [result.ones, *result.products]
    one = np.full_like(result.ones, 1 - party)
    pairs = [(result.ones, one), *result.products]
    return [np.where(result.opened == 1, whole - product, product) for product, whole in pairs]


def every(bits: int, dtype: Any = np.uint16) -> tuple[Any, Any, Any]:
    """Return every signed value under every mask: the public values, the masks and the values, flat."""
    half = 1 << (bits - 1)
    t, mask = (grid.reshape(-1) for grid in np.meshgrid(np.arange(-half, half), np.arange(2 * half), indexing="ij"))
    return ((t + mask) % (2 * half)).astype(dtype), mask.astype(dtype), t
