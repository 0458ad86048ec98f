"""Shamir's secret sharing over a prime field: any t shares give the secret, t - 1 say nothing about it.

It knows numbers and 32-byte secrets; it does not know who holds a share. Python integers are not constant time: it
runs at the dealer on its own secret, and at the coordinator on shares that it is meant to combine.
"""

import os
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache

from primia_core.secagg.errors import ShamirError

RandomBytes = Callable[[int], bytes]

PRIME = 2**256 + 297
"""The smallest prime above 2**256, so that every 32-byte string is a field element."""

SECRET_BYTES = 32
SHARE_BYTES = 33


def split(
    secret: int,
    *,
    threshold: int,
    points: Sequence[int],
    rng: RandomBytes = os.urandom,
    prime: int = PRIME,
) -> dict[int, int]:
    """Deal shares of ``secret``.

    Args:
        secret: in [0, prime).
        threshold: t >= 1, how many shares reconstruct.
        points: different x coordinates in [1, prime), at least t.
        rng: uniform bytes; only tests pass their own.
        prime: of the field; only tests take a small one.
    Returns:
        f(x) for each point x, f uniform among the polynomials of degree below t with f(0) = ``secret``.
    Raises:
        ShamirError: an argument is outside its range.
    Security: any t - 1 shares are jointly uniform and independent of the secret, whatever the adversary computes.
    Source: A. Shamir, How to share a secret, CACM 22(11), 1979.
    """
    if not 0 <= secret < prime:
        raise ShamirError("the secret is not an element of the field; nothing is shared")
    if not 1 <= threshold <= len(points):
        raise ShamirError(f"threshold is {threshold}, not in 1..{len(points)}, the number of holders")
    if len(set(points)) != len(points) or not all(1 <= x < prime for x in points):
        raise ShamirError("every holder needs a coordinate of its own, at least 1")
    coefficients = [secret, *(_uniform(prime, rng) for _ in range(threshold - 1))]
    return {x: _evaluate(coefficients, x, prime) for x in points}


def reconstruct(shares: Mapping[int, int], *, threshold: int, prime: int = PRIME) -> int:
    """Interpolate f(0) from the first ``threshold`` shares in the order of their coordinates.

    Raises:
        ShamirError: there are fewer, or a coordinate or share is not in the field.
    Edge cases: a wrong share gives a wrong secret, unnoticed here; compare the result with its commitment.
    """
    if len(shares) < threshold or threshold < 1:
        raise ShamirError(f"{len(shares)} shares are there, {threshold} are needed; wait for more holders")
    chosen = sorted(shares.items())[:threshold]
    if not all(1 <= x < prime and 0 <= y < prime for x, y in chosen):
        raise ShamirError("a share or its coordinate is not an element of the field; refuse its holder")
    weights = _lagrange_at_zero(tuple(x for x, _ in chosen), prime)
    return sum(weight * y for weight, (_, y) in zip(weights, chosen, strict=True)) % prime


@lru_cache(maxsize=64)
def _lagrange_at_zero(points: tuple[int, ...], prime: int) -> tuple[int, ...]:
    """Return the weights that interpolate at 0; all secrets of a session have the same holders, so they are kept."""
    weights = []
    for x in points:
        over, under = 1, 1
        for other in points:
            if other != x:
                over, under = over * other % prime, under * (other - x) % prime
        weights.append(over * pow(under, -1, prime) % prime)
    return tuple(weights)


def split_bytes(
    secret: bytes, *, threshold: int, points: Sequence[int], rng: RandomBytes = os.urandom
) -> dict[int, bytes]:
    """Deal shares of 33 bytes of a 32-byte secret; see ``split``."""
    if len(secret) != SECRET_BYTES:
        raise ShamirError(f"a secret has {SECRET_BYTES} bytes, got {len(secret)}")
    shares = split(int.from_bytes(secret, "big"), threshold=threshold, points=points, rng=rng)
    return {x: y.to_bytes(SHARE_BYTES, "big") for x, y in shares.items()}


def reconstruct_bytes(shares: Mapping[int, bytes], *, threshold: int) -> bytes:
    """Return the 32-byte secret of at least ``threshold`` shares; see ``reconstruct``.

    Raises:
        ShamirError: as ``reconstruct``, or what comes out is no 32-byte string, so that some share is wrong.
    """
    if not all(len(share) == SHARE_BYTES for share in shares.values()):
        raise ShamirError(f"a share has {SHARE_BYTES} bytes; refuse its holder")
    numbers = {x: int.from_bytes(share, "big") for x, share in shares.items()}
    secret = reconstruct(numbers, threshold=threshold)
    if secret >= 2 ** (8 * SECRET_BYTES):
        raise ShamirError("the shares do not belong together; one of them is wrong")
    return secret.to_bytes(SECRET_BYTES, "big")


def _evaluate(coefficients: Sequence[int], x: int, prime: int) -> int:
    value = 0
    for coefficient in reversed(coefficients):
        value = (value * x + coefficient) % prime
    return value


def _uniform(prime: int, rng: RandomBytes) -> int:
    """Draw a field element by rejection, so that none is likelier than another."""
    bits = prime.bit_length()
    while True:
        drawn = int.from_bytes(rng(-(-bits // 8)), "big") & ((1 << bits) - 1)
        if drawn < prime:
            return drawn
