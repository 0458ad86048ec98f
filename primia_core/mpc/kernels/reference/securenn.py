"""The arithmetic of SecureNN's private comparison in NumPy: a residue modulo a small prime for each bit of a word.

Rows are comparisons, columns bits, lowest first. Packed rows have seven bits a residue, eight residues in seven bytes.
"""

import numpy as np
from numpy.typing import NDArray

from primia_core.mpc.profile import Words

Residues = NDArray[np.uint8]
Bits = NDArray[np.uint8]

RESIDUE_BITS = 7
_GROUP = 8
_FOLDS = ((1, 0x007F007F007F007F), (2, 0x00003FFF00003FFF), (4, 0x000000000FFFFFFF))
"""Shift, and the low half of each pair: bytes fold to 14 of 16 bits, then to 28 of 32, then to 56 of 64."""


def accept_residues(raw: NDArray[np.uint8], modulus: int, lowest: int, out: Residues) -> int:
    """Write the residues in [lowest, modulus) that uniform bytes stand for, and return how many were accepted."""
    values = modulus - lowest
    kept = raw[raw < 256 - 256 % values]
    out[: kept.size] = (np.arange(256) % values + lowest).astype(np.uint8)[kept]
    return int(kept.size)


def accept_picks(raw: NDArray[np.uint16], bounds: NDArray[np.uint32]) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    """Return uniform words as values below their bounds, (rows, bounds), and the flat positions of refused ones.

    Source: Lemire, Fast random integer generation in an interval, ACM TOMACS 2019.
    """
    products = raw * bounds
    refused = np.flatnonzero((products & 0xFFFF) < (1 << 16) % bounds)
    return (products >> 16).astype(np.uint8), refused


def shuffled(rows: NDArray[np.uint8], picks: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return rows after the swaps of a shuffle: step s swaps the place columns - 1 - s with place ``picks[:, s]``.

    Source: Durstenfeld, Algorithm 235, CACM 1964.
    """
    places = np.ascontiguousarray(rows.T)  # (columns, rows)
    every = np.arange(len(rows))
    for step in range(picks.shape[1]):
        last, picked = len(places) - 1 - step, picks[:, step]
        held = places[picked, every]
        places[picked, every] = places[last]
        places[last] = held
    return np.ascontiguousarray(places.T)


def share_bits(words: Words, first: Residues, prime: int) -> NDArray[np.uint8]:
    """Return the second shares of the bits of words, packed, given the first ones."""
    return pack_residues(_reduced(bits_of(words) + (np.uint8(prime) - first), prime))


def blind_comparison(
    party: int,
    shares: Residues,
    bound: Words,
    flip: Bits,
    factors: Residues,
    zeros: Residues,
    picks: NDArray[np.uint8],
    prime: int,
) -> NDArray[np.uint8]:
    """Return shares of s_i c_i, shuffled and packed: one c_i is 0 if and only if x > r, or with flip x <= r."""
    p = np.uint8(prime)
    bits = bits_of(bound + flip.astype(bound.dtype))  # of r, or of t = r + 1
    x, minus_x = shares, _reduced(p - shares, prime)
    one = np.uint8(party)
    w = np.where(bits == 1, _reduced(minus_x + one, prime), x)  # [x_i xor r_i]
    signed = np.where(flip[:, None] == 1, x + (p - one * bits), minus_x + one * bits)  # [x_i - t_i] or [r_i - x_i]
    c = signed.astype(np.uint16) + one + _sums_above(w)
    return _finished(party, c, factors, zeros, picks, prime)


def blind_certainty(
    party: int, u: Residues, factors: Residues, zeros: Residues, picks: NDArray[np.uint8], prime: int
) -> NDArray[np.uint8]:
    """Return what ``blind_comparison`` would for x <= L - 1, which has no t: c_0 is 0 and all others are 1."""
    signs = u if party == 0 else np.uint8(prime) - u
    c = signs.astype(np.uint16) + np.uint8(party == 0)
    c[:, 0] = signs[:, 0]
    return _finished(party, c, factors, zeros, picks, prime)


def any_zero(first: NDArray[np.uint8], second: NDArray[np.uint8], prime: int) -> Bits:
    """Return 1 for each packed row of shares that has a zero among its sums."""
    total = unpack_residues(first) + unpack_residues(second)
    zero: Bits = ((total == 0) | (total == prime)).any(axis=1).view(np.uint8)
    return zero


def bits_of(words: Words) -> Bits:
    """Return the bits of words, lowest first: (count,) -> (count, bits)."""
    raw = np.ascontiguousarray(words).view(np.uint8).reshape(words.size, words.dtype.itemsize)
    return np.unpackbits(raw, axis=1, bitorder="little")


def pack_residues(residues: Residues) -> NDArray[np.uint8]:
    """Return residues as bytes, eight in seven: (rows, l) -> (rows, 7 l / 8)."""
    groups = np.ascontiguousarray(residues).view(np.uint64)
    for shift, low in _FOLDS:
        high = np.uint64(low << _GROUP * shift)
        groups = (groups & np.uint64(low)) | ((groups & high) >> np.uint64(shift))
    used = groups.view(np.uint8).reshape(-1, _GROUP)[:, :RESIDUE_BITS]
    return np.ascontiguousarray(used).reshape(len(residues), -1)


def unpack_residues(packed: NDArray[np.uint8]) -> Residues:
    """Return the residues of packed rows."""
    filled = np.zeros((packed.size // RESIDUE_BITS, _GROUP), np.uint8)
    filled[:, :RESIDUE_BITS] = packed.reshape(-1, RESIDUE_BITS)
    groups = filled.view(np.uint64)
    for shift, low in reversed(_FOLDS):
        lanes = np.uint64(low << (_GROUP - 1) * shift)
        groups = (groups & np.uint64(low)) | ((groups & lanes) << np.uint64(shift))
    return groups.view(np.uint8).reshape(len(packed), -1)


def _finished(
    party: int,
    c: NDArray[np.uint16],
    factors: Residues,
    zeros: Residues,
    picks: NDArray[np.uint8],
    prime: int,
) -> NDArray[np.uint8]:
    """Multiply, refresh by a share of zero, shuffle and pack."""
    masked = c % np.uint8(prime) * factors + (zeros if party == 0 else np.uint8(prime) - zeros)
    return pack_residues(shuffled((masked % np.uint8(prime)).astype(np.uint8), picks))


def _sums_above(w: Residues) -> NDArray[np.uint16]:
    """Return at each position the sum over all higher ones."""
    from_here = np.cumsum(w[:, ::-1], axis=1, dtype=np.uint16)[:, ::-1]
    above: NDArray[np.uint16] = from_here - w
    return above


def _reduced(values: Residues, prime: int) -> Residues:
    """Return values below 2 p modulo p: below p a subtraction wraps, and the smaller of the two is right."""
    reduced: Residues = np.minimum(values, values - np.uint8(prime))
    return reduced
