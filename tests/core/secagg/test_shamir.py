"""Shamir's sharing: exhaustively right and hiding in a tiny field, right at random in the real one."""

import contextlib
from collections import Counter
from itertools import combinations, product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from primia_core.secagg.errors import ShamirError
from primia_core.secagg.shamir import PRIME, reconstruct, reconstruct_bytes, split, split_bytes


class Chosen:
    """Bytes that make ``split`` draw exactly these field elements."""

    def __init__(self, values):
        self._values = iter(values)

    def __call__(self, count):
        return next(self._values).to_bytes(count, "big")


@pytest.mark.parametrize(("prime", "n", "t"), [(5, 4, 1), (5, 4, 2), (5, 4, 3), (7, 4, 2), (5, 3, 3)])
def test_every_secret_and_polynomial_of_a_tiny_field(prime, n, t):
    """Any t shares give the secret; what t - 1 holders see is distributed alike for every secret."""
    points = list(range(1, n + 1))
    views = {}
    for secret in range(prime):
        for coefficients in product(range(prime), repeat=t - 1):
            shares = split(secret, threshold=t, points=points, rng=Chosen(coefficients), prime=prime)
            for holders in combinations(points, t):
                assert reconstruct({x: shares[x] for x in holders}, threshold=t, prime=prime) == secret
            for holders in combinations(points, t - 1):
                view = tuple(shares[x] for x in holders)
                views.setdefault((holders, secret), Counter())[view] += 1
    for holders in combinations(points, t - 1):
        seen = [views[holders, secret] for secret in range(prime)]
        assert all(counter == seen[0] for counter in seen)
        assert set(seen[0].values()) == {1}
        assert len(seen[0]) == prime ** (t - 1)


@given(
    secret=st.binary(min_size=32, max_size=32),
    n=st.integers(2, 30),
    data=st.data(),
)
@settings(max_examples=50, deadline=None)
def test_any_threshold_of_holders_reconstructs(secret, n, data):
    t = 2 * n // 3 + 1
    points = data.draw(st.lists(st.integers(1, 255), min_size=n, max_size=n, unique=True))
    shares = split_bytes(secret, threshold=t, points=points)
    assert all(len(share) == 33 for share in shares.values())
    holders = data.draw(st.permutations(points))[:t]
    assert reconstruct_bytes({x: shares[x] for x in holders}, threshold=t) == secret


@pytest.mark.parametrize("secret", [bytes(32), b"\xff" * 32])
def test_extreme_secrets_come_back(secret):
    shares = split_bytes(secret, threshold=3, points=[1, 2, 3, 4])
    assert reconstruct_bytes(shares, threshold=3) == secret


def test_the_modulus_is_prime():
    """Miller and Rabin, with the first 40 primes as bases: wrong with probability below 4**-40."""
    odd, twos = PRIME - 1, 0
    while odd % 2 == 0:
        odd, twos = odd // 2, twos + 1
    for base in [p for p in range(2, 174) if all(p % q for q in range(2, p))]:
        x = pow(base, odd, PRIME)
        assert x in (1, PRIME - 1) or any((x := x * x % PRIME) == PRIME - 1 for _ in range(twos - 1)), base


def test_one_wrong_share_does_not_give_the_secret():
    shares = split_bytes(b"s" * 32, threshold=3, points=[1, 2, 3])
    wrong = {**shares, 2: shares[2][:-1] + bytes([shares[2][-1] ^ 1])}
    with contextlib.suppress(ShamirError):
        assert reconstruct_bytes(wrong, threshold=3) != b"s" * 32


@pytest.mark.parametrize(
    "arguments",
    [
        {"threshold": 0},
        {"threshold": 4},
        {"points": [1, 1, 2]},
        {"points": [0, 1, 2]},
        {"points": [1, 2, PRIME]},
        {"secret": PRIME},
        {"secret": -1},
    ],
)
def test_dealing_outside_the_rules_is_refused(arguments):
    with pytest.raises(ShamirError):
        split(**{"secret": 1, "threshold": 2, "points": [1, 2, 3], **arguments})


def test_reconstructing_outside_the_rules_is_refused():
    shares = split_bytes(b"s" * 32, threshold=3, points=[1, 2, 3, 4])
    for broken in (
        {1: shares[1], 2: shares[2]},
        {**shares, 1: b"\xff" * 33},
        {**shares, 1: shares[1][:-1]},
        {0: shares[1], 2: shares[2], 3: shares[3]},
    ):
        with pytest.raises(ShamirError):
            reconstruct_bytes(broken, threshold=3)


def test_secret_of_another_length_is_refused():
    with pytest.raises(ShamirError):
        split_bytes(bytes(31), threshold=2, points=[1, 2])
