"""Private comparison: P2 learns beta xor (x > r) for a number x that it has dealt in bits and an r unknown to it.

Works through a batch in chunks, so that of 64 residues for each word only messages are ever held whole.
"""

import numpy as np

from primia_core.mpc.kernels.securenn import any_zero, blind_certainty, blind_comparison
from primia_core.mpc.profile import Words
from primia_core.mpc.securenn.dealt import BitShares, chunks
from primia_core.mpc.securenn.draws import PickStream, ResidueStream
from primia_core.mpc.securenn.ring import Bits, Packed, Residues
from primia_core.mpc.securenn.seat import HELPER, Seat
from primia_core.mpc.steps import Exchange


def private_compare(seat: Seat, shares: BitShares, bound: Words, flip: Bits) -> Exchange[None]:
    """Let P2 learn flip xor (x > bound): what P0 and P1 do.

    Args:
        shares: this party's shares of the bits of x, modulo p.
        bound: r, (count,); P0 and P1 know it and P2 must not.
        flip: beta, (count,); uniform, and P2 must not know it.
    Security: P2 gets uniform shares of at most one zero at a uniform place and of uniform non-zero values elsewhere.
        So it learns one bit, which beta makes uniform.
    Cost: one round; 7 l bits from each of P0 and P1. The paper: one round, 2 l log p in all.
    Source: SecureNN, algorithm 3. Shares of c_i are refreshed by shares of zero before they go to P2: it has dealt what
        they are made of and would learn from their ratio what the factor s_i hides in their sum.
    """
    ring = seat.ring
    blinding = _Blinding(seat)
    message = np.empty((bound.size, ring.residue_bytes), np.uint8)
    for start, stop in chunks(bound.size):
        message[start:stop] = blinding.rows(shares(start, stop), bound[start:stop], flip[start:stop])
    yield from seat.step(send={HELPER: message.reshape(-1).data})


def judge(seat: Seat, count: int) -> Exchange[Bits]:
    """Return flip xor (x > bound), (count,): what P2 does in ``private_compare``."""
    ring = seat.ring
    size = count * ring.residue_bytes
    answers = yield from seat.step(expect={0: size, 1: size})
    first, second = (np.frombuffer(answers[party], np.uint8).reshape(count, -1) for party in (0, 1))
    verdict = np.empty(count, np.uint8)
    for start, stop in chunks(count):
        verdict[start:stop] = any_zero(first[start:stop], second[start:stop], ring.prime)
    return verdict


class _Blinding:
    """The common randomness of P0 and P1 in the comparisons of one batch."""

    def __init__(self, seat: Seat) -> None:
        ring = seat.ring
        self._party, self._ring = seat.party, ring
        self._factors = ResidueStream(seat.stream(seat.other), ring.prime, lowest=1)
        self._zeros = ResidueStream(seat.stream(seat.other), ring.prime)
        self._picks = PickStream(seat.stream(seat.other), ring.bits)
        self._u = ResidueStream(seat.stream(seat.other), ring.prime, lowest=1)

    def rows(self, shares: Residues, bound: Words, flip: Bits) -> Packed:
        """Return a chunk's shares for P2."""
        ring, count = self._ring, bound.size
        factors = self._factors.draw(count, ring.bits)
        zeros = self._zeros.draw(count, ring.bits)
        picks = self._picks.draw(count)
        out = blind_comparison(self._party, shares, bound, flip, factors, zeros, picks, ring.prime)
        edge = np.flatnonzero((bound == ring.top) & (flip == 1))
        if edge.size:  # as the paper has it, yet u is drawn only for the rows that need it: one in 2**65
            u = self._u.draw(edge.size, ring.bits)
            out[edge] = blind_certainty(self._party, u, factors[edge], zeros[edge], picks[edge], ring.prime)
        return out
