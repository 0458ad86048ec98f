"""The colours of reports by name, on light and on dark paper: the dashboard's, so that a line keeps its colour."""

from dataclasses import dataclass
from typing import Final

from reportlab.lib.colors import Color, HexColor

from primia_core.reporting.errors import DrawingError


@dataclass(frozen=True)
class Tone:
    """A colour by what it is for."""

    name: str
    light: str
    dark: str

    @property
    def paper(self) -> Color:
        """Return the colour that figures are drawn with, which is that on light paper."""
        return HexColor(self.light)

    @property
    def css(self) -> str:
        """Return how a style sheet refers to it."""
        return f"var(--{self.name})"


CARD: Final = Tone("card", "#ffffff", "#171d23")
INK: Final = Tone("ink", "#17202a", "#e8ecf1")
INK2: Final = Tone("ink2", "#465160", "#b3bdc9")
INK3: Final = Tone("ink3", "#5d6877", "#939eac")
LINE: Final = Tone("line", "#dfe3e8", "#2a323b")
ACCENT: Final = Tone("accent", "#1f5fa8", "#7db4f0")
BAND: Final = Tone("band", "#e6eef8", "#1b2b3e")
OK: Final = Tone("ok", "#177245", "#58c48b")
WARN: Final = Tone("warn", "#8a5a00", "#e0ad4e")
BAD: Final = Tone("bad", "#b3261e", "#f28b82")
SERIES: Final = (
    Tone("series-0", "#0072b2", "#3d9be0"),
    Tone("series-1", "#d55e00", "#e8782a"),
    Tone("series-2", "#009e73", "#1fb58a"),
    Tone("series-3", "#a04c83", "#d38bb9"),
    Tone("series-4", "#a67c00", "#d9a520"),
    Tone("series-5", "#2f93c9", "#7cc8f0"),
)
DASHES: Final[tuple[tuple[float, ...] | None, ...]] = (None, (5, 2), (1.5, 2), (6, 2, 1.5, 2), (3, 2), (8, 3))
"""Beside each colour a dash, for those who see no colours, and for paper that has none."""
HEAT: Final = (
    Tone("heat-0", "#f2f5f9", "#1e262f"),
    Tone("heat-1", "#d6e3f1", "#21374f"),
    Tone("heat-2", "#a9c6e5", "#2a4f78"),
    Tone("heat-3", "#6f9fd0", "#3f74ad"),
    Tone("heat-4", "#3d7abc", "#5a97d8"),
    Tone("heat-5", "#1e5ca5", "#7eb5f1"),
)
ON_HEAT: Final = Tone("on-heat", "#fffffe", "#0d1b2b")
DARK_HEAT: Final = 3
"""From this step on, text stands on heat in the other ink."""
TONES: Final = (CARD, INK, INK2, INK3, LINE, ACCENT, BAND, OK, WARN, BAD, *SERIES, *HEAT, ON_HEAT)

_BY_COLOUR: Final = {tone.light: tone for tone in TONES}


def tone_of(colour: Color) -> Tone:
    """Return the tone that a shape was drawn with.

    Raises:
        DrawingError: none of ours, so nobody knows what it is on dark paper.
    """
    written = f"#{colour.hexval()[2:]}"
    if written not in _BY_COLOUR:
        raise DrawingError(f"{written} is no colour of the palette; draw with one of its tones")
    return _BY_COLOUR[written]


def series(place: int) -> tuple[Tone, tuple[float, ...] | None]:
    """Return the colour and the dash of the line at a place; both repeat after six."""
    return SERIES[place % len(SERIES)], DASHES[place % len(DASHES)]
