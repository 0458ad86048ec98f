"""Share conversion: from shares modulo L = 2**bits to shares of the same number modulo L - 1."""

import numpy as np

from primia_core.mpc.profile import Words
from primia_core.mpc.securenn.compare import judge, private_compare
from primia_core.mpc.securenn.dealt import Deal, next_hand
from primia_core.mpc.securenn.draws import coins, odd_words
from primia_core.mpc.securenn.ring import Bits, odd_add, odd_reduce, odd_subtract, wraps
from primia_core.mpc.securenn.seat import HELPER, Seat
from primia_core.mpc.securenn.wire import joined
from primia_core.mpc.steps import Exchange


def share_convert(seat: Seat, a: Words) -> Exchange[Words]:
    """Return this party's share modulo L - 1 of a number shared modulo L: what P0 and P1 do.

    Args:
        a: share of a number that is not L - 1, (count,).
    Edge cases: L - 1 becomes 0, which is the same number modulo L - 1. For r = 0 the comparison with r - 1 = L - 1 says
        x < r where x >= r holds, so P0 and P1 turn their coin; the paper leaves that case, one in 2**64, wrong.
    Security: P2 gets a + r for a uniform r, and one comparison. What P1 gets is uniform.
    Cost: 4 rounds; 8 l bits from P0 and from P1, 9 l from P2. The paper: 4 rounds, 4 l log p + 6 l in all.
    Source: SecureNN, algorithm 4.
    """
    ring, count = seat.ring, a.size
    masks = [seat.stream(seat.other).words(count, ring.dtype) for _ in (0, 1)]
    r = masks[0] + masks[1]
    coin = coins(seat.stream(seat.other), count)
    refresh = odd_words(seat.stream(seat.other), count, ring)

    masked = a + masks[seat.party]
    yield from seat.step(send={HELPER: joined(masked)})
    hand = yield from next_hand(seat, count * (ring.residue_bytes + ring.word_bytes))
    bits, delta = hand.bits(count), hand.odd_words(count)
    yield from private_compare(seat, bits, r - r.dtype.type(1), coin)
    hand = yield from next_hand(seat, count * ring.word_bytes)
    eta = _odd_xor(seat.party, hand.odd_words(count), coin ^ (r == 0))

    theta = odd_add(odd_add(wraps(masked, a).astype(a.dtype), delta), eta)
    if seat.party == 0:
        theta = odd_subtract(theta, wraps(r, masks[0]).astype(a.dtype) + a.dtype.type(1))
    share = odd_subtract(odd_reduce(a), theta)
    return odd_add(share, refresh) if seat.party == 0 else odd_subtract(share, refresh)


def help_convert(seat: Seat, count: int) -> Exchange[None]:
    """Do what P2 does in ``share_convert``."""
    ring = seat.ring
    size = count * ring.word_bytes
    answers = yield from seat.step(expect={0: size, 1: size})
    masked = [np.frombuffer(answers[party], ring.dtype) for party in (0, 1)]
    x = masked[0] + masked[1]
    deal = Deal(seat)
    deal.bits(x)
    deal.odd_words(wraps(x, masked[0]))
    yield from seat.step(send={1: deal.message()})
    verdict = yield from judge(seat, count)
    deal = Deal(seat)
    deal.odd_words(verdict)
    yield from seat.step(send={1: deal.message()})


def _odd_xor(party: int, share: Words, known: Bits) -> Words:
    """Return the share modulo L - 1 of a shared bit xor one that P0 and P1 know: 1 - bit where that is 1."""
    one = share.dtype.type(1 - party)
    return np.where(known == 1, odd_subtract(np.full_like(share, one), share), share)
