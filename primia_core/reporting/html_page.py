"""A report as one page of HTML that needs nothing else: no script, no file beside it, no network."""

from base64 import b64encode
from collections.abc import Iterator
from html import escape
from itertools import count
from typing import Final

from primia_core.reporting.html_style import style
from primia_core.reporting.svg import svg
from primia_core.reporting.tree import (
    Block,
    Bullets,
    Cell,
    Code,
    Document,
    Facts,
    Figure,
    Group,
    Mark,
    Numbered,
    Paragraph,
    Picture,
    See,
    Side,
    Table,
)

POLICY: Final = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; font-src data:; base-uri 'none'; form-action 'none'"
)
"""What the page may load: what it carries. It is in the page, so that it holds wherever the file is opened."""
_COLUMN: Final = '<col style="width:{}%">'
LONG_MARK: Final = 18


def html_of(document: Document) -> str:
    """Write the page."""
    return "".join(_Page(document).parts())


class _Page:
    """One page on its way; figures are numbered as they come."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self.figures = count(1)

    def parts(self) -> Iterator[str]:
        document = self.document
        yield '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        yield f'<meta http-equiv="Content-Security-Policy" content="{escape(POLICY)}">'
        yield '<meta name="viewport" content="width=device-width,initial-scale=1">'
        yield f'<meta name="primia-content-hash" content="{document.content_hash}">'
        yield f"<title>{escape(document.title)}</title><style>{style()}</style></head>"
        yield f'<body><div class="frame">{self._contents()}<main><header class="top"><h1>{escape(document.title)}</h1>'
        yield f"<p>{escape(document.subtitle)}</p><p>{escape(document.dated)}</p></header>"
        for entry in document.outline:
            yield self._section(entry)
        yield f'<footer>Content hash, SHA-256 of the inputs: <span class="hash">{document.content_hash}</span>. '
        yield "Equal inputs give this file again, byte by byte.</footer></main></div></body></html>\n"

    def _contents(self) -> str:
        items = []
        for entry in self.document.outline:
            if entry.depth == 1:
                inner = "".join(
                    f"<li>{_entry(below)}</li>"
                    for below in self.document.outline
                    if below.depth == 2 and below.number.startswith(f"{entry.number}.")
                )
                items.append(f"<li>{_entry(entry)}{f'<ol>{inner}</ol>' if inner else ''}</li>")
        return f'<nav aria-labelledby="contents"><h2 id="contents">Contents</h2><ol>{"".join(items)}</ol></nav>'

    def _section(self, entry: Numbered) -> str:
        level = entry.depth + 1
        heading = f'<span class="no">{entry.number}</span>{escape(entry.section.title)}'
        blocks = "".join(self._block(block) for block in entry.section.blocks)
        return f'<h{level} id="{entry.section.anchor}">{heading}</h{level}>{blocks}'

    def _block(self, block: Block) -> str:
        match block:
            case Paragraph(text, manner):
                return f"<p{'' if manner == 'body' else f' class={chr(34)}{manner}{chr(34)}'}>{escape(text)}</p>"
            case Bullets(items):
                return f"<ul>{''.join(f'<li>{escape(item)}</li>' for item in items)}</ul>"
            case Facts(rows):
                return (
                    f"<dl>{''.join(f'<dt>{escape(name)}</dt><dd>{self._cell(cell)}</dd>' for name, cell in rows)}</dl>"
                )
            case Table():
                return self._table(block)
            case Figure():
                return self._figure(block, "whole")
            case Side():
                return self._side(block)

    def _table(self, table: Table) -> str:
        heads = "".join(
            f'<th scope="col"{_right(column.align)}>{escape(column.title)}</th>' for column in table.columns
        )
        rows = "".join(self._row(table, row) for row in table.rows)
        note = f'<p class="tablenote">{escape(table.note)}</p>' if table.note else ""
        return (
            '<div class="table" tabindex="0" role="region" '
            f'aria-label="{escape(table.caption)}"><table><caption>{escape(table.caption)}</caption>'
            f"{_widths(table)}<thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table>{note}</div>"
        )

    def _row(self, table: Table, row: tuple[Cell, ...] | Group) -> str:
        if isinstance(row, Group):
            return f'<tr class="group"><th scope="rowgroup" colspan="{len(table.columns)}">{escape(row.text)}</th></tr>'
        pairs = zip(table.columns, row, strict=True)
        return f"<tr>{''.join(f'<td{_right(column.align)}>{self._cell(cell)}</td>' for column, cell in pairs)}</tr>"

    def _figure(self, figure: Figure, kind: str = "") -> str:
        number = next(self.figures)
        drawn = svg(figure.drawing, told=figure.told, identity=f"figure-{number}")
        held = f' class="{kind}"' if kind else ""
        return f"<figure{held}>{drawn}<figcaption>Figure {number}. {escape(figure.caption)}</figcaption></figure>"

    def _side(self, side: Side) -> str:
        if isinstance(side.things[0], Picture):
            shown = "".join(_picture(one) for one in side.things if isinstance(one, Picture))
            return f'<div class="trio">{shown}</div><p class="note">{escape(side.caption)}</p>'
        shown = "".join(self._figure(one) for one in side.things if isinstance(one, Figure))
        return f'<div class="side{" one" if len(side.things) == 1 else ""}">{shown}</div>'

    def _cell(self, cell: Cell) -> str:
        match cell:
            case Code(text):
                return f'<span class="hash">{escape(text)}</span>'
            case Mark(text, tone):
                return f'<span class="mark {tone}{" long" if len(text) > LONG_MARK else ""}">{escape(text)}</span>'
            case See(text, anchors):
                links = ", ".join(
                    f'<a href="#{anchor}">{number}</a>' for anchor, number in self.document.references(anchors)
                )
                there = f'<span class="see">Section {links}</span>' if links else ""
                return f"{escape(text)} {there}".strip()
            case str():
                return escape(cell)


def _entry(entry: Numbered) -> str:
    return (
        f'<a href="#{entry.section.anchor}"><span>{entry.number}</span><span>{escape(entry.section.title)}</span></a>'
    )


def _widths(table: Table) -> str:
    """Columns of words share the width as the table says; columns of numbers take what they need."""
    if any(column.align == "right" for column in table.columns):
        return ""
    total = sum(column.weight for column in table.columns)
    shares = (f"{100 * column.weight / total:.1f}" for column in table.columns)
    return f"<colgroup>{''.join(_COLUMN.format(share) for share in shares)}</colgroup>"


def _right(align: str) -> str:
    return ' class="r"' if align == "right" else ""


def _picture(picture: Picture) -> str:
    data = b64encode(picture.png).decode()
    return (
        f'<figure><img src="data:image/png;base64,{data}" alt="{escape(picture.told)}">'
        f"<figcaption>{escape(picture.caption)}</figcaption></figure>"
    )
