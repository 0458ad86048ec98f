"""A report as a tree of plain things: sections that hold paragraphs, facts, tables and figures.

It knows nothing of HTML or PDF; each of them walks the tree. Text is text: nothing in it is markup.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Literal

from reportlab.graphics.shapes import Drawing

from primia_core.reporting.wording import moment

Manner = Literal["body", "lead", "note", "warning"]


@dataclass(frozen=True)
class See:
    """A cell that ends with references to sections, by their anchors."""

    text: str
    anchors: tuple[str, ...] = ()


@dataclass(frozen=True)
class Mark:
    """A cell that is a verdict: said in a word, and coloured."""

    text: str
    tone: Literal["ok", "warn", "bad", "quiet"]


@dataclass(frozen=True)
class Code:
    """A cell for machines: a hash, a name of a field."""

    text: str


Cell = str | See | Mark | Code


@dataclass(frozen=True)
class Paragraph:
    """Some sentences."""

    text: str
    manner: Manner = "body"


@dataclass(frozen=True)
class Bullets:
    """Things that have no order among each other."""

    items: tuple[str, ...]


@dataclass(frozen=True)
class Facts:
    """Names with what they are."""

    rows: tuple[tuple[str, Cell], ...]


@dataclass(frozen=True)
class Column:
    """A column: its heading, how it lines up, and its share of the width."""

    title: str
    align: Literal["left", "right"] = "left"
    weight: float = 1.0


@dataclass(frozen=True)
class Group:
    """A row that names the rows below it."""

    text: str


@dataclass(frozen=True)
class Table:
    """Rows under headings."""

    caption: str
    columns: tuple[Column, ...]
    rows: "tuple[tuple[Cell, ...] | Group, ...]"
    note: str = ""


@dataclass(frozen=True)
class Figure:
    """A drawing.

    Attributes:
        caption: what it shows.
        told: the same in words with its numbers, for those who cannot see it.
    """

    caption: str
    told: str
    drawing: Drawing = field(repr=False, compare=False)


@dataclass(frozen=True)
class Picture:
    """An image, as the bytes of a PNG."""

    caption: str
    told: str
    png: bytes = field(repr=False)


@dataclass(frozen=True)
class Side:
    """Figures or pictures beside each other, as far as there is room."""

    things: tuple[Figure, ...] | tuple[Picture, ...]
    caption: str = ""


Block = Paragraph | Bullets | Facts | Table | Figure | Side


@dataclass(frozen=True)
class Section:
    """A heading with what stands under it. ``anchor`` is its name for references, unique in a report."""

    anchor: str
    title: str
    blocks: tuple[Block, ...] = ()
    sections: "tuple[Section, ...]" = ()


@dataclass(frozen=True)
class Numbered:
    """A section with its place, e.g. ``4.2`` at depth 2."""

    number: str
    depth: int
    section: Section


@dataclass(frozen=True)
class Document:
    """A whole report.

    Attributes:
        dated_at: the latest date of its inputs, in UTC; ``None`` where they give none.
        content_hash: SHA-256 of its inputs.
    """

    title: str
    subtitle: str
    dated_at: datetime | None
    content_hash: str
    sections: tuple[Section, ...]

    @property
    def dated(self) -> str:
        """Return its date in words."""
        return "undated: the inputs give no date" if self.dated_at is None else moment(self.dated_at)

    @cached_property
    def outline(self) -> tuple[Numbered, ...]:
        """Return every section in order, numbered."""
        return tuple(_numbered(self.sections, prefix="", depth=1))

    @cached_property
    def numbers(self) -> Mapping[str, str]:
        """Return the number of each anchor."""
        return {entry.section.anchor: entry.number for entry in self.outline}

    def references(self, anchors: Sequence[str]) -> list[tuple[str, str]]:
        """Return (anchor, number) of the sections among them that this report has."""
        return [(anchor, self.numbers[anchor]) for anchor in anchors if anchor in self.numbers]


def _numbered(sections: Sequence[Section], *, prefix: str, depth: int) -> Iterator[Numbered]:
    for place, section in enumerate(sections, 1):
        number = f"{prefix}{place}"
        yield Numbered(number, depth, section)
        yield from _numbered(section.sections, prefix=f"{number}.", depth=depth + 1)
