"""A decision curve of one class: what acting on the model is worth, against acting on everybody and on nobody."""

from collections.abc import Sequence

from reportlab.graphics.shapes import Drawing

from primia_core.evaluation.document import ClassEvaluation
from primia_core.reporting.figures.plot import Plot, decimals_of, ticks_of
from primia_core.reporting.figures.sheet import HALF
from primia_core.reporting.palette import INK2, INK3, Tone, series
from primia_core.reporting.wording import decimal

HIGH = 168.0
X_TICKS = (0.0, 0.25, 0.5, 0.75, 1.0)


def decision(one: ClassEvaluation, thresholds: Sequence[float], *, place: int) -> Drawing:
    """Draw net benefit over the threshold probability, in the colour of the class at that place."""
    most = max(*one.net_benefit, *one.net_benefit_of_all, 0.05)
    least = min(0.0, max(-0.25 * most, *[-most], min(one.net_benefit)))
    tone, _ = series(place)
    plot = Plot(HALF, HIGH, x=(0, 1), y=(min(least, -0.1 * most), most * 1.05), margins=(36, 8, 18, 44))
    ticks = ticks_of(plot.y[0], plot.y[1], about=4)
    plot.y_axis(ticks, f"net benefit of acting on: {one.name}", write=lambda v: decimal(v, decimals_of(ticks)))
    plot.x_axis(X_TICKS, "threshold probability", write=lambda v: decimal(v, 2))
    plot.line(*plot.at(0, 0), *plot.at(1, 0), INK3, thick=1.0)
    plot.curve(list(zip(thresholds, one.net_benefit_of_all, strict=True)), INK2, thick=1.0, dash=(3, 2))
    plot.curve(list(zip(thresholds, one.net_benefit, strict=True)), tone, thick=1.7)
    entries: list[tuple[str, Tone, tuple[float, ...] | None]] = [
        ("the model", tone, None), ("everybody", INK2, (3, 2)), ("nobody", INK3, None),
    ]  # fmt: skip
    plot.legend(plot.left, 6, entries, across=HALF - 36)
    return plot.drawing
