"""The arithmetic of a private comparison at one party, modulo p, for a chunk of comparisons: the readable twin.

Knows no stream and no message. All arrays are (rows, bits) of residues unless said otherwise, bits lowest first.
"""

import numpy as np
from numpy.typing import NDArray

from primia_core.mpc.profile import Words
from primia_core.mpc.securenn.ring import Bits, Residues, Ring, bits_of


def share_bits(words: Words, first: Residues, ring: Ring) -> Residues:
    """Return P1's shares of the bits of words, given P0's uniform ones."""
    return _reduced(bits_of(words) + (np.uint8(ring.prime) - first), ring)


def blinded(
    party: int,
    shares: Residues,
    bound: Words,
    flip: Bits,
    factors: Residues,
    zeros: Residues,
    order: NDArray[np.uint8],
    ring: Ring,
) -> Residues:
    """Return P0's or P1's shares of s_i c_i in random order, where one c_i is 0 if and only if x > r, or x <= r.

    Args:
        shares: [x_i]_party.
        bound: r, (rows,).
        flip: beta, (rows,): 1 asks for x <= r, which is x < t = r + 1. Rows with r = L - 1 have no t; see ``always``.
        factors: s_i, non-zero, the same at both parties.
        zeros: v_i, the same at both parties: P0 adds them and P1 takes them away.
        order: at each place the position that its value comes from.
    Security: of the two shares of s_i c_i that P2 gets, each alone is uniform, because of v_i. Without it their ratio
        would be that of the shares of c_i, whose every ingredient P2 has dealt itself.
    Source: SecureNN, algorithm 3, steps 1 to 9 and 16.
    """
    p = np.uint8(ring.prime)
    bits = bits_of(bound + flip.astype(bound.dtype))
    x, minus_x = shares, _reduced(p - shares, ring)
    one = np.uint8(party)
    w = np.where(bits == 1, _reduced(minus_x + one, ring), x)  # [x_i xor r_i]
    flipped = flip[:, None] == 1
    signed = np.where(flipped, x + (p - one * bits), minus_x + one * bits)  # [x_i - t_i] or [r_i - x_i]
    c = signed.astype(np.uint16) + one + _sums_above(w)
    masked = c % p * factors + (zeros if party == 0 else p - zeros)
    return np.take_along_axis((masked % p).astype(np.uint8), order, axis=1)


def always(
    party: int, u: Residues, factors: Residues, zeros: Residues, order: NDArray[np.uint8], ring: Ring
) -> Residues:
    """Return what ``blinded`` does for beta = 1 and r = L - 1, where x <= r always holds: c_0 is 0, all others are 1.

    Args:
        u: non-zero, the same at both parties.
    Source: SecureNN, algorithm 3, steps 10 to 16.
    """
    p = ring.prime
    c = u.astype(np.uint16) + 1 if party == 0 else p - u.astype(np.uint16)
    c[:, 0] = u[:, 0] if party == 0 else p - u[:, 0]
    masked = c % p * factors + (zeros if party == 0 else p - zeros)
    return np.take_along_axis((masked % p).astype(np.uint8), order, axis=1)


def any_zero(first: Residues, second: Residues, ring: Ring) -> Bits:
    """Return 1 for each row of shares that has a zero among its sums."""
    total = first + second
    zero: Bits = ((total == 0) | (total == ring.prime)).any(axis=1).view(np.uint8)
    return zero


def _sums_above(w: Residues) -> NDArray[np.uint16]:
    """Return at each position the sum over all higher ones."""
    from_here = np.cumsum(w[:, ::-1], axis=1, dtype=np.uint16)[:, ::-1]
    above: NDArray[np.uint16] = from_here - w
    return above


def _reduced(values: Residues, ring: Ring) -> Residues:
    """Return values below 2 p modulo p: below p a subtraction wraps, and the smaller of the two is right."""
    reduced: Residues = np.minimum(values, values - np.uint8(ring.prime))
    return reduced
