"""Cutting the fraction bits of a shared sum: each party cuts its share, and says nothing.

The result is floor(z / 2**f) or one more, unless the shares pass 2**63 between them: then it is wrong by 2**(64 - f),
with probability |z| / 2**64 over the sharing. The scales of a program keep |z| within its profile's ``sum_limit``. The
2**30 of the fast profile make that at most 2**-34 a value: one inference in 7,000 would meet it, if it had 2.4 million
values that are all as large as that; typical sums are far smaller. The precise profile lets sums reach 2**62, so that
one value in four could be wrong: it is refused. Our two-party protocols have no such error, because they keep a bit of
headroom.

Source: Mohassel and Zhang, SecureML, S&P 2017, theorem 1; taken up by SecureNN, section 5.
"""

import numpy as np

from primia_core.mpc.errors import ProfileError
from primia_core.mpc.profile import Profile, Words
from primia_core.mpc.securenn.ring import RING

LARGEST_FAILURE = 2.0**-32
"""Probability that the truncation of one value may go wrong."""


def failure_probability(magnitude: int) -> float:
    """Return how likely the truncation of a value of such a magnitude goes wrong."""
    return magnitude / 2.0**RING.bits


def check_profile(profile: Profile) -> None:
    """Raise ``ProfileError`` unless cutting shares locally is safe for what a profile allows."""
    chance = failure_probability(profile.sum_limit)
    if chance > LARGEST_FAILURE:
        raise ProfileError(
            f"sums of profile {profile.name} reach {profile.sum_limit}, and SecureNN cuts each of those wrongly with "
            f"probability {chance:.2g}, more than {LARGEST_FAILURE:.2g}; prepare the model with the profile fast"
        )


def truncate(party: int, share: Words, fraction_bits: int) -> Words:
    """Return this party's share of a sum without its fraction bits.

    Returns: shares whose sum is floor(z / 2**f) or one more, but for a probability of |z| / 2**64.
    Security: local.
    """
    signed = share.view(np.int64)
    if party == 0:
        return (signed >> fraction_bits).view(np.uint64)
    return (-((-signed) >> fraction_bits)).view(np.uint64)
