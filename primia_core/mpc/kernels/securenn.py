"""SecureNN's private comparison, its inner loops: a residue modulo a small prime for each bit of a word.

Rows are comparisons, columns bits, lowest first. On the wire a residue takes seven bits; packed rows are as they are
sent. These are called for chunks inside a protocol, with arrays of its own making, so nothing is checked. Native code
is for 64 bits and the prime 67; the small rings of tests run in NumPy.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from primia_core.mpc.kernels import native_securenn
from primia_core.mpc.kernels.levels import active
from primia_core.mpc.kernels.reference import securenn as reference
from primia_core.mpc.kernels.reference.securenn import RESIDUE_BITS, Bits, Residues, blind_certainty, pack_residues
from primia_core.mpc.profile import Words

__all__ = [
    "RESIDUE_BITS",
    "accept_picks",
    "accept_residues",
    "any_zero",
    "blind_certainty",
    "blind_comparison",
    "pack_residues",
    "share_bits",
    "unpack_residues",
]


def accept_residues(raw: NDArray[np.uint8], modulus: int, lowest: int, out: Residues) -> int:
    """Write the residues that uniform bytes stand for, refusing those above the last whole multiple.

    Args:
        raw: uniform bytes.
        modulus: residues are below it.
        lowest: and not below this, 0 or 1.
        out: uint8, at least as long as ``raw``.
    Returns:
        How many were accepted; what lies behind them in ``out`` may be overwritten.
    """
    native = modulus == native_securenn.PRIME
    return int(_kernels(native).accept_residues(raw, modulus, lowest, out))


def accept_picks(raw: NDArray[np.uint16], bounds: NDArray[np.uint32]) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    """Return uniform words as uniform values below bounds.

    Args:
        raw: (rows, bounds).
        bounds: each at most 256.
    Returns:
        The values, and the flat positions of those that must be drawn again.
    """
    picks, refused = _kernels(True).accept_picks(raw, bounds)
    return picks, refused


def share_bits(words: Words, first: Residues, prime: int) -> NDArray[np.uint8]:
    """Return the second shares of the bits of words, packed, given the first ones."""
    shares: NDArray[np.uint8] = _kernels(_is_native(words, prime)).share_bits(words, first, prime)
    return shares


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
    """Return a party's shares of s_i c_i, shuffled and packed: one c_i is 0 if and only if x > r, or with flip x <= r.

    Args:
        party: 0 or 1.
        shares: [x_i]_party, (rows, bits).
        bound: r, (rows,).
        flip: beta, (rows,): 1 asks for x <= r, which is x < t = r + 1. For r = L - 1 there is no t, and the row is
            meaningless: see ``blind_certainty``.
        factors: s_i, non-zero, the same at both parties.
        zeros: v_i, the same at both parties: party 0 adds them and party 1 takes them away.
        picks: swaps of the shuffle, (rows, bits - 1), of ``accept_picks``.
        prime: p.
    Security: of the two shares of s_i c_i each alone is uniform, because of v_i. Without it their ratio would be that
        of the shares of c_i, whose every ingredient the receiver has dealt itself.
    Source: SecureNN, algorithm 3, steps 1 to 9 and 16.
    """
    kernels = _kernels(_is_native(bound, prime))
    blinded: NDArray[np.uint8] = kernels.blind_comparison(party, shares, bound, flip, factors, zeros, picks, prime)
    return blinded


def any_zero(first: NDArray[np.uint8], second: NDArray[np.uint8], prime: int) -> Bits:
    """Return 1 for each packed row of shares that has a zero among its sums."""
    native = first.shape[1] == native_securenn.PACKED
    zero: Bits = _kernels(native).any_zero(first, second, prime)
    return zero


def unpack_residues(packed: NDArray[np.uint8]) -> Residues:
    """Return the residues of packed rows; the inverse of ``pack_residues``."""
    residues: Residues = _kernels(packed.shape[1] == native_securenn.PACKED).unpack_residues(packed)
    return residues


def _is_native(words: Words, prime: int) -> bool:
    return prime == native_securenn.PRIME and words.dtype == np.uint64


def _kernels(native: bool) -> Any:
    """Return what runs: the active level, if it has these kernels for such a ring."""
    return (native_securenn.kernels(active()) if native else None) or reference
