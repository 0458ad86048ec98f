"""A sheet with a horizontal and a vertical axis."""

from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise
from math import floor, log10

from primia_core.reporting.figures.sheet import SMALL, Dash, Sheet
from primia_core.reporting.palette import INK2, INK3, LINE, Tone
from primia_core.reporting.wording import decimal

Point = tuple[float, float]
Span = tuple[float, float]


class Plot(Sheet):
    """A frame in which data has places.

    Args:
        margins: left, right, top, bottom.
        x, y: what the frame shows of each axis.
    """

    def __init__(
        self,
        wide: float,
        high: float,
        *,
        x: Span,
        y: Span,
        margins: tuple[float, float, float, float] = (32, 8, 18, 30),
    ) -> None:
        super().__init__(wide, high)
        left, right, top, bottom = margins
        self.x, self.y = x, y
        self.left, self.right = left, wide - right
        self.bottom, self.top = bottom, high - top

    def at(self, x: float, y: float) -> Point:
        """Return where a datum is on the sheet."""
        across = (x - self.x[0]) / (self.x[1] - self.x[0])
        up = (y - self.y[0]) / (self.y[1] - self.y[0])
        return self.left + across * (self.right - self.left), self.bottom + up * (self.top - self.bottom)

    def x_axis(
        self, ticks: Sequence[float], title: str, *, write: Callable[[float], str] = lambda v: decimal(v, 1)
    ) -> None:
        """Draw lines upwards at ticks, with their values and a title below."""
        for tick in ticks:
            place, _ = self.at(tick, self.y[0])
            self.line(place, self.bottom, place, self.top, LINE)
            self.text(place, self.bottom - 10, write(tick), tone=INK3, anchor="middle")
        self.text((self.left + self.right) / 2, self.bottom - 21, title, tone=INK2, anchor="middle")

    def y_axis(
        self, ticks: Sequence[float], title: str, *, write: Callable[[float], str] = lambda v: decimal(v, 1)
    ) -> None:
        """Draw lines across at ticks, with their values beside and a title above."""
        for tick in ticks:
            _, place = self.at(self.x[0], tick)
            self.line(self.left, place, self.right, place, LINE)
            self.text(self.left - 5, place - SMALL * 0.35, write(tick), tone=INK3, anchor="end")
        self.text(0, self.high - SMALL, title, tone=INK2)

    def curve(self, points: Sequence[Point], tone: Tone, *, thick: float = 1.5, dash: Dash = None) -> None:
        """Draw a line through data, as far as the frame goes downwards."""
        for run in _above(points, self.y[0]):
            self.path([self.at(*point) for point in run], tone, thick=thick, dash=dash)


def ticks_of(low: float, high: float, *, about: int = 5) -> tuple[float, ...]:
    """Return round values from ``low`` to ``high``, in steps of 1, 2 or 5 times a power of ten."""
    rough = (high - low) / about
    magnitude = 10.0 ** floor(log10(rough))
    step = next(magnitude * factor for factor in (1, 2, 5, 10) if magnitude * factor >= rough * 0.999)
    first = round(low / step)
    first += first * step < low - step * 1e-9
    found = []
    while first * step <= high + step * 1e-9:
        found.append(round(first * step, 10))
        first += 1
    return tuple(found)


def decimals_of(ticks: Sequence[float]) -> int:
    """Return how many decimals tell ticks apart."""
    return next((places for places in range(6) if all(abs(round(tick, places) - tick) < 1e-9 for tick in ticks)), 6)


def _above(points: Sequence[Point], least: float) -> Iterator[list[Point]]:
    """Cut a line where it goes below; between two points it is straight."""
    run = [points[0]] if points and points[0][1] >= least else []
    for (x0, y0), (x1, y1) in pairwise(points):
        crossing = x0 + (x1 - x0) * (least - y0) / (y1 - y0) if (y0 < least) != (y1 < least) else x0
        if y1 >= least:
            run.extend([(crossing, least), (x1, y1)] if y0 < least else [(x1, y1)])
        elif run:
            yield [*run, (crossing, least)]
            run = []
    if len(run) > 1:
        yield run
