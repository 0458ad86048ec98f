"""A forest plot: one figure of many groups with its interval, each in a row that can be read without the plot."""

from collections.abc import Sequence
from dataclasses import dataclass

from reportlab.graphics.shapes import Drawing

from primia_core.evaluation.report import Figure
from primia_core.reporting.figures.plot import Plot, decimals_of, ticks_of
from primia_core.reporting.figures.sheet import SMALL, WHOLE, Marker, shortened
from primia_core.reporting.fonts import width
from primia_core.reporting.palette import ACCENT, INK, INK2, INK3, LINE, Tone
from primia_core.reporting.wording import decimal, interval

ROW = 14.0
FIGURES = 112.0
MOST_LABELS, MOST_NUMBERS = 200.0, 60.0


@dataclass(frozen=True)
class Row:
    """One group.

    Attributes:
        heading: a row without a figure, which names the rows below.
        figure: ``None``: not shown, for the reason that ``remark`` gives.
    """

    label: str
    number: str = ""
    figure: Figure | None = None
    remark: str = ""
    heading: bool = False
    tone: Tone = ACCENT
    marker: Marker = "square"
    hollow: bool = False


def forest(
    rows: Sequence[Row],
    *,
    title: str,
    number_title: str = "n",
    span: tuple[float, float] | None = None,
    reference: float | None = None,
    reference_name: str = "",
    places: int = 3,
) -> Drawing:
    """Draw the rows from top to bottom.

    Args:
        title: of the figure that all rows show.
        span: of the axis; without it as wide as the intervals need.
        reference: where a dashed line stands, such as the figure of all together, chance or no difference.
    """
    span = span or _span(rows, reference)
    below = 36.0 if reference_name else 26.0
    labels = min(MOST_LABELS, max(width(row.label, SMALL) for row in rows if not row.heading) + 22)
    numbers = min(MOST_NUMBERS, max(width(row.number, SMALL) for row in rows) + 14) if number_title else 0.0
    margins = (labels + numbers + 8, FIGURES + 8, 22, below)
    plot = Plot(WHOLE, 22 + ROW * len(rows) + below, x=span, y=(0, 1), margins=margins)
    ticks = ticks_of(*span, about=6)
    plot.x_axis(ticks, title, write=lambda v: decimal(v, decimals_of(ticks)))
    plot.text(labels + numbers - 4, plot.top + 8, number_title, tone=INK3, anchor="end")
    plot.text(WHOLE, plot.top + 8, "figure (95 % interval)", tone=INK3, anchor="end")
    if reference is not None:
        x, _ = plot.at(reference, 0)
        plot.line(x, plot.bottom, x, plot.top, INK2, thick=0.9, dash=(3, 2))
        if reference_name:
            plot.text((plot.left + plot.right) / 2, 4, f"dashed: {reference_name}", tone=INK3, anchor="middle")
    for place, row in enumerate(rows):
        _row(plot, plot.top - ROW * (place + 0.5), row, places, (labels, numbers))
    return plot.drawing


def _row(plot: Plot, y: float, row: Row, places: int, columns: tuple[float, float]) -> None:
    labels, numbers = columns
    base = y - SMALL * 0.35
    if row.heading:
        plot.text(0, base, row.label, tone=INK, bold=True)
        plot.line(0, y + ROW / 2, plot.wide, y + ROW / 2, LINE)
        return
    plot.text(8, base, shortened(row.label, room=labels - 12), tone=INK)
    plot.text(labels + numbers - 4, base, row.number, tone=INK2, anchor="end")
    figure = row.figure
    if figure is None or figure.value is None:
        plot.text(plot.wide, base, row.remark or "not defined", tone=INK3, anchor="end")
        return
    plot.text(plot.wide, base, interval(figure, places), tone=INK, anchor="end")
    left, right = plot.x
    if figure.low is not None and figure.high is not None:
        x0, x1 = (plot.at(min(max(end, left), right), 0)[0] for end in (figure.low, figure.high))
        plot.line(x0, y, x1, y, row.tone, thick=1.2)
        for end, x in ((figure.low, x0), (figure.high, x1)):
            if left <= end <= right:
                plot.line(x, y - 2.5, x, y + 2.5, row.tone, thick=1.0)
    if left <= figure.value <= right:
        plot.mark(plot.at(figure.value, 0)[0], y, row.tone, marker=row.marker, size=2.4, hollow=row.hollow)


def _span(rows: Sequence[Row], reference: float | None) -> tuple[float, float]:
    ends = [
        end
        for row in rows
        if row.figure is not None
        for end in (row.figure.value, row.figure.low, row.figure.high)
        if end is not None
    ]
    ends += [reference] if reference is not None else []
    low, high = min(ends, default=0.0), max(ends, default=1.0)
    room = max((high - low) * 0.06, 0.005)
    return low - room, high + room
