"""Values that become public under a mask: the image, and sums cut to narrow wires."""

from dataclasses import dataclass
from math import prod

from primia_core.mpc import kernels
from primia_core.mpc.dealing import Dealing, Tape
from primia_core.mpc.gates.context import DealerContext, Masks, PartyContext, Values, open_sum
from primia_core.mpc.profile import Profile, Words
from primia_core.mpc.program.operations import Input, Truncate
from primia_core.mpc.sign import Place, SignTest
from primia_core.mpc.steps import Exchange
from primia_core.mpc.traffic import Traffic, opening

IMAGE = -1
"""The position under which ``values`` holds this party's share of the image."""


@dataclass(frozen=True, repr=False)
class Mask:
    """One party's share of the mask of a value that is about to be opened."""

    profile: Profile
    share: Words


class InputGate:
    """Open the image under a mask of the dealer's.

    Security: what is opened is uniform.
    Cost: one step, k bits a pixel each way.
    """

    def deal(self, op: Input, dealing: Dealing, masks: Masks, context: DealerContext) -> Words:
        """Draw the mask."""
        return dealing.mask((context.batch, *op.shape), context.profile.ring)

    def take(self, op: Input, tape: Tape, shares: Masks, context: PartyContext) -> tuple[Mask, Words]:
        """Draw this party's share of the mask."""
        share = tape.mask((context.batch, *op.shape), context.profile.ring)
        return Mask(context.profile, share), share

    def online(self, op: Input, correlation: Mask, values: Values, place: Place) -> Exchange[Words]:
        """Send the share of the image under the share of the mask."""
        return (yield from open_sum(place, values[IMAGE] + correlation.share, correlation.profile.ring))

    def traffic(self, op: Input, profile: Profile, batch: int, sign: SignTest) -> Traffic:
        """Return one opening of ring words."""
        return opening(batch * prod(op.shape), profile.ring)


class TruncateGate:
    """Cut f bits of a sum and open the rest under a mask modulo 2**m.

    Returns: T = t + R with t the floor of z / 2**f or one more, each with the probability that makes the mean right but
        for 2**-f, for any z whose magnitude is at most the profile's ``sum_limit``. Outside it t wraps modulo 2**m.
    Security: R is uniform and used once, so T is uniform.
    Cost: one step, m bits a value each way.
    """

    def deal(self, op: Truncate, dealing: Dealing, masks: Masks, context: DealerContext) -> Words:
        """Draw the mask R."""
        mask, context.wraps[dealing.operation] = dealing.narrow_mask((context.batch, *op.shape), context.profile.wire)
        return mask

    def take(self, op: Truncate, tape: Tape, shares: Masks, context: PartyContext) -> tuple[Mask, Words]:
        """Draw this party's share of R."""
        share = tape.mask((context.batch, *op.shape), context.profile.wire)
        return Mask(context.profile, share), share

    def online(self, op: Truncate, correlation: Mask, values: Values, place: Place) -> Exchange[Words]:
        """Send the own share's upper bits under the share of R."""
        profile = correlation.profile
        mine = kernels.truncate_share(
            place.party,
            values[op.source],
            correlation.share,
            profile.fraction_bits,
            profile.wire_bits,
            threads=place.threads,
        )
        return (yield from open_sum(place, mine.reshape(correlation.share.shape), profile.wire))

    def traffic(self, op: Truncate, profile: Profile, batch: int, sign: SignTest) -> Traffic:
        """Return one opening of narrow values."""
        return opening(batch * prod(op.shape), profile.wire)
