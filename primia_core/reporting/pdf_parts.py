"""The pieces that a paper is set from: ReportLab's flowables, each of which says to a tagged canvas what it is."""

from collections.abc import Sequence
from io import BytesIO
from typing import Any

from reportlab.graphics import renderPDF
from reportlab.graphics.shapes import Drawing
from reportlab.lib.utils import ImageReader
from reportlab.platypus import Flowable, Paragraph
from reportlab.platypus import Table as Grid

from primia_core.reporting.pdf_tags import TaggedCanvas


class Words(Paragraph):  # type: ignore[misc]
    """A paragraph of one kind; its pieces on several pages are of the same."""

    kind = "P"

    def of(self, kind: str) -> "Words":
        """Return it as a heading, an item of a list or another kind."""
        self.kind = kind
        return self

    def split(self, wide: float, high: float) -> list["Words"]:
        """Break it between pages."""
        return [piece.of(self.kind) for piece in super().split(wide, high)]

    def draw(self) -> None:
        """Draw it as what it is."""
        with self.canv.drawing(self.kind):
            super().draw()


class Heading(Words):
    """A heading: a place to go to, and an entry of the outline."""

    def __init__(self, text: str, style: Any, *, depth: int, anchor: str, plain: str) -> None:
        super().__init__(text, style)
        self.kind = f"H{depth + 1}"
        self.depth, self.anchor, self.plain = depth, anchor, plain

    def draw(self) -> None:
        """Draw it, and let others find it."""
        self.canv.bookmarkHorizontal(self.anchor, 0, self.height + 6)
        self.canv.addOutlineEntry(self.plain, self.anchor, level=self.depth - 1, closed=self.depth == 1)
        super().draw()


class Drawn(Flowable):  # type: ignore[misc]
    """A figure, with what it shows in words."""

    def __init__(self, drawing: Drawing, told: str) -> None:
        super().__init__()
        self.drawing, self.told = drawing, told

    def wrap(self, *_: float) -> tuple[float, float]:
        """Return its size."""
        return self.drawing.width, self.drawing.height

    def draw(self) -> None:
        """Draw it as one thing."""
        with self.canv.drawing("Figure", told=self.told):
            renderPDF.draw(self.drawing, self.canv, 0, 0)


class Image(Flowable):  # type: ignore[misc]
    """A picture from the bytes of a PNG, as wide as asked for."""

    def __init__(self, png: bytes, told: str, *, wide: float) -> None:
        super().__init__()
        self.reader, self.told, self.wide = ImageReader(BytesIO(png)), told, wide

    def wrap(self, *_: float) -> tuple[float, float]:
        """Return its size, in its own shape."""
        across, down = self.reader.getSize()
        self.high = self.wide * down / across
        return self.wide, self.high

    def draw(self) -> None:
        """Draw it as one thing."""
        with self.canv.drawing("Figure", told=self.told):
            self.canv.drawImage(self.reader, 0, 0, self.wide, self.high)


class Rule(Flowable):  # type: ignore[misc]
    """A line across."""

    def __init__(self, colour: Any, *, thick: float = 0.6, after: float = 8) -> None:
        super().__init__()
        self.colour, self.thick, self.after = colour, thick, after

    def wrap(self, wide: float, _: float) -> tuple[float, float]:
        """Take the whole width."""
        self.wide = wide
        return wide, self.after

    def draw(self) -> None:
        """Draw it; it says nothing."""
        with self.canv.decoration():
            self.canv.setStrokeColor(self.colour)
            self.canv.setLineWidth(self.thick)
            self.canv.line(0, self.after, self.wide, self.after)


def grid(
    rows: Sequence[Sequence[Any]], widths: Sequence[float], style: Any, *, heads: int = 0, layout: bool = False
) -> Grid:
    """Return a table whose cells are cells to a screen reader; ``layout``: it only puts things beside each other."""
    told = None if layout else _Told()
    return Grid(
        [list(row) for row in rows], colWidths=list(widths), style=style, repeatRows=heads, renderCB=told, hAlign="LEFT"
    )


class _Told:
    """Follows a table while it is drawn."""

    def __call__(self, table: Grid, event: str, *args: Any) -> None:
        canvas: TaggedCanvas = table.canv
        match event:
            case "startTable":
                canvas.begin("Table")
            case "startRow":
                self.head = args[0] < table.repeatRows
                canvas.begin("TR")
            case "startCell":
                canvas.begin("TH" if self.head else "TD")
            case "endTable" | "endRow" | "endCell":
                canvas.end()
            case "startBG" | "startLines":
                canvas._code.append("/Artifact BMC")
            case "endBG" | "endLines":
                canvas._code.append("EMC")
