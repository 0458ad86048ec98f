"""From narrow wires to wide ones: the positive part, or the value as it is.

T = t + R is lifted to the ring by ``t = T' - R + 2**m w - 2**(m-2)`` with ``T' = T + 2**(m-2) mod 2**m``, mu = msb(R)
and w = mu (1 - msb T'); this holds for |t| <= 2**(m-2). A ReLU is the sign d times that.

The parties' shares of R, as they are, add up to R + 2**m c with a bit c that the dealer knows. So of R they are dealt
shares of c alone, in the f bits of the ring above m.
"""

from dataclasses import dataclass
from math import prod
from typing import Any

import numpy as np

from primia_core.mpc import kernels
from primia_core.mpc.dealing import Dealing, Tape
from primia_core.mpc.gates.context import DealerContext, Masks, PartyContext, Values, open_sum
from primia_core.mpc.profile import Profile, Words
from primia_core.mpc.program.operations import Lift, Relu
from primia_core.mpc.sign import Chosen, Payload, Place, SignTest
from primia_core.mpc.steps import Exchange
from primia_core.mpc.traffic import Traffic, opening, shared


@dataclass(frozen=True, repr=False)
class ReluCorrelation:
    """One party's share of the new mask, if there is to be one, and its correlations of the sign test."""

    profile: Profile
    shape: tuple[int, ...]
    out_mask: Words | None
    test: SignTest
    sign: Any


class ReluGate:
    """The positive part of a narrow wire.

    Returns: y + r_y with y = max(t, 0), for |t| <= 2**(m-2) and t < 2**(K-1); or shares of y, unopened.
    Security: what the sign test opens is uniform, and so is y under r_y. Shares that are not opened say nothing.
    Cost: the sign test's steps, and, if it is opened, one of k bits a value each way.
    """

    def deal(self, op: Relu, dealing: Dealing, masks: Masks, context: DealerContext) -> Words | None:
        """Draw the new mask; write what lifts R, and a sign test of R with payloads R and msb(R)."""
        profile = context.profile
        mask = masks[op.source].reshape(-1)
        out_mask = dealing.mask((context.batch, *op.shape), profile.ring) if op.opened else None
        payloads = _deal_lifting(dealing, profile, mask, context.wraps[op.source])
        context.sign.deal(dealing, mask, profile.sign_bits, profile.ring, payloads)
        return out_mask

    def take(self, op: Relu, tape: Tape, shares: Masks, context: PartyContext) -> tuple[ReluCorrelation, Words | None]:
        """Draw the share of the new mask; read what lifts R, and the sign test."""
        profile, shape = context.profile, (context.batch, *op.shape)
        out_mask = tape.mask(shape, profile.ring) if op.opened else None
        payloads = _take_lifting(tape, profile, shares[op.source])
        sign = context.sign.take(tape, prod(shape), profile.sign_bits, profile.ring, payloads)
        return ReluCorrelation(profile, shape, out_mask, context.sign, sign), out_mask

    def online(self, op: Relu, correlation: ReluCorrelation, values: Values, place: Place) -> Exchange[Words]:
        """Test the sign, multiply, open under the new mask or leave it to the pool."""
        profile, out_mask = correlation.profile, correlation.out_mask
        opened = values[op.source].reshape(-1)
        result = yield from correlation.test.online(place, opened, profile.sign_bits, correlation.sign)
        widths = (profile.fraction_bits, profile.wire_bits)
        flat = np.zeros(opened.size, profile.ring.dtype) if out_mask is None else out_mask.reshape(-1)
        if isinstance(result, Chosen):
            (rho_mask, mask), (rho_wrap, wrap) = result.products
            mine = kernels.relu_select(
                place.party, opened, result.opened, result.ones, rho_mask, mask, rho_wrap, wrap, flat, *widths,
                threads=place.threads,
            )  # fmt: skip
        else:
            d_mask, d_wrap = result.products
            mine = kernels.relu_finish(
                place.party, opened, result.ones, d_mask, d_wrap, flat, *widths, threads=place.threads
            )
        mine = mine.reshape(correlation.shape)
        return mine if out_mask is None else (yield from open_sum(place, mine, profile.ring))

    def traffic(self, op: Relu, profile: Profile, batch: int, sign: SignTest) -> Traffic:
        """Return a sign test with two payloads, what lifts R, and one opening of ring words unless a pool does that."""
        count = batch * prod(op.shape)
        test = sign.traffic(profile, count, profile.sign_bits, profile.ring, (profile.ring, profile.wrap))
        test += _lifting_traffic(profile, count)
        return test + opening(count, profile.ring) if op.opened else test


@dataclass(frozen=True, repr=False)
class LiftCorrelation:
    """One party's shares of R, of msb(R) and of the new mask."""

    profile: Profile
    mask: Words
    wrap: Words
    out_mask: Words


class LiftGate:
    """A narrow wire as a wide one.

    Returns: t + r_y for |t| <= 2**(m-2).
    Security: what is opened is uniform.
    Cost: one step, k bits a value each way.
    """

    def deal(self, op: Lift, dealing: Dealing, masks: Masks, context: DealerContext) -> Words:
        """Draw the new mask; write what lifts R."""
        profile = context.profile
        out_mask = dealing.mask((context.batch, *op.shape), profile.ring)
        _deal_lifting(dealing, profile, masks[op.source].reshape(-1), context.wraps[op.source])
        return out_mask

    def take(self, op: Lift, tape: Tape, shares: Masks, context: PartyContext) -> tuple[LiftCorrelation, Words]:
        """Draw the share of the new mask; read what lifts R."""
        profile = context.profile
        out_mask = tape.mask((context.batch, *op.shape), profile.ring)
        mask, wrap = _take_lifting(tape, profile, shares[op.source])
        return LiftCorrelation(profile, mask.values, wrap.values, out_mask), out_mask

    def online(self, op: Lift, correlation: LiftCorrelation, values: Values, place: Place) -> Exchange[Words]:
        """Lift, open under the new mask."""
        profile, out_mask = correlation.profile, correlation.out_mask
        opened = values[op.source].reshape(-1)
        ones = np.full(opened.size, 1 - place.party, dtype=profile.ring.dtype)
        mine = kernels.relu_finish(
            place.party, opened, ones, correlation.mask, correlation.wrap, out_mask.reshape(-1),
            profile.fraction_bits, profile.wire_bits, threads=place.threads,
        )  # fmt: skip
        return (yield from open_sum(place, mine.reshape(out_mask.shape), profile.ring))

    def traffic(self, op: Lift, profile: Profile, batch: int, sign: SignTest) -> Traffic:
        """Return what lifts R, and one opening of ring words."""
        count = batch * prod(op.shape)
        return _lifting_traffic(profile, count) + opening(count, profile.ring)


def _deal_lifting(dealing: Dealing, profile: Profile, mask: Words, wraps: Words) -> tuple[Payload, Payload]:
    """Share where the shares of R wrapped, and msb(R); return R as ring words, and msb(R), both whole."""
    kind = profile.wrap.dtype
    top = (mask >> mask.dtype.type(profile.wire_bits - 1)).astype(kind)
    dealing.share("c", wraps.reshape(-1).astype(kind), profile.wrap)
    dealing.share("mu", top, profile.wrap)
    return Payload(mask.astype(profile.ring.dtype), profile.ring), Payload(top, profile.wrap)


def _take_lifting(tape: Tape, profile: Profile, mask: Words) -> tuple[Payload, Payload]:
    """Return this party's shares of R in the ring, ``[R] - 2**m [c]``, and of msb(R)."""
    ring = profile.ring
    wraps, top = (tape.share(name, mask.size, profile.wrap) for name in ("c", "mu"))
    shift = np.dtype(ring.dtype).type(profile.wire_bits)
    lifted = mask.reshape(-1).astype(ring.dtype) - (wraps.astype(ring.dtype) << shift)
    return Payload(lifted, ring), Payload(top, profile.wrap)


def _lifting_traffic(profile: Profile, count: int) -> Traffic:
    """Return two shares of what is shifted up by m."""
    return shared(count, profile.wrap, profile.wrap)
