"""The largest values that calibration has seen. Knows no images."""

from dataclasses import dataclass, field

FEW = 8
"""Images below which a report warns that headroom says little."""


@dataclass
class Peaks:
    """The largest magnitudes seen.

    Attributes:
        images: how many.
        image: of the input.
        sums: of every linear operation, by position.
        highest: the largest value, which is below zero where a positive part would leave nothing.
    """

    images: int
    image: float
    sums: dict[int, float] = field(default_factory=dict)
    highest: dict[int, float] = field(default_factory=dict)
