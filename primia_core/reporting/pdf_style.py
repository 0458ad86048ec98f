"""How a paper looks: sizes, distances and colours of its text and tables."""

from typing import Final

from reportlab.lib.enums import TA_RIGHT
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle

from primia_core.reporting.figures.sheet import WHOLE
from primia_core.reporting.fonts import BOLD, REGULAR
from primia_core.reporting.palette import ACCENT, BAD, INK, INK2, INK3, LINE, OK, WARN, Tone

PAGE: Final = A4
MARGIN: Final = (A4[0] - WHOLE) / 2
TOP: Final = 62.0
BOTTOM: Final = 58.0
TONES: Final[dict[str, Tone]] = {"ok": OK, "warn": WARN, "bad": BAD, "quiet": INK3}
LINK: Final = ACCENT.light
ROOM_FOR: Final = {1: 250.0, 2: 170.0, 3: 100.0}
"""How much of a page has to be left for a heading of each depth to begin on it."""
ROOM_FOR_TABLE: Final = 90.0


def _style(
    name: str, size: float, leading: float, tone: Tone = INK, *, bold: bool = False, **more: object
) -> ParagraphStyle:
    return ParagraphStyle(
        name, fontName=BOLD if bold else REGULAR, fontSize=size, leading=leading, textColor=tone.paper,
        splitLongWords=1, allowWidows=0, allowOrphans=0, **more,
    )  # fmt: skip


STYLES: Final[dict[str, ParagraphStyle]] = {
    style.name: style
    for style in (
        _style("title", 24, 29, bold=True, spaceAfter=4),
        _style("subtitle", 10.5, 15, INK2),
        _style("h1", 16, 20, bold=True, spaceBefore=6, spaceAfter=8),
        _style("h2", 11.5, 15, bold=True, spaceBefore=14, spaceAfter=5),
        _style("h3", 10, 13, bold=True, spaceBefore=10, spaceAfter=4),
        _style("body", 9.2, 13.4, spaceAfter=7),
        _style("lead", 9.8, 14.4, spaceAfter=8),
        _style("note", 8.4, 12, INK3, spaceAfter=8),
        _style("warning", 9.2, 13.4, WARN, spaceAfter=8),
        _style("item", 9.2, 13.4, leftIndent=12, bulletIndent=2, spaceAfter=3),
        _style("caption", 8.2, 11.4, INK2, spaceBefore=4, spaceAfter=12),
        _style("table", 9.2, 12.5, bold=True, spaceBefore=8, spaceAfter=4),
        _style("cell", 8, 10.8),
        _style("cell-right", 8, 10.8, alignment=TA_RIGHT),
        _style("head", 7.6, 10.2, INK3, bold=True),
        _style("head-right", 7.6, 10.2, INK3, bold=True, alignment=TA_RIGHT),
        _style("group", 8, 11, bold=True),
        _style("fact", 8.6, 11.8, INK2),
        _style("value", 8.6, 11.8),
        _style("contents", 9.2, 12.5),
        _style("contents-right", 9.2, 12.5, INK2, alignment=TA_RIGHT),
    )
}
LINES: Final = [
    ("VALIGN", (0, 0), (-1, -1), "TOP"),
    ("LEFTPADDING", (0, 0), (-1, -1), 0),
    ("RIGHTPADDING", (0, 0), (-1, -1), 8),
    ("RIGHTPADDING", (-1, 0), (-1, -1), 0),
    ("TOPPADDING", (0, 0), (-1, -1), 2.6),
    ("BOTTOMPADDING", (0, 0), (-1, -1), 3.0),
    ("LINEBELOW", (0, 0), (-1, -1), 0.5, LINE.paper),
]
UNDER_HEADS: Final = ("LINEBELOW", (0, 0), (-1, 0), 0.8, INK3.paper)
BARE: Final = [
    ("VALIGN", (0, 0), (-1, -1), "TOP"),
    ("LEFTPADDING", (0, 0), (-1, -1), 0),
    ("RIGHTPADDING", (0, 0), (-1, -1), 0),
    ("TOPPADDING", (0, 0), (-1, -1), 0),
    ("BOTTOMPADDING", (0, 0), (-1, -1), 0),
]
