"""A ReportLab drawing as SVG for a page: colours by the names of their tones, so that they follow light and dark.

ReportLab's own renderer fixes colours and fonts and numbers its clips; this one writes the few shapes that our figures
are made of, and refuses others.
"""

from collections.abc import Callable, Iterator, Sequence
from html import escape
from typing import Any, Final

from reportlab.graphics.shapes import Circle, Drawing, Group, Line, Polygon, PolyLine, Rect, String

from primia_core.reporting.errors import DrawingError
from primia_core.reporting.fonts import BOLD
from primia_core.reporting.palette import tone_of


def svg(drawing: Drawing, *, told: str, identity: str) -> str:
    """Write a drawing.

    Args:
        told: what it shows, in words.
        identity: unique on the page.
    Raises:
        DrawingError: a shape or a colour that is not ours.
    """
    shapes = "".join(_shapes(drawing.contents, drawing.height))
    return (
        f'<svg viewBox="0 0 {_n(drawing.width)} {_n(drawing.height)}" role="img" aria-labelledby="{identity}" '
        f'xmlns="http://www.w3.org/2000/svg"><title id="{identity}">{escape(told)}</title>{shapes}</svg>'
    )


def _shapes(contents: Sequence[Any], height: float) -> Iterator[str]:
    for shape in contents:
        if isinstance(shape, Group):
            yield f"<g>{''.join(_shapes(shape.contents, height))}</g>"
            continue
        writer = _WRITERS.get(type(shape))
        if writer is None:
            raise DrawingError(f"a {type(shape).__name__} cannot be written as SVG; use {_known()}")
        yield writer(shape, height)


def _line(shape: Line, height: float) -> str:
    ends = f'x1="{_n(shape.x1)}" y1="{_n(height - shape.y1)}" x2="{_n(shape.x2)}" y2="{_n(height - shape.y2)}"'
    return f"<line {ends}{_stroke(shape)}/>"


def _polyline(shape: PolyLine, height: float) -> str:
    return f'<polyline points="{_points(shape.points, height)}" fill="none"{_stroke(shape)}/>'


def _polygon(shape: Polygon, height: float) -> str:
    return f'<polygon points="{_points(shape.points, height)}"{_fill(shape)}{_stroke(shape)}/>'


def _rect(shape: Rect, height: float) -> str:
    box = f'x="{_n(shape.x)}" y="{_n(height - shape.y - shape.height)}" width="{_n(shape.width)}"'
    round_ = f' rx="{_n(shape.rx)}"' if shape.rx else ""
    return f'<rect {box} height="{_n(shape.height)}"{round_}{_fill(shape)}{_stroke(shape)}/>'


def _circle(shape: Circle, height: float) -> str:
    place = f'cx="{_n(shape.cx)}" cy="{_n(height - shape.cy)}" r="{_n(shape.r)}"'
    return f"<circle {place}{_fill(shape)}{_stroke(shape)}/>"


def _string(shape: String, height: float) -> str:
    anchor = "" if shape.textAnchor == "start" else f' text-anchor="{shape.textAnchor}"'
    weight = ' font-weight="600"' if shape.fontName == BOLD else ""
    place = f'x="{_n(shape.x)}" y="{_n(height - shape.y)}" font-size="{_n(shape.fontSize)}"{anchor}{weight}'
    return f'<text {place} fill="{tone_of(shape.fillColor).css}">{escape(shape.text)}</text>'


_WRITERS: Final[dict[type, Callable[[Any, float], str]]] = {
    Line: _line, PolyLine: _polyline, Polygon: _polygon, Rect: _rect, Circle: _circle, String: _string,
}  # fmt: skip


def _known() -> str:
    return ", ".join(kind.__name__ for kind in _WRITERS)


def _points(flat: Sequence[float], height: float) -> str:
    pairs = zip(flat[::2], flat[1::2], strict=True)
    return " ".join(f"{_n(x)},{_n(height - y)}" for x, y in pairs)


def _fill(shape: Any) -> str:
    return ' fill="none"' if shape.fillColor is None else f' fill="{tone_of(shape.fillColor).css}"'


def _stroke(shape: Any) -> str:
    if shape.strokeColor is None or not shape.strokeWidth:
        return ""
    dashes = f' stroke-dasharray="{" ".join(_n(d) for d in shape.strokeDashArray)}"' if shape.strokeDashArray else ""
    joined = ' stroke-linejoin="round"' if isinstance(shape, PolyLine) else ""
    return f' stroke="{tone_of(shape.strokeColor).css}" stroke-width="{_n(shape.strokeWidth)}"{dashes}{joined}'


def _n(value: float) -> str:
    """Write a coordinate to a hundredth, without zeros that say nothing."""
    written = f"{value:.2f}".rstrip("0").rstrip(".")
    return "0" if written == "-0" else written
