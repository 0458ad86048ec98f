"""A report as a PDF: contents with page numbers, an outline, embedded type, tags, and no clock."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from functools import partial
from html import escape
from io import BytesIO
from itertools import count
from typing import Any, Final

from reportlab.platypus import BaseDocTemplate, CondPageBreak, Frame, KeepTogether, PageTemplate, Spacer

from primia_core.reporting.figures.sheet import HALF, WHOLE
from primia_core.reporting.fonts import REGULAR, missing, ready, shown
from primia_core.reporting.palette import INK, INK3, LINE
from primia_core.reporting.pdf_parts import Drawn, Heading, Image, Rule, Words, grid
from primia_core.reporting.pdf_style import (
    BARE,
    BOTTOM,
    LINES,
    LINK,
    MARGIN,
    PAGE,
    ROOM_FOR,
    ROOM_FOR_TABLE,
    STYLES,
    TONES,
    TOP,
    UNDER_HEADS,
)
from primia_core.reporting.pdf_tags import Stamp, TaggedCanvas
from primia_core.reporting.tree import (
    Block,
    Bullets,
    Cell,
    Code,
    Column,
    Document,
    Facts,
    Figure,
    Group,
    Mark,
    Paragraph,
    Picture,
    See,
    Side,
    Table,
)
from primia_core.reporting.wording import plural

PASSES: Final = 4
"""The contents need page numbers, which need the contents; they settle at the second pass."""
NO_DATE: Final = (2000, 1, 1, 0, 0, 0)
PICTURE: Final = 110.0


def pdf_of(document: Document) -> bytes:
    """Write the paper."""
    ready()
    pages: Mapping[str, int] = {}
    for _ in range(PASSES):
        paper = _Paper(document, pages)
        written = paper.written()
        if paper.pages == pages:
            break
        pages = paper.pages
    return written


class _Paper(BaseDocTemplate):  # type: ignore[misc]
    """One pass: ``pages`` are those of the anchors in the pass before, and ``last`` under the key of nothing."""

    def __init__(self, document: Document, known: Mapping[str, int]) -> None:
        self.document, self.known = document, known
        self.pages: dict[str, int] = {}
        self.file = BytesIO()
        super().__init__(
            self.file, pagesize=PAGE, leftMargin=MARGIN, rightMargin=MARGIN, topMargin=TOP, bottomMargin=BOTTOM,
            title=shown(document.title), author="PriMIA", subject=shown(document.subtitle),
            keywords=f"content hash {document.content_hash}", creator="PriMIA",
        )  # fmt: skip
        frame = Frame(MARGIN, BOTTOM, WHOLE, PAGE[1] - TOP - BOTTOM, 0, 0, 0, 0)
        self.addPageTemplates(PageTemplate("page", [frame], onPageEnd=self._furniture))

    def written(self) -> bytes:
        """Set all pages."""
        identity = self.document.content_hash
        self.build(list(_Story(self.document, self.known).flow()), canvasmaker=partial(
            TaggedCanvas, stamp=_stamp(self.document.dated_at), identity=identity
        ))  # fmt: skip
        self.pages[""] = self.page
        return self.file.getvalue()

    def afterFlowable(self, flowable: Any) -> None:  # noqa: N802 - ReportLab's name
        """Note on which page a section begins."""
        if isinstance(flowable, Heading):
            self.pages[flowable.anchor] = self.page

    def _furniture(self, canvas: TaggedCanvas, _: object) -> None:
        with canvas.decoration():
            canvas.saveState()
            canvas.setFont(REGULAR, 7.2)
            canvas.setFillColor(INK3.paper)
            if self.page > 1:
                canvas.drawString(MARGIN, PAGE[1] - 36, shown(self.document.title))
            canvas.drawString(MARGIN, 32, f"content hash {self.document.content_hash}")
            of = f" of {self.known['']}" if "" in self.known else ""
            canvas.drawRightString(PAGE[0] - MARGIN, 32, f"page {self.page}{of}")
            canvas.restoreState()


class _Story:
    """The flow of one pass; flowables are used up by it."""

    def __init__(self, document: Document, pages: Mapping[str, int]) -> None:
        self.document, self.pages = document, pages
        self.figures = count(1)
        self.missing = 0

    def flow(self) -> Iterator[Any]:
        """Yield everything from the title to the end."""
        document = self.document
        yield self._words(document.title, "title", kind="H1")
        yield self._words(document.subtitle, "subtitle")
        yield self._words(document.dated, "subtitle")
        yield Rule(INK.paper, thick=1.4, after=2)
        yield Spacer(0, 12)
        yield self._contents()
        for entry in document.outline:
            yield CondPageBreak(ROOM_FOR[min(entry.depth, 3)])
            if entry.depth == 1:
                yield Spacer(0, 10)
                yield Rule(LINE.paper)
            text = f'<font color="{INK3.light}">{entry.number}</font>&nbsp;&nbsp;{self._text(entry.section.title)}'
            plain = f"{entry.number} {shown(entry.section.title)}"
            yield Heading(
                text, STYLES[f"h{min(entry.depth, 3)}"], depth=entry.depth, anchor=entry.section.anchor, plain=plain
            )
            for block in entry.section.blocks:
                yield from self._block(block)
        if self.missing:
            letters = plural(self.missing, "character")
            yield self._words(
                f"{letters} of names are outside the embedded typeface and are shown as empty boxes here; the "
                "HTML and JSON forms have them.",
                "note",
            )

    def _contents(self) -> Any:
        rows = []
        for entry in self.document.outline:
            if entry.depth > 1:
                continue
            title = f'<a href="#{entry.section.anchor}">{self._text(entry.section.title)}</a>'
            page = str(self.pages.get(entry.section.anchor, ""))
            rows.append(
                [
                    Words(entry.number, STYLES["contents"]),
                    Words(title, STYLES["contents"]),
                    Words(page, STYLES["contents-right"]),
                ]
            )
        return grid(rows, (26, WHOLE - 66, 40), [*BARE, ("BOTTOMPADDING", (0, 0), (-1, -1), 3)])

    def _block(self, block: Block) -> Iterator[Any]:
        match block:
            case Paragraph(text, manner):
                yield self._words(text, manner)
            case Bullets(items):
                yield from (Words(self._text(item), STYLES["item"], bulletText="•").of("LI") for item in items)
                yield Spacer(0, 5)
            case Facts(rows):
                cells = [[self._words(name, "fact"), self._cell(value, "value")] for name, value in rows]
                yield grid(cells, (WHOLE * 0.32, WHOLE * 0.68), LINES)
                yield Spacer(0, 8)
            case Table():
                yield from self._table(block)
            case Figure():
                yield KeepTogether([Spacer(0, 4), *self._figure(block)])
            case Side():
                yield from self._side(block)

    def _table(self, table: Table) -> Iterator[Any]:
        yield CondPageBreak(ROOM_FOR_TABLE)
        yield self._words(table.caption, "table")
        total = sum(column.weight for column in table.columns)
        widths = [WHOLE * column.weight / total for column in table.columns]
        heads = [self._words(column.title, _aligned("head", column)) for column in table.columns]
        style: list[Any] = [*LINES, UNDER_HEADS]
        rows: list[list[Any]] = [heads]
        for row in table.rows:
            if isinstance(row, Group):
                place = len(rows)
                style += [
                    ("SPAN", (0, place), (-1, place)),
                    ("TOPPADDING", (0, place), (-1, place), 8),
                    ("NOSPLIT", (0, place), (-1, place + 1)),
                ]
                rows.append([self._words(row.text, "group"), *[""] * (len(widths) - 1)])
            else:
                rows.append(
                    [
                        self._cell(cell, _aligned("cell", column))
                        for column, cell in zip(table.columns, row, strict=True)
                    ]
                )
        yield grid(rows, widths, style, heads=1)
        if table.note:
            yield Spacer(0, 4)
            yield self._words(table.note, "note")
        yield Spacer(0, 6)

    def _figure(self, figure: Figure) -> list[Any]:
        caption = f"Figure {next(self.figures)}. {figure.caption}"
        return [Drawn(figure.drawing, figure.told), self._words(caption, "caption", kind="Caption")]

    def _side(self, side: Side) -> Iterator[Any]:
        if isinstance(side.things[0], Picture):
            pictures = [one for one in side.things if isinstance(one, Picture)]
            cells = [
                [Image(one.png, one.told, wide=PICTURE), self._words(one.caption, "caption", kind="Caption")]
                for one in pictures
            ]
            row = grid([cells], [PICTURE + 12] * len(cells), BARE, layout=True)
            yield KeepTogether([row, self._words(side.caption, "note")])
            return
        figures = [one for one in side.things if isinstance(one, Figure)]
        for start in range(0, len(figures), 2):
            pair = [self._figure(one) for one in figures[start : start + 2]]
            row = [pair[0], "", pair[1] if len(pair) > 1 else ""]
            yield grid([row], (HALF, WHOLE - 2 * HALF, HALF), BARE, layout=True)
            yield Spacer(0, 4)

    def _cell(self, cell: Cell, style: str) -> Words:
        match cell:
            case Code(text):
                return Words(f'<font size="{STYLES[style].fontSize - 0.9}">{self._text(text)}</font>', STYLES[style])
            case Mark(text, tone):
                return Words(f'<font color="{TONES[tone].light}"><b>{self._text(text)}</b></font>', STYLES[style])
            case See(text, anchors):
                links = ", ".join(
                    f'<a href="#{anchor}" color="{LINK}">{number}</a>'
                    for anchor, number in self.document.references(anchors)
                )
                there = f"Section&nbsp;{links}" if links else ""
                return Words(f"{self._text(text)} {there}".strip(), STYLES[style])
            case str():
                return self._words(cell, style)

    def _words(self, text: str, style: str, *, kind: str = "P") -> Words:
        return Words(self._text(text), STYLES[style]).of(kind)

    def _text(self, text: str) -> str:
        self.missing += missing(text)
        return escape(shown(text), quote=False)


def _aligned(style: str, column: Column) -> str:
    return f"{style}-right" if column.align == "right" else style


def _stamp(moment: datetime | None) -> Stamp:
    if moment is None:
        return Stamp(NO_DATE)
    return Stamp((moment.year, moment.month, moment.day, moment.hour, moment.minute, moment.second))
