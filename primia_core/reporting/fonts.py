"""The one typeface of reports, embedded in every PDF and every page: Inter, with digits of one width.

The files beside this one are a part of Inter 4.1 (SIL Open Font License): Latin, Greek and Cyrillic letters and some
mathematics. What is outside is counted, never dropped silently.
"""

from base64 import b64encode
from functools import cache
from pathlib import Path
from typing import Final

from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont

FOLDER: Final = Path(__file__).parent / "fonts"
REGULAR: Final = "Inter"
BOLD: Final = "Inter-SemiBold"
FILES: Final = {REGULAR: FOLDER / "Inter-Regular.ttf", BOLD: FOLDER / "Inter-SemiBold.ttf"}
REPLACEMENT: Final = "\u25a1"


@cache
def ready() -> None:
    """Make the typeface known to ReportLab."""
    for name, file in FILES.items():
        pdfmetrics.registerFont(TTFont(name, str(file)))
    pdfmetrics.registerFontFamily(REGULAR, normal=REGULAR, bold=BOLD, italic=REGULAR, boldItalic=BOLD)


def width(text: str, size: float, *, bold: bool = False) -> float:
    """Return how wide a text is."""
    ready()
    return float(pdfmetrics.stringWidth(text, BOLD if bold else REGULAR, size))


@cache
def _known() -> frozenset[int]:
    return frozenset(TTFont(REGULAR, str(FILES[REGULAR])).face.charToGlyph)


def missing(text: str) -> int:
    """Return how many characters of a text the typeface lacks."""
    return sum(ord(letter) not in _known() for letter in text if not letter.isspace())


def shown(text: str) -> str:
    """Return a text with an empty box for every character that the typeface lacks."""
    return "".join(letter if letter.isspace() or ord(letter) in _known() else REPLACEMENT for letter in text)


@cache
def as_data(name: str) -> str:
    """Return a face as a data address."""
    return f"data:font/ttf;base64,{b64encode(FILES[name].read_bytes()).decode()}"
