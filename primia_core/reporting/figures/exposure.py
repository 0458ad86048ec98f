"""How close an attack came to the images it was after: errors of the attack and its controls, view by view.

A low error is bad news for patients. The axis is logarithmic, and two lines say what guessing without any attack has.
"""

from collections.abc import Sequence
from math import ceil, floor, log10

from reportlab.graphics.shapes import Drawing

from primia_core.attacks.document import ControlRow, References, ViewFigures
from primia_core.reporting.figures.plot import Plot
from primia_core.reporting.figures.sheet import SMALL, WHOLE, Marker
from primia_core.reporting.palette import BAD, INK, INK2, INK3, LINE, OK, Tone
from primia_core.reporting.wording import decimal, significant

ROW = 13.0
LABELS, FIGURES = 176.0, 132.0
LOOKS: dict[str, tuple[str, Tone, Marker, bool]] = {
    "attack": ("the attack", BAD, "disc", False),
    "positive": ("positive control", OK, "diamond", False),
    "null": ("best other patient (null)", INK2, "square", True),
    "tv_only": ("smoothness alone (no gradient)", INK3, "disc", True),
}


def exposure(views: Sequence[tuple[str, ViewFigures]], references: References) -> Drawing:
    """Draw a row for each control of each view: from the most exposed image over the 5th percentile to the mean."""
    rows = sum(1 + len(view.rows) for _, view in views)
    plot = Plot(
        WHOLE, 22 + ROW * rows + 36, x=_span(views, references), y=(0, 1), margins=(LABELS, FIGURES + 6, 22, 36)
    )
    ticks = [float(power) for power in range(ceil(plot.x[0] - 1e-9), floor(plot.x[1] + 1e-9) + 1)]
    plot.x_axis(ticks, "mean squared error of a reconstruction, in variances of the pixels", write=_power)
    plot.text(WHOLE, plot.top + 8, "mean · 5th percentile · worst", tone=INK3, anchor="end")
    for value in (references.mean_image, references.other_patient):
        x = _place(plot, value)
        plot.line(x, plot.bottom, x, plot.top, INK2, thick=0.9, dash=(3, 2))
    plot.text(
        (plot.left + plot.right) / 2, 4,
        f"dashed: the mean image ({decimal(references.mean_image, 2)}) and a stranger's image "
        f"({decimal(references.other_patient, 2)})", tone=INK3, anchor="middle",
    )  # fmt: skip
    y = plot.top
    for title, view in views:
        plot.line(0, y, WHOLE, y, LINE)
        plot.text(0, y - ROW * 0.5 - SMALL * 0.35, title, tone=INK, bold=True)
        y -= ROW
        for row in view.rows:
            _row(plot, y - ROW / 2, row)
            y -= ROW
    return plot.drawing


def _row(plot: Plot, y: float, row: ControlRow) -> None:
    words, tone, marker, hollow = LOOKS[row.control]
    base = y - SMALL * 0.35
    plot.text(8, base, words, tone=INK)
    worst, fifth, mean = (_place(plot, value) for value in (row.mse.worst, row.mse.p5, row.mse.mean))
    plot.line(min(worst, mean), y, max(worst, mean), y, tone, thick=1.1)
    plot.line(worst, y - 3, worst, y + 3, tone, thick=1.2)
    plot.line(fifth, y - 2, fifth, y + 2, tone, thick=0.9)
    plot.mark(mean, y, tone, marker=marker, hollow=hollow)
    figures = (significant(value) for value in (row.mse.mean, row.mse.p5, row.mse.worst))
    plot.text(plot.wide, base, " · ".join(figures), tone=INK, anchor="end")


def _place(plot: Plot, value: float) -> float:
    return plot.at(min(max(_log(value), plot.x[0]), plot.x[1]), 0)[0]


def _span(views: Sequence[tuple[str, ViewFigures]], references: References) -> tuple[float, float]:
    errors = [value for _, view in views for row in view.rows for value in (row.mse.worst, row.mse.p5, row.mse.mean)]
    found = [_log(value) for value in (*errors, references.mean_image, references.other_patient)]
    return floor(min(found)) - 0.1, max(ceil(max(found)), 1) + 0.1


def _log(value: float) -> float:
    return log10(max(value, 1e-6))


def _power(power: float) -> str:
    return f"{10.0**power:g}"
