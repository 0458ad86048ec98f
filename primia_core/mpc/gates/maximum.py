"""The larger of two narrow wires, and the position of the largest: max pools and secret labels."""

from dataclasses import dataclass
from math import prod
from typing import Any

import numpy as np

from primia_core.mpc import kernels
from primia_core.mpc.dealing import Dealing, Tape
from primia_core.mpc.gates.context import DealerContext, Masks, PartyContext, Values, open_sum
from primia_core.mpc.profile import Profile, Width, Words
from primia_core.mpc.program.operations import Gather, Maximum
from primia_core.mpc.sign import Chosen, Multiplied, Payload, Place, SignTest
from primia_core.mpc.steps import Exchange
from primia_core.mpc.traffic import Traffic, opening


@dataclass(frozen=True, repr=False)
class MaximumCorrelation:
    """One party's shares of the right mask and of the new one, and its correlations of the sign test."""

    profile: Profile
    right_mask: Words
    out_mask: Words
    test: SignTest
    sign: Any


class MaximumGate:
    """The larger of two narrow wires, position by position.

    With A = T1 - T2 and B = R1 - R2 modulo 2**m, which nobody opens anew, d = [t1 >= t2] and
    ``max = t2 + d (A - B)``.

    Returns: max(t1, t2) + R for -2**(m-2) <= t1, t2 < 2**(m-2), so that their difference keeps its sign in m bits.
    Security: what the sign test opens is uniform, and so is the maximum under R.
    Cost: the sign test's steps, and one of m bits a value each way.
    """

    def deal(self, op: Maximum, dealing: Dealing, masks: Masks, context: DealerContext) -> Words:
        """Draw the new mask; write a sign test of B with payload B."""
        wire = context.profile.wire
        out_mask, context.wraps[dealing.operation] = dealing.narrow_mask((context.batch, *op.shape), wire)
        left, right = operands(op, masks)
        difference = wire.reduce(left - right)
        context.sign.deal(dealing, difference, wire.bits, wire, [Payload(difference, wire)])
        return out_mask

    def take(self, op: Maximum, tape: Tape, shares: Masks, context: PartyContext) -> tuple[MaximumCorrelation, Words]:
        """Draw the share of the new mask; read the sign test."""
        wire = context.profile.wire
        out_mask = tape.mask((context.batch, *op.shape), wire)
        left, right = (operand.reshape(-1) for operand in operands(op, shares))
        difference = Payload(wire.reduce(left - right), wire)
        sign = context.sign.take(tape, out_mask.size, wire.bits, wire, [difference])
        return MaximumCorrelation(context.profile, right, out_mask, context.sign, sign), out_mask

    def online(self, op: Maximum, correlation: MaximumCorrelation, values: Values, place: Place) -> Exchange[Words]:
        """Test the sign of the difference, choose, open under the new mask."""
        wire, out_mask = correlation.profile.wire, correlation.out_mask
        left, right = (operand.reshape(-1) for operand in operands(op, values))
        difference = wire.reduce(left - right)
        result = yield from correlation.test.online(place, difference, wire.bits, correlation.sign)
        mine = larger(place, left, right, result, correlation.right_mask, out_mask.reshape(-1), wire)
        return (yield from open_sum(place, mine.reshape(out_mask.shape), wire))

    def traffic(self, op: Maximum, profile: Profile, batch: int, sign: SignTest) -> Traffic:
        """Return a sign test with one payload, and one opening of narrow values."""
        count, wire = batch * prod(op.shape), profile.wire
        return sign.traffic(profile, count, wire.bits, wire, (wire,)) + opening(count, wire)


def larger(
    place: Place,
    left: Words,
    right: Words,
    result: Chosen | Multiplied,
    right_mask: Words,
    out_mask: Words,
    wire: Width,
) -> Words:
    """Return this party's share of the maximum under the new mask."""
    if isinstance(result, Chosen):
        ((rho_mask, mask),) = result.products[:1]
        return kernels.maximum_select(
            place.party, left, right, result.opened, result.ones, rho_mask, mask, right_mask, out_mask, wire.bits,
            threads=place.threads,
        )  # fmt: skip
    d, d_mask = (wire.reduce(share.astype(wire.dtype)) for share in (result.ones, result.products[0]))
    return kernels.maximum_finish(
        place.party, left, right, d, d_mask, right_mask, out_mask, wire.bits, threads=place.threads
    )


def operands(op: Maximum, values: Masks) -> tuple[Words, Words]:
    """Return the two readings that a maximum compares."""
    return gathered(values[op.left], op.left_gather), gathered(values[op.right], op.right_gather)


def gathered(values: Words, gather: Gather | None) -> Words:
    """Return the positions that an operand reads; the axis of a gather does not count the batch."""
    if gather is None:
        return values
    return np.take(values, np.array(gather.indices), axis=gather.axis + 1)
