"""A confusion matrix: how many images of each class were called what, coloured by the share of the row."""

from collections.abc import Sequence

from reportlab.graphics.shapes import Drawing

from primia_core.reporting.figures.sheet import HALF, SMALL, Sheet, shortened
from primia_core.reporting.palette import DARK_HEAT, HEAT, INK, INK2, INK3, ON_HEAT
from primia_core.reporting.wording import count, percent

SIDE = 62.0


def confusion(classes: Sequence[str], counts: Sequence[Sequence[int]]) -> Drawing:
    """Draw the matrix; rows are the truth."""
    left = SIDE
    cell = (HALF - left) / len(classes)
    high = min(cell, 58.0)
    sheet = Sheet(HALF, 30 + high * len(classes) + 4)
    top = sheet.high - 30
    sheet.text(0, top + 4, "truth", tone=INK3)
    sheet.text(left + (HALF - left) / 2, sheet.high - SMALL, "called", tone=INK3, anchor="middle")
    for place, name in enumerate(classes):
        middle = left + cell * (place + 0.5)
        sheet.text(middle, top + 4, shortened(name, room=cell - 4), tone=INK2, anchor="middle")
        row = counts[place]
        y = top - high * (place + 1)
        sheet.text(0, y + high / 2 + 1, shortened(name, room=left - 6), tone=INK)
        sheet.text(0, y + high / 2 - 9, f"n = {count(sum(row))}", tone=INK3, size=SMALL - 0.5)
        for column, number in enumerate(row):
            _cell(sheet, left + cell * column, y, cell, high, number, sum(row))
    return sheet.drawing


def _cell(sheet: Sheet, x: float, y: float, wide: float, high: float, number: int, of: int) -> None:
    share = number / of if of else 0.0
    step = min(len(HEAT) - 1, int(share * len(HEAT)))
    ink = ON_HEAT if step >= DARK_HEAT else INK
    sheet.box(x + 0.75, y + 0.75, wide - 1.5, high - 1.5, HEAT[step])
    big = 11.0 if wide > 30 else SMALL
    sheet.text(
        x + wide / 2,
        y + high / 2 + (1 if wide > 30 else -3),
        count(number),
        tone=ink,
        size=big,
        anchor="middle",
        bold=True,
    )
    if of and wide > 30:
        sheet.text(x + wide / 2, y + high / 2 - 10, percent(share, 0), tone=ink, size=SMALL - 0.5, anchor="middle")
