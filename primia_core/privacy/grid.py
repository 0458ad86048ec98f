"""How clipped gradients become integers, how far one unit can move their sum, and how much noise hides that.

It knows lengths and numbers, not tensors. A unit's gradient is clipped to L2 norm c, scaled so that c is ``clip_steps``
steps of the grid, and every coordinate is rounded to the nearest step. Sums of integers are exact, so what one unit
adds to a sum is exactly its own vector, of norm at most ``clip_steps + sqrt(dimension) / 2``: the rounding is part of
the sensitivity, and there is no floating-point error that could tell more.
"""

from dataclasses import dataclass
from math import sqrt

from primia_core.privacy.errors import ParameterError
from primia_core.privacy.plan import PrivacyPlan

FINEST = 20
"""Bits of ``clip_steps``: a coordinate of a ResNet-18 is then 300 steps or so; float32 holds them exactly."""

RING_BITS = 31
TAIL = 8.0
"""Spreads of the summed noise that the ring leaves room for; beyond it (1e-15 a coordinate) a sum wraps, and stays
private."""


@dataclass(frozen=True)
class Grid:
    """The integers of one sum.

    Attributes:
        clip_steps: what the clipping norm is on the grid; a power of two.
        sensitivity: largest L2 norm, on the grid, of what one unit adds.
        sigma: spread of each site's noise, on the grid.
        limit: largest coordinate of a site's sum before noise; more is clipped, which moves nobody's part further.
    """

    clip: float
    clip_steps: int
    sensitivity: float
    sigma: float
    limit: int

    @classmethod
    def of(cls, privacy: PrivacyPlan, *, dimension: int, sites: int = 1, honest: int = 1) -> "Grid":
        """Return the finest grid on which the sums of ``sites`` sites fit 32 bits.

        Args:
            privacy: noise multiplier and clip.
            dimension: coordinates of a gradient.
            sites: whose integers are added up; 1 where each site keeps its own.
            honest: h, how many of them make noise that nobody else knows; each adds sigma / sqrt(h).
        Returns:
            sigma = noise_multiplier * sensitivity / sqrt(honest), so that the noise of ``honest`` sites together has
            the standard deviation noise_multiplier * sensitivity.
        Raises:
            ParameterError: no grid fits, because the noise or the number of sites is too large.
        Source: Kairouz, Liu and Steinke 2021, for the distributed discrete Gaussian; they bound the rounding of a
            random rotation, here it is bounded outright.
        """
        if not 1 <= honest <= sites:
            raise ParameterError(f"{honest} of {sites} sites are honest; it is at least 1 and at most all")
        for bits in range(FINEST, 0, -1):
            clip_steps = 1 << bits
            sensitivity = clip_steps + sqrt(dimension) / 2
            sigma = privacy.noise_multiplier * sensitivity / sqrt(honest)
            room = (1 << RING_BITS) - 1 - TAIL * sigma * sqrt(sites)
            if room >= (1 << (RING_BITS - 1)) and sqrt(dimension) <= clip_steps:
                return cls(privacy.clip, clip_steps, sensitivity, sigma, int(room / sites))
        raise ParameterError(
            f"noise {privacy.noise_multiplier} over {dimension} coordinates of {sites} sites does not fit 32 bits; "
            "take less noise or a smaller network"
        )
