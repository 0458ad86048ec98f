"""Each subprotocol is right for everything of an 8-bit ring, and for random and extreme values of the 64-bit one."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from primia_core.mpc.kernels.securenn import any_zero, pack_residues
from primia_core.mpc.randomness import Stream
from primia_core.mpc.securenn.compare import judge, private_compare
from primia_core.mpc.securenn.convert import help_convert, share_convert
from primia_core.mpc.securenn.dealt import Deal, next_hand
from primia_core.mpc.securenn.product import Elementwise, help_multiply, multiply
from primia_core.mpc.securenn.ring import RING
from primia_core.mpc.securenn.select import help_label, help_relu, label, maximum, relu
from primia_core.mpc.securenn.sign import compute_msb, drelu, help_drelu, help_msb
from tests.core.mpc.securenn.table import TOY, joined_odd, run, seeds_of, split, split_odd

EDGES = [0, 1, 2, (1 << 62) - 1, (1 << 63) - 1, 1 << 63, (1 << 63) + 1, (1 << 64) - 2, (1 << 64) - 1]
WORD = st.one_of(st.sampled_from(EDGES), st.integers(0, (1 << 64) - 1))
QUARTER = st.one_of(st.sampled_from([0, -1, 1, (1 << 62) - 1, -(1 << 62)]), st.integers(-(1 << 62), (1 << 62) - 1))
SEED = st.integers(0, 1 << 30)


def compare(x, bound, flip, ring, name="compare"):
    """Deal x in bits, compare it, and return P2's verdict."""
    verdict = []

    def holder(seat):
        hand = yield from next_hand(seat, x.size * ring.residue_bytes)
        yield from private_compare(seat, hand.bits(x.size), bound, flip)

    def helper(seat):
        deal = Deal(seat)
        deal.bits(x)
        yield from seat.step(send={1: deal.message()})
        verdict.append((yield from judge(seat, x.size)))

    run(holder, helper, ring=ring, seeds=seeds_of(name))
    return verdict[0]


@pytest.mark.parametrize("flip", [0, 1])
def test_private_compare_of_every_pair(flip):
    x, r = (part.ravel() for part in np.meshgrid(*2 * [np.arange(256, dtype=np.uint8)]))
    verdict = compare(x, r, np.full(x.size, flip, np.uint8), TOY)
    assert np.array_equal(verdict, (x > r) ^ flip)


@given(st.lists(st.tuples(WORD, WORD, st.integers(0, 1)), min_size=1, max_size=40))
@settings(max_examples=40, deadline=None)
def test_private_compare_of_words(cases):
    x, r, flip = (np.array(column, np.uint64) for column in zip(*cases, strict=True))
    verdict = compare(x, r, flip.astype(np.uint8), RING)
    assert verdict.tolist() == [(a > b) ^ bool(f) for a, b, f in cases]


def test_private_compare_at_the_edges():
    edges, flips = np.array(EDGES, np.uint64), np.arange(2, dtype=np.uint8)
    x, r, flip = (part.ravel() for part in np.meshgrid(edges, edges, flips))
    assert np.array_equal(compare(x, r, flip, RING), (x > r) ^ flip)


def test_private_compare_across_chunks(monkeypatch):
    monkeypatch.setattr("primia_core.mpc.securenn.dealt.CHUNK", 7)
    x = np.random.default_rng(2).integers(0, 1 << 63, 50, np.uint64)
    r = np.where(np.arange(50) % 3 == 0, x, x[::-1])
    assert np.array_equal(compare(x, r, np.zeros(50, np.uint8), RING), x > r)


def test_a_verdict_needs_a_sum_of_zero():
    first, second = np.ones((3, 64), np.uint8), np.full((3, 64), 65, np.uint8)
    first[0, 63], second[0, 63] = 0, 0
    first[1, 0], second[1, 0] = 1, 66
    assert any_zero(pack_residues(first), pack_residues(second), 67).tolist() == [1, 1, 0]


@pytest.mark.parametrize("mask", range(3))
def test_share_convert_of_every_number_but_the_last(mask):
    values = np.tile(np.arange(255, dtype=np.uint8), 300)
    shares = split(values, TOY, seed=mask)
    out = run(
        lambda seat: share_convert(seat, shares[seat.party]),
        lambda seat: help_convert(seat, values.size),
        ring=TOY,
        seeds=seeds_of(f"convert {mask}"),
    )
    assert np.array_equal(joined_odd(out, TOY), values)
    assert max(share.max() for share in out) < TOY.top


def test_share_convert_meets_a_mask_of_zero():
    """The toy run above is only worth something if r = 0, and with it r - 1 = L - 1, occurs in it."""
    k01 = seeds_of("convert 0")[0].with_peer[1]
    r = Stream(k01, 0).words(76_500, np.uint8) + Stream(k01, 1).words(76_500, np.uint8)
    assert (r == 0).sum() > 200


@given(st.lists(WORD.filter(lambda value: value != (1 << 64) - 1), min_size=1, max_size=30), SEED)
@settings(max_examples=30, deadline=None)
def test_share_convert_of_words(values, seed):
    shares = split(np.array(values, np.uint64), seed=seed)
    out = run(lambda seat: share_convert(seat, shares[seat.party]), lambda seat: help_convert(seat, len(values)))
    assert joined_odd(out).tolist() == values


def test_msb_of_every_number_under_every_mask():
    values, masks = (part.ravel() for part in np.meshgrid(*2 * [np.arange(255)]))
    shares = [part.astype(np.uint8) for part in (masks, (values - masks) % 255)]
    out = run(lambda seat: compute_msb(seat, shares[seat.party]), lambda seat: help_msb(seat, values.size), ring=TOY)
    assert np.array_equal(out[0] + out[1], values > 127)


@given(st.lists(st.integers(0, (1 << 64) - 2), min_size=1, max_size=30), SEED)
@settings(max_examples=30, deadline=None)
def test_msb_of_words(values, seed):
    shares = split_odd(np.array(values, np.uint64), seed=seed)
    out = run(lambda seat: compute_msb(seat, shares[seat.party]), lambda seat: help_msb(seat, len(values)))
    assert (out[0] + out[1]).tolist() == [value >> 63 for value in values]


def test_drelu_and_relu_of_every_number_under_every_mask():
    values, masks = (part.ravel() for part in np.meshgrid(np.arange(-64, 64), np.arange(256)))
    shares = [part.astype(np.uint8) for part in (masks, values - masks)]
    signs = run(lambda seat: drelu(seat, shares[seat.party]), lambda seat: help_drelu(seat, values.size), ring=TOY)
    assert np.array_equal(signs[0] + signs[1], values >= 0)
    out = run(lambda seat: relu(seat, shares[seat.party]), lambda seat: help_relu(seat, values.size), ring=TOY)
    assert np.array_equal(out[0] + out[1], np.maximum(values, 0))


@given(st.lists(QUARTER, min_size=1, max_size=30), SEED)
@settings(max_examples=30, deadline=None)
def test_relu_of_words(values, seed):
    shares = split(np.array(values, np.int64), seed=seed)
    out = run(lambda seat: relu(seat, shares[seat.party]), lambda seat: help_relu(seat, len(values)))
    assert (out[0] + out[1]).astype(np.int64).tolist() == [max(value, 0) for value in values]


@given(st.lists(st.tuples(QUARTER, QUARTER), min_size=1, max_size=30), SEED)
@settings(max_examples=30, deadline=None)
def test_maximum_of_words(pairs, seed):
    left, right = (np.array(column, np.int64) // 2 for column in zip(*pairs, strict=True))
    lefts, rights = split(left, seed=seed), split(right, seed=seed + 1)
    out = run(
        lambda seat: maximum(seat, lefts[seat.party], rights[seat.party]), lambda seat: help_relu(seat, left.size)
    )
    assert np.array_equal((out[0] + out[1]).astype(np.int64), np.maximum(left, right))


@pytest.mark.parametrize("classes", [1, 2, 3, 5, 8])
def test_label_is_the_first_of_the_largest(classes):
    logits = np.random.default_rng(classes).integers(-3, 3, (200, classes))
    shares = split(logits, seed=classes)
    out = run(lambda seat: label(seat, shares[seat.party]), lambda seat: help_label(seat, 200, classes))
    assert np.array_equal((out[0] + out[1]).ravel(), logits.argmax(axis=1))


@given(st.lists(st.tuples(WORD, WORD), min_size=1, max_size=30), SEED)
@settings(max_examples=30, deadline=None)
def test_products_of_words(pairs, seed):
    left, right = (np.array(column, np.uint64) for column in zip(*pairs, strict=True))
    lefts, rights = split(left, seed=seed), split(right, seed=seed + 1)
    kinds = [Elementwise(left.size), Elementwise(left.size)]
    out = run(
        lambda seat: multiply(seat, kinds, [(lefts[seat.party], rights[seat.party])] * 2),
        lambda seat: help_multiply(seat, kinds),
    )
    assert np.array_equal(out[0] + out[1], left * right + left * right)
