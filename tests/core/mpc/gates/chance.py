"""Is it uniform? Chi-squared tests of what a party sees, alone, between neighbours, and message against message."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations
from typing import Any

import numpy as np

from primia_core.mpc.profile import Width
from primia_core.mpc.wire import decode, decode_bits
from tests.core.mpc.gates.alone import POSITION, Outcome

SUSPICIOUS = 5.0
"""Standard deviations: a uniform sample is beyond it once in three million tests, and samples here never change."""
BIT = Width(1)
View = dict[str, tuple[Any, Width]]
"""By name: one number an element, and its width."""
Layout = tuple[Width, int, int]
"""Of one message: width of its values, columns before the elements' axis, and columns behind it."""


def view_of(outcome: Outcome, party: int, layouts: Sequence[Layout], held: Width) -> View:
    """Return what a party held before a gate, what it received, and what it could open with its own half of each step.

    Args:
        held: width of what it held: public masked values and their masks' shares, or shares of sums.
    """
    heard, count = outcome.heard[party], len(outcome.values[party])
    view: View = {}
    for what, values_of in (("value", outcome.inputs[party]), ("mask", outcome.shares[party])):
        for position, values in values_of.items():
            width = layouts[-1][0] if position == POSITION else held  # The last step opens the result.
            for column, numbers in enumerate(values.reshape(count, -1).T):
                view[f"{what} {position}, column {column}"] = np.ascontiguousarray(numbers), width
    pairs = zip(heard.messages, heard.said, layouts, strict=True)
    for step, (received, said, (width, before, behind)) in enumerate(pairs):
        theirs, mine = (_columns(message, width, before, count, behind) for message in (received, said))
        for column in range(len(theirs)):
            name = f"step {step}, column {column}"
            view[f"{name}, received"] = theirs[column], width
            opened = theirs[column] ^ mine[column] if width == BIT else width.reduce(theirs[column] + mine[column])
            view[f"{name}, opened"] = opened, width
    return view


def _columns(message: bytes, width: Width, before: int, count: int, behind: int) -> Any:
    size = before * count * behind
    values = decode_bits(memoryview(message), size) if width == BIT else decode(memoryview(message), size, width)
    return np.moveaxis(values.reshape(before, count, behind), 1, 2).reshape(before * behind, count)


def worst(view: Mapping[str, tuple[Any, Width]]) -> float:
    """Return the largest deviation from uniform of any test, in standard deviations."""
    return max(deviation for _, deviation in deviations(view))


def deviations(view: Mapping[str, tuple[Any, Width]]) -> Iterator[tuple[str, float]]:
    """Yield every test's name and outcome."""
    for name, (values, width) in view.items():
        neighbours = width.reduce(np.ascontiguousarray(values[1::2] - values[::2]).astype(values.dtype))
        for what, numbers in ((name, values), (f"{name}, neighbours", neighbours)):
            for end, byte in _ends(numbers, width, 8):
                yield f"{what}, {end}", deviation(byte, min(8, width.bits))
    for (name, (first, width)), (other, (second, wide)) in combinations(view.items(), 2):
        for (end, a), (_, b) in zip(_ends(first, width, 4), _ends(second, wide, 4), strict=True):
            bits = min(4, wide.bits)
            yield f"{name} with {other}, {end}", deviation(a << bits | b, min(4, width.bits) + bits)
        if width == wide and width != BIT:
            for end, byte in _ends(width.reduce(first - second), width, 8):
                yield f"{name} less {other}, {end}", deviation(byte, 8)


def deviation(numbers: Any, bits: int) -> float:
    """Return how far counts of numbers below 2**bits are from equal, as a standard normal deviate.

    Source: Wilson and Hilferty, PNAS 1931: the cube root of a chi-squared variable is nearly normal.
    """
    counts = np.bincount(np.asarray(numbers).astype(np.int64).reshape(-1), minlength=1 << bits)
    expected = counts.sum() / counts.size
    freedom = counts.size - 1
    square = float(((counts - expected) ** 2).sum() / expected)
    part = 2 / (9 * freedom)
    return ((square / freedom) ** (1 / 3) - (1 - part)) / part**0.5


def _ends(numbers: Any, width: Width, bits: int) -> tuple[tuple[str, Any], tuple[str, Any]]:
    kept = min(bits, width.bits)
    wide = numbers.astype(np.uint64)
    return ("top", (wide >> np.uint64(width.bits - kept)).astype(np.int64)), (
        "bottom",
        (wide & np.uint64((1 << kept) - 1)).astype(np.int64),
    )
