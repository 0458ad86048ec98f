"""Reading a correlation file without copies: mapped from the disk, or loaded into memory ahead of the online phase.

Knows the format and not the stock: whether a set may still be used is not its question.
"""

import mmap
import struct
from pathlib import Path
from typing import Any, Final, Self

import numpy as np
from numpy.typing import NDArray

from primia_core.mpc.errors import CorrelationError, StockCorrupt
from primia_core.mpc.steps import Buffer
from primia_core.mpc.stock.header import ALIGNMENT, PREFIX, opening_bytes, parse, read_opening
from primia_core.mpc.stock.integrity import CHUNK_BYTES, FileTag
from primia_core.mpc.stock.writer import END, TRAILER, TYPES, Section, Table

HUGE_PAGE: Final = 1 << 21


class CorrelationFile:
    """One party's half of one correlation set.

    Attributes:
        header: what it says about itself.
        seed: of the party; secret.
        size_bytes: of the whole file.

    Security: everything but the header is secret from the other party; ``repr`` shows the header only.
    """

    def __init__(self, content: Buffer, name: str = "a correlation set in memory") -> None:
        self._name = name
        self._bytes = memoryview(content).cast("B").toreadonly()
        self.size_bytes = self._bytes.nbytes
        self._opening = bytes(self._bytes[: opening_bytes(bytes(self._bytes[: PREFIX.size]))])
        self.header, self.seed = read_opening(self._opening)
        self._table_at, self._tag, table = self._read_trailer()
        self._sections = {(section.operation, section.name): section for section in table.sections}
        self._check_places(table)

    @classmethod
    def open(cls, path: Path) -> Self:
        """Map a file; its pages are read when they are looked at.

        Raises:
            StockCorrupt: it is truncated, or not a correlation file of this version.
        Cost: the header and the table; ``verify`` reads the rest.
        """
        with path.open("rb") as file:
            try:
                mapped = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
            except ValueError as error:
                raise StockCorrupt(f"{path.name} is empty; discard it and fetch it again") from error
        return cls(mapped, path.name)  # type: ignore[arg-type]

    def load(self, *, verify: bool = True) -> Self:
        """Read everything into page-aligned memory, so that the online phase waits for no disk.

        Args:
            verify: compare the tag on the way, at the speed of memory.
        Raises:
            StockCorrupt: the tag does not match.
        """
        target = _pages(self.size_bytes)
        tag = FileTag(self.seed, self._opening) if verify else None
        end = self._table_end
        for start in range(0, self.size_bytes, CHUNK_BYTES):
            part = slice(start, min(start + CHUNK_BYTES, self.size_bytes))
            target[part] = self._bytes[part]
            if tag is not None:
                tag.update(target[start : max(start, min(part.stop, end))])
        if tag is not None:
            self._finish(tag)
        return type(self)(target, self._name)

    def verify(self) -> None:
        """Read everything once. Raises ``StockCorrupt`` unless it is what the dealer wrote."""
        tag = FileTag(self.seed, self._opening)
        tag.update(self._bytes[: self._table_end])
        self._finish(tag)

    def section(self, operation: int, name: str) -> NDArray[Any]:
        """Return an array of an operation: a read-only view at a multiple of 64 bytes.

        Raises:
            CorrelationError: the dealer wrote no such array, so the set was dealt for another program.
        """
        section = self._sections.get((operation, name))
        if section is None:
            has = sorted(known for index, known in self._sections if index == operation)
            raise CorrelationError(
                f"operation {operation} of {self._name} has no section {name!r}, only {has}; "
                "dealer and party must run the same program and release"
            )
        part = self._bytes[section.offset : section.offset + section.length]
        return np.frombuffer(part, TYPES[section.dtype]).reshape(section.shape)

    @property
    def sections(self) -> tuple[Section, ...]:
        """Return what is where, in the order of the bytes."""
        return tuple(self._sections.values())

    def __repr__(self) -> str:
        """Show the public half only."""
        return f"CorrelationFile({self.header!r}, {self.size_bytes} bytes, {len(self._sections)} sections)"

    @property
    def _table_end(self) -> int:
        return self.size_bytes - TRAILER.size

    def _finish(self, tag: FileTag) -> None:
        tag.update(struct.pack("<QQ", self._table_at, self._table_end - self._table_at))
        tag.verify(self._tag, self._name)

    def _read_trailer(self) -> tuple[int, bytes, Table]:
        smallest = len(self._opening) + TRAILER.size
        if self.size_bytes < smallest:
            raise StockCorrupt(f"{self._name} has {self.size_bytes} bytes, fewer than {smallest}; fetch it again")
        start, length, tag, end = TRAILER.unpack(self._bytes[-TRAILER.size :])
        if end != END or start < len(self._opening) or start + length != self._table_end:
            raise StockCorrupt(f"{self._name} was cut short or damaged: its last {TRAILER.size} bytes are no trailer")
        return start, tag, parse(Table, bytes(self._bytes[start : start + length]), "table")

    def _check_places(self, table: Table) -> None:
        at = len(self._opening)
        for section in table.sections:
            if section.offset != at or section.length != section.natural_length:
                raise StockCorrupt(
                    f"section {section.name!r} of operation {section.operation} in {self._name} has {section.length} "
                    f"bytes at {section.offset}, expected {section.natural_length} at {at}; discard the file"
                )
            at += section.length + -section.length % ALIGNMENT
        if at != self._table_at or len(self._sections) != len(table.sections):
            raise StockCorrupt(f"the table of {self._name} does not cover its body once; discard the file")


def _pages(size_bytes: int) -> memoryview:
    """Return zeroed private pages, huge ones where the system has them: a quarter of the time to fill."""
    pages = mmap.mmap(-1, size_bytes, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
    if size_bytes >= HUGE_PAGE and hasattr(mmap, "MADV_HUGEPAGE"):
        pages.madvise(mmap.MADV_HUGEPAGE)
    return memoryview(pages)
