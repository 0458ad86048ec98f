"""Linear operations on wide values: nothing is sent, because weights and values are both known masked; and pools.

With x^ = x + r and W^ = W + R_w known to both, party b computes ``conv(x^, b W^ - [R_w]_b) + C_b`` with
``C_b = [conv(r, R_w)]_b - conv([r]_b, W^)``, which it prepares ahead: one ring convolution online, one ahead, one at
the dealer.
"""

from dataclasses import dataclass
from math import prod

import numpy as np

from primia_core.mpc.dealing import Dealing, Tape
from primia_core.mpc.gates.context import DealerContext, Masks, PartyContext, PartySecrets, Values, open_sum
from primia_core.mpc.gates.openings import Mask
from primia_core.mpc.profile import Profile, Words
from primia_core.mpc.program.operations import Convolution, Linear, Reshape, WeightedPool, Window
from primia_core.mpc.sign import Place, SignTest
from primia_core.mpc.steps import Exchange
from primia_core.mpc.traffic import NOTHING, Traffic, opening, shared


@dataclass(frozen=True, repr=False)
class LinearCorrelation:
    """C_b of all terms together, with the bias; and the filters to use online."""

    offset: Words
    secrets: PartySecrets


class LinearGate:
    """Convolutions, integer multiples and a bias.

    Security: local. C_b is uniform at each party, since [conv(r, R_w)]_0 is.
    Cost: no rounds; one ring word an output to party 1, in one correction for all terms.
    """

    def deal(self, op: Linear, dealing: Dealing, masks: Masks, context: DealerContext) -> None:
        """Share the sum over terms of conv(r, R_w)."""
        product = np.zeros((context.batch, *op.shape), context.profile.ring.dtype)
        for term in op.terms:
            if isinstance(term, Convolution):
                filters = context.masks_of_weights
                product += filters.convolve(term.weight, masks[term.source], term, threads=context.threads)
        dealing.share("product", product, context.profile.ring)

    def take(self, op: Linear, tape: Tape, shares: Masks, context: PartyContext) -> tuple[LinearCorrelation, None]:
        """Prepare C_b, with what multiples and the bias add to it."""
        secrets = context.secrets
        offset = np.array(tape.share("product", (context.batch, *op.shape), context.profile.ring))
        for term in op.terms:
            mask = shares[term.source]
            if isinstance(term, Convolution):
                offset -= secrets.masked.convolve(term.weight, mask, term, threads=context.threads)
            else:
                offset -= _times(mask, term.factor)
        if op.bias is not None:
            offset += secrets.bias(op.bias).reshape(-1, *(1 for _ in op.shape[1:]))
        return LinearCorrelation(offset, secrets), None

    def online(self, op: Linear, correlation: LinearCorrelation, values: Values, place: Place) -> Exchange[Words]:
        """Add the convolutions of the public values, and at party 0 their multiples."""
        yield from ()  # no step
        total = correlation.offset
        for term in op.terms:
            if isinstance(term, Convolution):
                value = values[term.source]
                total += correlation.secrets.half.convolve(term.weight, value, term, threads=place.threads)
            elif place.party == 0:
                total += _times(values[term.source], term.factor)
        return total

    def traffic(self, op: Linear, profile: Profile, batch: int, sign: SignTest) -> Traffic:
        """Return the correction of each output."""
        return shared(batch * prod(op.shape), profile.ring)


class WeightedPoolGate:
    """Weighted window sums: of a public value and of its mask, or of shares, which are opened then.

    Security: local, or what is opened is uniform under a mask of its own.
    Cost: nothing, or one step, k bits a sum each way.
    """

    def deal(self, op: WeightedPool, dealing: Dealing, masks: Masks, context: DealerContext) -> Words:
        """Pool the mask, or draw one."""
        if op.opens:
            return dealing.mask((context.batch, *op.shape), context.profile.ring)
        return weighted_pool(masks[op.source], op)

    def take(self, op: WeightedPool, tape: Tape, shares: Masks, context: PartyContext) -> tuple[Mask | None, Words]:
        """Pool this party's share of the mask, or draw the share of a new one."""
        if op.opens:
            share = tape.mask((context.batch, *op.shape), context.profile.ring)
            return Mask(context.profile, share), share
        return None, weighted_pool(shares[op.source], op)

    def online(self, op: WeightedPool, correlation: Mask | None, values: Values, place: Place) -> Exchange[Words]:
        """Pool the public value, or the own share; open that under the mask."""
        pooled = weighted_pool(values[op.source], op)
        if correlation is None:
            return pooled
        return (yield from open_sum(place, pooled + correlation.share, correlation.profile.ring))

    def traffic(self, op: WeightedPool, profile: Profile, batch: int, sign: SignTest) -> Traffic:
        """Return nothing, or one opening of ring words."""
        return opening(batch * prod(op.shape), profile.ring) if op.opens else NOTHING


class ReshapeGate:
    """Another shape of a value and of its mask: local."""

    def deal(self, op: Reshape, dealing: Dealing, masks: Masks, context: DealerContext) -> Words:
        """Reshape the mask."""
        return masks[op.source].reshape(context.batch, *op.shape)

    def take(self, op: Reshape, tape: Tape, shares: Masks, context: PartyContext) -> tuple[None, Words]:
        """Reshape this party's share of the mask."""
        return None, shares[op.source].reshape(context.batch, *op.shape)

    def online(self, op: Reshape, correlation: None, values: Values, place: Place) -> Exchange[Words]:
        """Reshape the public value."""
        yield from ()  # no step
        value = values[op.source]
        return value.reshape(value.shape[0], *op.shape)

    def traffic(self, op: Reshape, profile: Profile, batch: int, sign: SignTest) -> Traffic:
        """Return nothing."""
        return NOTHING


def weighted_pool(values: Words, op: WeightedPool) -> Words:
    """Return the window sums of ring words, (batch, channel, row, column)."""
    return _windows(_windows(values, op.rows, axis=2), op.columns, axis=3)


def _windows(values: Words, windows: tuple[Window, ...], *, axis: int) -> Words:
    """Return for each window its weight times the sum of its positions along an axis."""
    shape = [1] * values.ndim
    shape[axis] = len(windows)
    starts = np.array([window.start for window in windows])
    stops = np.array([window.stop for window in windows])
    total = np.take(values, starts, axis=axis)
    for offset in range(1, int((stops - starts).max())):
        inside = starts + offset < stops
        part = np.take(values, np.where(inside, starts + offset, starts), axis=axis)
        if not inside.all():
            part *= inside.astype(values.dtype).reshape(shape)
        total += part
    factors = np.array([window.weight for window in windows], dtype=np.int64).astype(values.dtype)
    if np.any(factors != 1):
        total *= factors.reshape(shape)
    return total


def _times(values: Words, factor: int) -> Words:
    word = values.dtype.type(factor & int(np.iinfo(values.dtype).max))
    product: Words = values * word
    return product
