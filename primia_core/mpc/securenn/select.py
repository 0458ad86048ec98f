"""What a sign chooses: the positive part, the larger of two, and the number of the largest of many."""

import numpy as np

from primia_core.mpc.profile import Words
from primia_core.mpc.securenn.product import Elementwise, help_multiply, multiply
from primia_core.mpc.securenn.seat import Seat
from primia_core.mpc.securenn.sign import drelu, help_drelu
from primia_core.mpc.steps import Exchange


def relu(seat: Seat, a: Words) -> Exchange[Words]:
    """Return this party's share of max(a, 0), in the shape of a: what P0 and P1 do.

    Args:
        a: share of numbers in [-L / 4, L / 4).
    Cost: 9 rounds; 20 l bits from each party. The paper: 10 rounds, 8 l log p + 24 l in all.
    Source: SecureNN, algorithm 7; its SelectShare of 0 and a is a product.
    """
    flat = a.reshape(-1)
    positive = yield from drelu(seat, flat)
    share = yield from _times(seat, positive, flat)
    return share.reshape(a.shape)


def maximum(seat: Seat, left: Words, right: Words) -> Exchange[Words]:
    """Return this party's share of the larger of two, position by position: what P0 and P1 do.

    Args:
        left, right: shares of numbers whose difference is in [-L / 4, L / 4).
    Cost: as ``relu``. The paper: 9 rounds, 8 l log p + 29 l, with the index of the larger, which a pool does not need.
    Source: SecureNN, algorithm 8, in stages side by side instead of one element after the other.
    """
    flat = (left - right).reshape(-1)
    share = yield from relu(seat, flat)
    return share.reshape(right.shape) + right


def help_relu(seat: Seat, count: int) -> Exchange[None]:
    """Do what P2 does in ``relu`` and ``maximum``."""
    yield from help_drelu(seat, count)
    yield from help_multiply(seat, [Elementwise(count)])


def label(seat: Seat, logits: Words) -> Exchange[Words]:
    """Return this party's share of the number of the largest logit, (batch, 1): what P0 and P1 do.

    A knock-out: each stage compares the classes left in pairs, and the last selects a number alone.

    Args:
        logits: shares, (batch, classes), of numbers whose differences are in [-L / 4, L / 4).
    Edge cases: of equal logits the first wins.
    Cost: 9 ceil(log2 classes) rounds; classes - 1 comparisons an image, each with two products.
    Source: SecureNN, algorithm 8.
    """
    numbers = np.broadcast_to(np.arange(logits.shape[1], dtype=logits.dtype), logits.shape)
    numbers = numbers if seat.party == 0 else np.zeros_like(logits)
    while logits.shape[1] > 1:
        left, right, rest = _paired(logits)
        left_number, right_number, rest_number = _paired(numbers)
        shape, difference = left.shape, (left - right).reshape(-1)
        first = yield from drelu(seat, difference)
        apart = (left_number - right_number).reshape(-1)
        if logits.shape[1] == 2:
            return right_number + (yield from _times(seat, first, apart)).reshape(shape)
        both = yield from _times(seat, np.tile(first, 2), np.concatenate([difference, apart]))
        winners, winning = both.reshape(2, *shape)
        logits = np.hstack([right + winners, rest])
        numbers = np.hstack([right_number + winning, rest_number])
    return numbers.copy()


def help_label(seat: Seat, batch: int, classes: int) -> Exchange[None]:
    """Do what P2 does in ``label``."""
    for pairs, products in label_stages(classes):
        yield from help_drelu(seat, batch * pairs)
        yield from help_multiply(seat, [Elementwise(batch * products)])


def label_stages(classes: int) -> list[tuple[int, int]]:
    """Return for each stage of a knock-out how many comparisons and how many products it has for an image."""
    stages = []
    while classes > 1:
        pairs = classes // 2
        stages.append((pairs, pairs if classes == 2 else 2 * pairs))
        classes -= pairs
    return stages


def _times(seat: Seat, left: Words, right: Words) -> Exchange[Words]:
    return (yield from multiply(seat, [Elementwise(left.size)], [(left, right)]))


def _paired(values: Words) -> tuple[Words, Words, Words]:
    """Split columns into firsts, seconds, and one without an opponent or none."""
    pairs = values.shape[1] // 2
    paired = values[:, : 2 * pairs]
    return paired[:, 0::2], paired[:, 1::2], values[:, 2 * pairs :]
