"""Answers: without blinding, requester and dealer solve for the last layer; with it, a share is a one-time pad."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from primia_core.mpc.errors import SessionError
from primia_core.mpc.profile import PRECISE, Width
from primia_core.mpc.session import Terms, answer_key, blind_answer
from primia_core.mpc.stock import Kind

MODULUS = 2**32
RING = Width(32)
FEATURES, CLASSES, SPARE = 6, 3, 10
KIND = Kind(program="ab" * 32, mask="cd" * 16, protocol="fss", batch=1)
TERMS = Terms(kind=KIND, epoch=1, model_version="v", policy="logits")
K01 = answer_key((b"0" * 32, b"1" * 32), TERMS)


def test_blinding_is_as_published():
    """A change of these values parts old and new releases."""
    assert K01.hex() == "7f4765c638ae7bcc05e0543952f1b515b51e0525465dd7d333d10c6a64add400"
    assert (
        blind_answer(0, K01, b"s" * 32, np.zeros(4, np.uint32), RING).tobytes().hex()
        == "eae9034a2ae02690c8653a6f7b393c4b"
    )


@given(
    st.sampled_from(["u1", "u2", "u4", "u8"]).flatmap(lambda code: st.tuples(*[arrays.arrays(f"<{code}", (2, 3))] * 2)),
    st.binary(min_size=32, max_size=32),
)
def test_shares_of_the_answer_still_add_up_to_it(shares, session):
    first, second = (
        blind_answer(party, K01, session, share, Width(8 * share.itemsize)) for party, share in enumerate(shares)
    )
    assert np.array_equal(first + second, shares[0] + shares[1])
    assert first.dtype == shares[0].dtype


def test_share_is_a_pad_apart_that_the_share_does_not_change():
    words = np.arange(64, dtype=np.uint32)
    pad = blind_answer(0, K01, b"s" * 32, np.zeros(64, np.uint32), RING)
    assert np.array_equal(blind_answer(0, K01, b"s" * 32, words, RING), words + pad)
    assert np.array_equal(blind_answer(1, K01, b"s" * 32, words, RING), words - pad)


def test_pads_of_other_sessions_keys_and_terms_have_nothing_in_common():
    zeros = np.zeros(64, np.uint32)
    keys = [K01, answer_key((b"1" * 32, b"0" * 32), TERMS), answer_key((b"0" * 32, b"2" * 32), TERMS)]
    pads = [blind_answer(0, key, session, zeros, RING) for key in keys for session in (b"s" * 32, b"t" * 32)]
    for index, pad in enumerate(pads):
        for other in pads[:index]:
            assert not np.intersect1d(pad, other).size


def test_blinded_shares_are_uniform_whatever_the_share_was():
    """Chi-squared over bytes, 255 degrees of freedom: fixed key, so the value is one number, not a gamble."""
    words = np.zeros(1 << 16, np.uint32)
    counts = np.bincount(blind_answer(0, K01, b"s" * 32, words, RING).view(np.uint8), minlength=256)
    expected = counts.sum() / 256
    assert 150 < ((counts - expected) ** 2 / expected).sum() < 370


@pytest.mark.parametrize("first", [0, 2, 1000, 2**24 - 1])
def test_a_label_carries_nothing_of_the_shares_that_it_came_from(first):
    """A label is shared modulo 2**24 in words of 32 bits: what the words add up to must not depend on the share."""
    shares = np.array([first], np.uint32), np.array([(2 - first) % 2**24], np.uint32)
    blinded = [blind_answer(party, K01, b"s" * 32, share, PRECISE.wire) for party, share in enumerate(shares)]
    assert all(share < 2**24 for share in blinded)
    assert (blinded[0] + blinded[1]) % 2**24 == 2
    pad = blind_answer(0, K01, b"s" * 32, np.zeros(1, np.uint32), PRECISE.wire)
    assert blinded[0] == (first + pad) % 2**24


def test_key_needs_both_halves():
    with pytest.raises(SessionError, match="32 bytes"):
        answer_key((b"0" * 32, b""), TERMS)


# -- what blinding is for ----------------------------------------------------------------------------------------


def answers_of_party_0(*, blinded, rng):
    """Ask a one-layer network again and again. Returns its weights, and what requester and dealer see together.

    They know x (they chose it), r (so x^ = x + r), party 0's shares r0 of r and m0 of R_w, and its share q0 of the
    product of r and R_w. With party 0's share of the answer,

        y0 = -m0 x^ - W^ r0 + q0        so that        W^ r0 = q0 - y0 - m0 x^

    is a linear equation in W^ for each request.
    """
    weights, mask, mask0 = (rng.integers(0, MODULUS, (CLASSES, FEATURES), np.uint32) for _ in range(3))
    opened = weights + mask
    known, images = [], []
    for number in range(FEATURES + SPARE):
        image, r0, r1 = (rng.integers(0, MODULUS, FEATURES, np.uint32) for _ in range(3))
        q0 = rng.integers(0, MODULUS, CLASSES, np.uint32)
        seen = image + r0 + r1
        share = q0 - mask0 @ seen - opened @ r0
        other = (opened - (mask - mask0)) @ seen - opened @ r1 + (mask @ (r0 + r1) - q0)
        assert np.array_equal(share + other, weights @ image), "the two shares are the answer"
        if blinded:
            share = blind_answer(0, K01, number.to_bytes(32, "big"), share, RING)
        known.append(r0)
        images.append(q0 - share - mask0 @ seen)
    return weights, mask, np.array(known), np.array(images)


def solve(left, right):
    """Solve left X = right modulo 2**32 by elimination with odd pivots."""
    a, b = left.astype(object), right.astype(object)
    for column in range(a.shape[1]):
        pivot = next(row for row in range(column, len(a)) if a[row, column] % 2)
        a[[column, pivot]], b[[column, pivot]] = a[[pivot, column]], b[[pivot, column]]
        inverse = pow(int(a[column, column]), -1, MODULUS)
        a[column], b[column] = a[column] * inverse % MODULUS, b[column] * inverse % MODULUS
        for row in range(len(a)):
            if row != column:
                factor = a[row, column]
                a[row] = (a[row] - factor * a[column]) % MODULUS
                b[row] = (b[row] - factor * b[column]) % MODULUS
    return b[: a.shape[1]].T.astype(np.uint32), b[a.shape[1] :]


def test_without_blinding_requester_and_dealer_solve_for_the_last_layer():
    weights, mask, known, images = answers_of_party_0(blinded=False, rng=np.random.default_rng(5))
    opened, left_over = solve(known, images)
    assert np.array_equal(opened - mask, weights)
    assert not left_over.any(), "the spare equations hold too"


def test_with_blinding_their_equations_hold_for_no_weights():
    weights, mask, known, images = answers_of_party_0(blinded=True, rng=np.random.default_rng(5))
    opened, left_over = solve(known, images)
    assert not np.isin(opened - mask, weights).any()
    assert left_over.all()
