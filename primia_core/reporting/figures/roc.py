"""The ROC curves of all classes, with their areas."""

from reportlab.graphics.shapes import Drawing

from primia_core.evaluation.document import ClassEvaluation
from primia_core.reporting.figures.plot import Plot
from primia_core.reporting.figures.sheet import HALF, legend_rows
from primia_core.reporting.palette import INK3, series
from primia_core.reporting.wording import decimal

TICKS = (0.0, 0.25, 0.5, 0.75, 1.0)


def roc(classes: tuple[ClassEvaluation, ...]) -> Drawing:
    """Draw a curve for each class that has one; the diagonal is a coin."""
    names = [f"{one.name}, area {decimal(one.auc.value)}" for one in classes]
    below = 11.0 * legend_rows(names, across=HALF - 32)
    plot = Plot(HALF, HALF + below, x=(0, 1), y=(0, 1), margins=(32, 8, 18, 32 + below))
    plot.y_axis(TICKS, "sensitivity", write=lambda v: decimal(v, 2))
    plot.x_axis(TICKS, "1 − specificity", write=lambda v: decimal(v, 2))
    plot.curve([(0, 0), (1, 1)], INK3, thick=0.8, dash=(2, 2))
    entries = []
    for place, (name, one) in enumerate(zip(names, classes, strict=True)):
        tone, dash = series(place)
        if one.roc is not None:
            plot.curve(list(zip(one.roc.fpr, one.roc.tpr, strict=True)), tone, dash=dash)
        entries.append((name, tone, dash))
    plot.legend(32, below - 8, entries, across=HALF - 32)
    return plot.drawing
