"""A reliability curve: how often the likeliest label was right, by how likely it was thought, above the counts."""

from collections.abc import Sequence

from reportlab.graphics.shapes import Drawing

from primia_core.evaluation.intervals import wilson
from primia_core.evaluation.score_report import Bin
from primia_core.reporting.figures.plot import Plot
from primia_core.reporting.figures.sheet import HALF
from primia_core.reporting.palette import ACCENT, BAND, INK3
from primia_core.reporting.wording import count, decimal

TICKS = (0.0, 0.25, 0.5, 0.75, 1.0)
COUNTS = 34.0
"""How high the counts stand, in points."""


def reliability(bins: Sequence[Bin]) -> Drawing:
    """Draw accuracy over confidence with Wilson's intervals; on the diagonal they are equal."""
    plot = Plot(HALF, HALF + 20, x=(0, 1), y=(0, 1), margins=(32, 8, 18, 32 + COUNTS + 6))
    _counts(plot, bins)
    plot.y_axis(TICKS, "share that was right", write=lambda v: decimal(v, 2))
    plot.x_axis(TICKS, "", write=lambda _: "")
    for tick in TICKS:
        plot.text(plot.at(tick, 0)[0], 22, decimal(tick, 2), tone=INK3, anchor="middle")
    plot.text((plot.left + plot.right) / 2, 11, "probability of the likeliest label", anchor="middle")
    plot.curve([(0, 0), (1, 1)], INK3, thick=0.8, dash=(2, 2))
    known = [one for one in bins if one.confidence is not None and one.accuracy is not None]
    points = [(one.confidence or 0.0, one.accuracy or 0.0) for one in known]
    plot.curve(points, ACCENT)
    for one, (x, y) in zip(known, points, strict=True):
        low, high = wilson(round(y * one.count), one.count)
        plot.line(*plot.at(x, low), *plot.at(x, high), ACCENT, thick=0.8)
        plot.mark(*plot.at(x, y), ACCENT, hollow=True, size=2.4)
    return plot.drawing


def _counts(plot: Plot, bins: Sequence[Bin]) -> None:
    most = max((one.count for one in bins), default=0)
    foot = 32.0
    for one in bins:
        if one.count:
            x0, x1 = plot.at(one.low, 0)[0], plot.at(one.high, 0)[0]
            plot.box(x0 + 0.5, foot, x1 - x0 - 1, max(0.8, COUNTS * one.count / most), BAND, edge=ACCENT)
    plot.text(plot.left - 5, foot + COUNTS - 6, count(most), tone=INK3, anchor="end")
    plot.text(plot.left - 5, foot, "0", tone=INK3, anchor="end")
