"""Writing a correlation file: sections one after another, to a disk or straight onto a connection.

    opening    prefix, header, seed, zeros up to 64           header.py
    body       raw sections, each at a multiple of 64
    table      what is where, as canonical JSON
    trailer    where the table is, tag, end mark

The table comes last, so the dealer writes each section as it is made and keeps none of them.
"""

import struct
from collections.abc import Iterable
from math import prod
from typing import Annotated, Any, Final, Literal, Protocol

import numpy as np
from numpy.typing import DTypeLike, NDArray
from pydantic import Field

from primia_core.canonical import canonical_json
from primia_core.mpc.errors import CorrelationError
from primia_core.mpc.steps import Buffer
from primia_core.mpc.stock.header import ALIGNMENT, Header, Public, opening
from primia_core.mpc.stock.integrity import FileTag

TRAILER: Final = struct.Struct("<QQ16s8s")
"""Where the table begins, its bytes, the tag of everything before it and of these two numbers, end mark."""
END: Final = b"PRIMIAen"
Code = Literal["u1", "u2", "u4", "u8"]
CODES: Final[dict[str, Code]] = {"|u1": "u1", "<u2": "u2", "<u4": "u4", "<u8": "u8"}
TYPES: Final = {code: np.dtype(name) for name, code in CODES.items()}
Words = NDArray[Any]


class Section(Public):
    """One array of one operation.

    Attributes:
        operation: index in the program.
        name: within the operation.
        dtype: ``u1``, ``u2``, ``u4`` or ``u8``: unsigned, little endian.
        offset, length: in bytes; the offset is a multiple of 64.
    """

    operation: Annotated[int, Field(ge=0)]
    name: Annotated[str, Field(min_length=1, max_length=64)]
    dtype: Code
    shape: tuple[Annotated[int, Field(ge=0)], ...]
    offset: Annotated[int, Field(ge=0)]
    length: Annotated[int, Field(ge=0)]

    @property
    def natural_length(self) -> int:
        """Return how many bytes type and shape take."""
        return prod(self.shape) * TYPES[self.dtype].itemsize


class Table(Public):
    """All sections of a file, in the order of their bytes."""

    sections: tuple[Section, ...]


class Sink(Protocol):
    """Where a file's bytes go: an open file, a buffer, a connection."""

    def write(self, part: Any, /) -> object:
        """Take all of these bytes."""


class CorrelationWriter:
    """Writes one party's file of one correlation set. Close it; a file that was not closed is refused by its reader.

    Attributes:
        size_bytes: of the file, once it is closed.

    Cost: no copy of a contiguous section, and no memory beyond the table.
    """

    def __init__(self, sink: Sink, header: Header, seed: bytes) -> None:
        self.header = header
        self._sink, self._at, self._sections = sink, 0, list[Section]()
        self._names: set[tuple[int, str]] = set()
        self.size_bytes = 0
        begin = opening(header, seed)
        self._tag = FileTag(seed, begin)
        self._put(begin)

    def put(self, operation: int, name: str, values: Words) -> None:
        """Write one array; see ``stream``."""
        self.stream(operation, name, values.dtype, values.shape, (values,))

    def stream(
        self, operation: int, name: str, dtype: DTypeLike, shape: tuple[int, ...], parts: Iterable[Words]
    ) -> None:
        """Write one array whose parts come one after another, in C order.

        Raises:
            CorrelationError: the type is not unsigned words, the name is taken, or the parts are not the whole.
        """
        kind = np.dtype(dtype)
        code = CODES.get(kind.str)
        if code is None:
            raise CorrelationError(f"a section holds little-endian unsigned words, {name!r} has {kind}; convert it")
        if (operation, name) in self._names:
            raise CorrelationError(f"operation {operation} has a section {name!r} already; give this one another name")
        start = self._at
        for part in parts:
            self._put(np.ascontiguousarray(part, kind).reshape(-1).view(np.uint8).data)
        section = Section(
            operation=operation, name=name, dtype=code, shape=shape, offset=start, length=self._at - start
        )
        if section.length != section.natural_length:
            raise CorrelationError(
                f"section {name!r} of operation {operation} takes {section.natural_length} bytes, its parts have "
                f"{section.length}; deal it again"
            )
        self._names.add((operation, name))
        self._sections.append(section)
        self._put(bytes(-self._at % ALIGNMENT))

    def close(self) -> int:
        """Write table and trailer. Returns the size of the file in bytes."""
        start, table = self._at, canonical_json(Table(sections=tuple(self._sections)).model_dump(mode="json"))
        self._put(table)
        self._tag.update(struct.pack("<QQ", start, len(table)))
        self._sink.write(TRAILER.pack(start, len(table), self._tag.digest(), END))
        self.size_bytes = self._at + TRAILER.size
        return self.size_bytes

    def _put(self, part: Buffer) -> None:
        self._tag.update(part)
        self._sink.write(part)
        self._at += memoryview(part).nbytes
