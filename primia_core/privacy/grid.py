"""How clipped gradients become integers, how far one unit can move their sum, and how much noise hides that.

It knows lengths and numbers, not tensors. A unit's gradient is clipped to L2 norm c, scaled so that c is ``clip_steps``
steps of the grid, and every coordinate is rounded to the nearest step. Sums of integers are exact, so what one unit
adds to a sum is exactly its own vector, of norm at most ``clip_steps + sqrt(dimension) / 2``: the rounding is part of
the sensitivity, and adding up makes no error that could tell more.
"""

from dataclasses import dataclass
from math import sqrt

from primia_core.privacy.errors import ParameterError
from primia_core.privacy.plan import PrivacyPlan

FINEST = 20
"""Bits of ``clip_steps``: a coordinate of a ResNet-18 is then 300 steps or so; float32 holds them exactly."""

TAIL = 8.0
"""Spreads of a site's noise that a word leaves room for; one in 10**15 is beyond, and spoils a sum, never a promise."""


@dataclass(frozen=True)
class Grid:
    """The integers of one sum.

    Attributes:
        clip_steps: what the clipping norm is on the grid; a power of two.
        sensitivity: largest L2 norm, on the grid, of what one unit adds.
        sigma: spread of each site's noise, on the grid.
        limit: largest coordinate of a site's sum before noise; more is clipped, which moves nobody's part further.
            ``None`` where the sum stays at the site.
    """

    clip: float
    clip_steps: int
    sensitivity: float
    sigma: float
    limit: int | None

    @classmethod
    def of(cls, privacy: PrivacyPlan, *, dimension: int, honest: int = 1, word: int | None = None) -> "Grid":
        """Return the finest grid on which a site's noisy sum fits its words.

        Args:
            privacy: noise multiplier and clip.
            dimension: coordinates of a gradient.
            honest: h, how many sites in a sum make noise that nobody else knows; each adds sigma / sqrt(h).
            word: largest absolute value of a site's coordinate of the sum; ``None`` where each site keeps its own.
        Returns:
            sigma = noise_multiplier * sensitivity / sqrt(honest), so that the noise of ``honest`` sites together has
            the standard deviation noise_multiplier * sensitivity.
        Raises:
            ParameterError: no grid fits, because there is too much noise or there are too many coordinates.
        Source: Kairouz, Liu and Steinke 2021, for the distributed discrete Gaussian; they bound the rounding of a
            random rotation, here it is bounded outright.
        """
        if honest < 1:
            raise ParameterError(f"{honest} sites of a sum are honest; at least 1 is, or nobody hides anybody")
        for bits in range(FINEST, 0, -1):
            clip_steps = 1 << bits
            sensitivity = clip_steps + sqrt(dimension) / 2
            sigma = privacy.noise_multiplier * sensitivity / sqrt(honest)
            limit = None if word is None else int(word - TAIL * sigma)
            fits = word is None or limit is None or 2 * limit >= word
            if fits and sqrt(dimension) <= clip_steps:
                return cls(privacy.clip, clip_steps, sensitivity, sigma, limit)
        raise ParameterError(
            f"noise {privacy.noise_multiplier} over {dimension} coordinates does not fit words up to {word}; "
            "take less noise or a smaller network"
        )
