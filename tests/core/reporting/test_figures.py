"""Figures: drawn once, the same on page and paper."""

import xml.etree.ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st
from reportlab.graphics.shapes import Drawing, Ellipse, Line, Rect
from reportlab.lib.colors import HexColor

from primia_core.reporting.errors import DrawingError
from primia_core.reporting.figures.confusion import confusion
from primia_core.reporting.figures.plot import Plot, ticks_of
from primia_core.reporting.palette import ACCENT, BAD, CARD, INK, INK2, INK3, OK, TONES, WARN
from primia_core.reporting.report import report_of
from primia_core.reporting.svg import svg
from primia_core.reporting.tree import Figure, Side
from tests.core.reporting.whole import whole

parsed = ET.fromstring
SVG = "{http://www.w3.org/2000/svg}"


def figures():
    for entry in report_of(whole()).outline:
        for block in entry.section.blocks:
            if isinstance(block, Figure):
                yield block
            elif isinstance(block, Side):
                yield from (one for one in block.things if isinstance(one, Figure))


@pytest.mark.parametrize("figure", list(figures()), ids=lambda figure: figure.caption[:30])
def test_every_figure_stays_on_its_sheet_and_follows_the_colour_scheme(figure):
    written = svg(figure.drawing, told=figure.told, identity="f")
    root = parsed(written)
    wide, high = figure.drawing.width, figure.drawing.height
    assert "#" not in written.replace("&#", "")
    for line in root.iter(f"{SVG}line"):
        assert -0.6 <= float(line.get("x1")) <= wide + 0.6
        assert -0.6 <= float(line.get("y2")) <= high + 0.6
    for text in root.iter(f"{SVG}text"):
        assert -1 <= float(text.get("x")) <= wide + 1
        assert 0 <= float(text.get("y")) <= high + 2
    assert any(word in figure.told for word in ("0.", "of", "right"))


def test_up_in_a_drawing_is_up_on_the_page():
    drawing = Drawing(100, 50)
    drawing.add(Line(0, 10, 100, 40, strokeColor=ACCENT.paper))
    line = parsed(svg(drawing, told="a rise", identity="f")).find(f"{SVG}line")
    assert (line.get("y1"), line.get("y2")) == ("40", "10")


def test_colours_and_shapes_that_are_not_ours_are_refused():
    for shape in (Rect(0, 0, 1, 1, fillColor=HexColor("#123456")), Ellipse(1, 1, 1, 1, fillColor=ACCENT.paper)):
        drawing = Drawing(10, 10)
        drawing.add(shape)
        with pytest.raises(DrawingError):
            svg(drawing, told="", identity="f")


def test_confusion_matrix_shows_every_count():
    written = svg(confusion(("a", "b"), ((3, 1), (0, 17))), told="", identity="f")
    texts = [text.text for text in parsed(written).iter(f"{SVG}text")]
    assert {"3", "1", "0", "17"} <= set(texts)


def test_curve_is_cut_where_it_leaves_the_frame():
    plot = Plot(100, 100, x=(0, 1), y=(0, 1), margins=(0, 0, 0, 0))
    plot.curve([(0, 0.5), (0.5, -0.5), (1, 0.5)], INK)
    assert [line.points for line in plot.drawing.contents] == [[0, 50, 25, 0], [75, 0, 100, 50]]


@given(st.floats(-1e3, 1e3), st.floats(1e-3, 1e3))
def test_ticks_are_round_and_inside(low, wide):
    ticks = ticks_of(low, low + wide)
    assert 2 <= len(ticks) <= 8
    assert all(low - wide * 1e-6 <= tick <= low + wide * (1 + 1e-6) for tick in ticks)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("tone", [INK, INK2, INK3, ACCENT, OK, WARN, BAD], ids=lambda tone: tone.name)
def test_words_can_be_read_on_both_papers(tone, scheme):
    light, dark = sorted((luminance(getattr(tone, scheme)), luminance(getattr(CARD, scheme))), reverse=True)
    assert (light + 0.05) / (dark + 0.05) >= 4.5


def test_no_two_tones_are_drawn_alike():
    assert len({tone.light for tone in TONES}) == len(TONES) == len({tone.name for tone in TONES})


def luminance(colour: str) -> float:
    """Return WCAG's relative luminance."""
    channels = (int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5))
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
