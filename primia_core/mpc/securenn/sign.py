"""The sign of a shared number: its most significant bit, and DReLU, which is 1 where it is not negative."""

import numpy as np

from primia_core.mpc.profile import Words
from primia_core.mpc.securenn.compare import judge, private_compare
from primia_core.mpc.securenn.convert import help_convert, share_convert
from primia_core.mpc.securenn.dealt import Deal, Hand, from_helper, next_hand
from primia_core.mpc.securenn.draws import coins, odd_words
from primia_core.mpc.securenn.product import Elementwise, help_multiply, multiply
from primia_core.mpc.securenn.ring import Bits, odd_add
from primia_core.mpc.securenn.seat import HELPER, Seat
from primia_core.mpc.securenn.wire import joined
from primia_core.mpc.steps import Exchange


def compute_msb(seat: Seat, a: Words) -> Exchange[Words]:
    """Return this party's share modulo L of [a > (L - 1) / 2], for a shared modulo L - 1: what P0 and P1 do.

    Twice such an a, and no other, passes the odd modulus L - 1 and becomes odd: the bit sought is the lowest of 2 a.

    Args:
        a: share modulo L - 1, (count,).
    Security: r = 2 a + x is uniform, because P2 has dealt x and neither P0 nor P1 knows it.
    Cost: 4 rounds; 10 l bits from each party. The paper: 5 rounds, 4 l log p + 13 l in all.
        Its first, in which P2 deals, is one with its second here: to open r takes only seeds.
    Source: SecureNN, algorithm 5.
    """
    ring, count = seat.ring, a.size
    size = count * ring.word_bytes
    coin = coins(seat.stream(seat.other), count)
    mine = odd_add(odd_add(a, a), odd_words(seat.stream(HELPER), count, ring))
    dealt = from_helper(seat, count * ring.residue_bytes + size)
    answers = yield from seat.step(send={seat.other: joined(mine)}, expect={seat.other: size, **dealt})
    r = odd_add(mine, np.frombuffer(answers[seat.other], ring.dtype))
    hand = Hand(seat, answers.get(HELPER))
    bits, lowest = hand.bits(count), hand.words(count)

    yield from private_compare(seat, bits, r, coin)
    hand = yield from next_hand(seat, size)
    gamma = _xor(seat.party, hand.words(count), coin)
    delta = _xor(seat.party, lowest, (r & r.dtype.type(1)).astype(np.uint8))
    both = yield from multiply(seat, [Elementwise(count)], [(gamma, delta)])
    return gamma + delta - both - both + seat.zeros(count)


def help_msb(seat: Seat, count: int) -> Exchange[None]:
    """Do what P2 does in ``compute_msb``."""
    ring = seat.ring
    x = odd_add(odd_words(seat.stream(0), count, ring), odd_words(seat.stream(1), count, ring))
    deal = Deal(seat)
    deal.bits(x)
    deal.words(x & x.dtype.type(1))
    yield from seat.step(send={1: deal.message()})
    verdict = yield from judge(seat, count)
    deal = Deal(seat)
    deal.words(verdict.astype(ring.dtype))
    yield from seat.step(send={1: deal.message()})
    yield from help_multiply(seat, [Elementwise(count)])


def drelu(seat: Seat, a: Words) -> Exchange[Words]:
    """Return this party's share of [a >= 0], for a shared modulo L: what P0 and P1 do.

    Args:
        a: share of a number in [-L / 4, L / 4), (count,). It is doubled first: twice a number is even, so never the
            L - 1 that has no place in the odd ring.
    Cost: 8 rounds; 18 l bits from P0 and from P1, 19 l from P2. The paper: 8 rounds, 8 l log p + 19 l in all.
    Source: SecureNN, algorithm 6.
    """
    odd = yield from share_convert(seat, a + a)
    negative = yield from compute_msb(seat, odd)
    return seat.public(np.ones_like(a)) - negative + seat.zeros(a.size)


def help_drelu(seat: Seat, count: int) -> Exchange[None]:
    """Do what P2 does in ``drelu``."""
    yield from help_convert(seat, count)
    yield from help_msb(seat, count)


def _xor(party: int, share: Words, known: Bits) -> Words:
    """Return the share of a shared bit xor one that P0 and P1 know: 1 - bit where that is 1."""
    return np.where(known == 1, share.dtype.type(party) - share, share)
