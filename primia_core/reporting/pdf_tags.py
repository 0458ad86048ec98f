"""A canvas that says what it draws, headings, cells, figures with words for them, so that a screen reader can follow.

ReportLab draws; the structure tree of PDF 1.7, section 14.8, is written here.
"""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from reportlab.pdfbase.pdfdoc import PDFArray, PDFDictionary, PDFName, PDFObjectReference, PDFPage, PDFString
from reportlab.pdfgen.canvas import Canvas


@dataclass
class _Element:
    """A node of the structure tree. ``kids`` are nodes, or (page, number) of what was drawn."""

    kind: str
    told: str = ""
    kids: "list[_Element | tuple[int, int]]" = field(default_factory=list)


@dataclass(frozen=True)
class Stamp:
    """When a paper says that it was made, in the shape that ReportLab asks for: year to second, in UTC."""

    YMDhms: tuple[int, int, int, int, int, int]
    dhh: int = 0
    dmm: int = 0


class TaggedCanvas(Canvas):  # type: ignore[misc]
    """ReportLab's canvas with a structure tree, and with neither clock nor chance in what it writes."""

    def __init__(self, *args: Any, stamp: Stamp, identity: str, **kwargs: Any) -> None:
        super().__init__(*args, **{**kwargs, "invariant": 1, "pageCompression": 1, "lang": "en"})
        self._doc._timeStamp = stamp  # ReportLab's own would follow the environment
        self._doc.signature = hashlib.md5(identity.encode(), usedforsecurity=False)
        self.setViewerPreference("DisplayDocTitle", "true")
        self._root = _Element("Document")
        self._open = [self._root]
        self._drawn: list[list[_Element]] = [[]]

    @contextmanager
    def within(self, kind: str) -> Iterator[None]:
        """Put what is drawn meanwhile into one element."""
        self.begin(kind)
        yield
        self.end()

    def begin(self, kind: str) -> None:
        """Open an element."""
        element = _Element(kind)
        self._open[-1].kids.append(element)
        self._open.append(element)

    def end(self) -> None:
        """Close the element that was opened last."""
        self._open.pop()

    @contextmanager
    def drawing(self, kind: str, *, told: str = "") -> Iterator[None]:
        """Say that what is drawn meanwhile is one element; ``told`` is what it shows, in words."""
        here = self._drawn[-1]
        element = _Element(kind, told, [(len(self._drawn) - 1, len(here))])
        self._open[-1].kids.append(element)
        self._code.append(f"/{kind} <</MCID {len(here)}>> BDC")
        here.append(element)
        yield
        self._code.append("EMC")

    @contextmanager
    def decoration(self) -> Iterator[None]:
        """Say that what is drawn meanwhile says nothing: rules, colours, what is on every page."""
        self._code.append("/Artifact BMC")
        yield
        self._code.append("EMC")

    def showPage(self) -> None:  # noqa: N802 - ReportLab's name
        """End a page, and note which of its contents belong where."""
        super().showPage()
        page = self._doc.Pages.pages[-1]
        page.__NoDefault__ = [*PDFPage.__NoDefault__, "StructParents", "Tabs"]
        page.StructParents, page.Tabs = len(self._drawn) - 1, PDFName("S")
        self._drawn.append([])

    def save(self) -> None:
        """Write the structure tree, then the file."""
        if self._code:
            self.showPage()
        document = self._doc
        names: dict[int, str] = {}
        self._write(self._root, "StructRoot", names)
        numbers: list[object] = []
        for page, elements in enumerate(self._drawn):
            if elements:
                numbers += [page, PDFArray([PDFObjectReference(names[id(one)]) for one in elements])]
        tree = document.Reference(PDFDictionary({"Nums": PDFArray(numbers)}), "StructNumbers")
        root = {
            "Type": PDFName("StructTreeRoot"), "K": PDFObjectReference(names[id(self._root)]), "ParentTree": tree,
            "ParentTreeNextKey": len(self._drawn),
        }  # fmt: skip
        document.Catalog.StructTreeRoot = document.Reference(PDFDictionary(root), "StructRoot")
        document.Catalog.MarkInfo = PDFDictionary({"Marked": "true"})
        super().save()

    def _write(self, element: _Element, parent: str, names: dict[int, str]) -> None:
        name = names[id(element)] = f"Struct{len(names)}"
        kids: list[object] = []
        page: int | None = None
        for kid in element.kids:
            if isinstance(kid, _Element):
                self._write(kid, name, names)
                kids.append(PDFObjectReference(names[id(kid)]))
            else:
                page, number = kid
                kids.append(number)
        entries: dict[str, object] = {
            "Type": PDFName("StructElem"),
            "S": PDFName(element.kind),
            "P": PDFObjectReference(parent),
            "K": PDFArray(kids),
        }
        if page is not None:
            entries["Pg"] = PDFObjectReference(f"Page{page + 1}")
        if element.told:
            entries["Alt"] = PDFString(element.told)
        if element.kind == "TH":
            entries["A"] = PDFDictionary({"O": PDFName("Table"), "Scope": PDFName("Column")})
        self._doc.Reference(PDFDictionary(entries), name)
