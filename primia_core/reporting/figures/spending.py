"""What each site has spent of its privacy budget for a study, and how much of that this model cost."""

from collections.abc import Sequence
from dataclasses import dataclass

from reportlab.graphics.shapes import Drawing

from primia_core.reporting.figures.plot import Plot, decimals_of, ticks_of
from primia_core.reporting.figures.sheet import SMALL, WHOLE, shortened
from primia_core.reporting.palette import ACCENT, BAD, BAND, INK, INK3
from primia_core.reporting.wording import decimal

ROW = 18.0
LABELS, FIGURES = 150.0, 120.0


@dataclass(frozen=True)
class Account:
    """One site's account for one study; ``before`` is what was spent when this job had not yet begun."""

    label: str
    before: float
    after: float
    budget: float | None


def spending(accounts: Sequence[Account]) -> Drawing:
    """Draw a bar for each account, and its budget as an upright line."""
    most = max(max(one.after, one.budget or 0.0) for one in accounts)
    plot = Plot(
        WHOLE, 22 + ROW * len(accounts) + 38, x=(0, most * 1.05), y=(0, 1), margins=(LABELS, FIGURES + 8, 22, 38)
    )
    ticks = ticks_of(0, most * 1.05, about=4)
    plot.x_axis(ticks, "epsilon, cumulative", write=lambda v: decimal(v, decimals_of(ticks)))
    plot.text(WHOLE, plot.top + 8, "spent of budget", tone=INK3, anchor="end")
    for place, one in enumerate(accounts):
        y = plot.top - ROW * (place + 0.5)
        base = y - SMALL * 0.35
        plot.text(0, base, shortened(one.label, room=LABELS - 10), tone=INK)
        start, before, after = (plot.at(value, 0)[0] for value in (0.0, one.before, one.after))
        plot.box(start, y - 4.5, before - start, 9, BAND, edge=ACCENT)
        plot.box(before, y - 4.5, max(after - before, 0.5), 9, ACCENT)
        limit = ", no budget" if one.budget is None else f" of {decimal(one.budget, 2)}"
        plot.text(WHOLE, base, f"{decimal(one.after, 2)}{limit}", tone=INK, anchor="end")
        if one.budget is not None:
            x, _ = plot.at(one.budget, 0)
            plot.line(x, y - 7, x, y + 7, BAD, thick=1.6)
    plot.text(
        (plot.left + plot.right) / 2, 4, "pale: before this model; full: this model; upright line: the budget",
        tone=INK3, anchor="middle",
    )  # fmt: skip
    return plot.drawing
