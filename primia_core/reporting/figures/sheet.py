"""Something to draw on: lines, boxes, dots and words in the tones of the palette. It knows no axes."""

from collections.abc import Iterable, Sequence
from typing import Final, Literal

from reportlab.graphics.shapes import Circle, Drawing, Line, Polygon, PolyLine, Rect, String

from primia_core.reporting.fonts import BOLD, REGULAR, ready, width
from primia_core.reporting.palette import CARD, INK, INK2, Tone

SMALL: Final = 7.5
WHOLE: Final = 487.0
"""The width of a page's text, in points; a figure that stands alone is as wide."""
HALF: Final = 236.0
Dash = tuple[float, ...] | None
Marker = Literal["disc", "square", "diamond"]


class Sheet:
    """A drawing with a pen."""

    def __init__(self, wide: float, high: float) -> None:
        ready()
        self.drawing = Drawing(wide, high)
        self.wide, self.high = wide, high

    def text(
        self,
        x: float,
        y: float,
        words: str,
        *,
        tone: Tone = INK2,
        size: float = SMALL,
        anchor: Literal["start", "middle", "end"] = "start",
        bold: bool = False,
    ) -> None:
        """Write words at a base line."""
        font = BOLD if bold else REGULAR
        self.drawing.add(String(x, y, words, fontName=font, fontSize=size, fillColor=tone.paper, textAnchor=anchor))

    def line(
        self, x1: float, y1: float, x2: float, y2: float, tone: Tone, *, thick: float = 0.6, dash: Dash = None
    ) -> None:
        """Draw a straight line."""
        self.drawing.add(Line(x1, y1, x2, y2, strokeColor=tone.paper, strokeWidth=thick, strokeDashArray=_dashes(dash)))

    def path(self, points: Iterable[tuple[float, float]], tone: Tone, *, thick: float = 1.4, dash: Dash = None) -> None:
        """Draw a line through points."""
        flat = [part for point in points for part in point]
        self.drawing.add(
            PolyLine(
                flat, strokeColor=tone.paper, strokeWidth=thick, strokeDashArray=_dashes(dash), strokeLineJoin=1,
                fillColor=None,
            )
        )  # fmt: skip

    def box(self, x: float, y: float, wide: float, high: float, fill: Tone | None, *, edge: Tone | None = None) -> None:
        """Draw a rectangle."""
        self.drawing.add(
            Rect(
                x, y, wide, high, fillColor=fill.paper if fill else None, strokeColor=edge.paper if edge else None,
                strokeWidth=0.6 if edge else 0,
            )
        )  # fmt: skip

    def mark(
        self, x: float, y: float, tone: Tone, *, marker: Marker = "disc", size: float = 2.6, hollow: bool = False
    ) -> None:
        """Draw a marker at a point; a hollow one has the colour of paper inside."""
        look = {"fillColor": (CARD if hollow else tone).paper, "strokeColor": tone.paper, "strokeWidth": 1.0}
        if marker == "disc":
            self.drawing.add(Circle(x, y, size, **look))
        elif marker == "square":
            self.drawing.add(Rect(x - size, y - size, 2 * size, 2 * size, **look))
        else:
            reach = size * 1.35
            self.drawing.add(Polygon([x, y + reach, x + reach, y, x, y - reach, x - reach, y], **look))

    def legend(self, x: float, y: float, entries: Sequence[tuple[str, Tone, Dash]], *, across: float) -> None:
        """Name lines, from left to right and then below."""
        at = x
        for words, tone, dash in entries:
            needed = 24 + width(words, SMALL) + 12
            if at > x and at + needed - 12 > x + across:
                at, y = x, y - 11
            self.line(at, y + 2.6, at + 18, y + 2.6, tone, thick=1.6, dash=dash)
            self.text(at + 23, y, words, tone=INK)
            at += needed


def legend_rows(entries: Sequence[str], *, across: float) -> int:
    """Return how many rows ``legend`` will need."""
    ready()
    rows, at = 1, 0.0
    for words in entries:
        needed = 24 + width(words, SMALL) + 12
        if at > 0 and at + needed - 12 > across:
            rows, at = rows + 1, 0.0
        at += needed
    return rows


def shortened(words: str, *, room: float, size: float = SMALL, bold: bool = False) -> str:
    """Return words that fit into a room, ending with an ellipsis where they did not."""
    ready()
    if width(words, size, bold=bold) <= room:
        return words
    while words and width(f"{words}…", size, bold=bold) > room:
        words = words[:-1]
    return f"{words.rstrip()}…"


def _dashes(dash: Dash) -> list[float] | None:
    return list(dash) if dash else None
