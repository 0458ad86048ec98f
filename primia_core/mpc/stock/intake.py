"""Receiving a correlation file: written aside as it comes, verified whole, and only then put into the stock."""

import os
from pathlib import Path
from typing import Protocol

from primia_core.mpc.errors import CorrelationError
from primia_core.mpc.steps import Buffer
from primia_core.mpc.stock.correlation_file import CorrelationFile
from primia_core.mpc.stock.disk import LockedFile
from primia_core.mpc.stock.header import MOST_OPENING_BYTES, PREFIX, Header, opening_bytes, read_opening


class Admission(Protocol):
    """What a stock decides about a file that comes in."""

    def check_new(self, header: Header) -> None:
        """Raise unless a set with this header may come in."""

    def admit(self, draft: Path, header: Header) -> None:
        """Put a verified file into the stock."""


class Intake:
    """One file that comes in, in parts of any size. Use as a context; without ``finish`` the parts are thrown away.

    A delivery that breaks is not resumed: the dealer sends the same file again from its start.
    """

    def __init__(self, admission: Admission, draft: LockedFile, room_bytes: int) -> None:
        self._admission, self._draft, self._room = admission, draft, room_bytes
        self._begin = bytearray()
        self._size = 0
        self.header: Header | None = None

    def has_room_for(self, size_bytes: int) -> bool:
        """Return whether a file of this size fits."""
        return size_bytes <= self._room

    def write(self, part: Buffer) -> None:
        """Take the next bytes. The header is judged as soon as it is there.

        Raises:
            StockCorrupt, StockVoid, StockBurnt, CorrelationError: the set is not for this stock, or there is no room.
        """
        view = memoryview(part).cast("B")
        self._size += view.nbytes
        if self._size > self._room:
            raise CorrelationError(
                f"a delivery has {self._size} bytes so far, and the stock has room for {self._room}; use up sets, "
                "or allow the stock more bytes"
            )
        if self.header is None:
            self._read_header(view)
        while view.nbytes:
            view = view[os.write(self._draft.fd, view) :]

    def finish(self) -> Header:
        """Verify the whole file and put it into the stock, durably. Acknowledge it to the dealer after this.

        Raises:
            StockCorrupt: it is incomplete or damaged.
        """
        if self.header is None:
            raise CorrelationError(f"a delivery ended after {self._size} bytes, before its header; ask for it again")
        CorrelationFile.open(self._draft.path).verify()
        os.fsync(self._draft.fd)
        self._admission.admit(self._draft.path, self.header)
        return self.header

    def _read_header(self, view: memoryview) -> None:
        self._begin += view[:MOST_OPENING_BYTES]
        if len(self._begin) >= PREFIX.size and len(self._begin) >= opening_bytes(bytes(self._begin)):
            header, _ = read_opening(bytes(self._begin))
            self._admission.check_new(header)
            self.header = header

    def __enter__(self) -> "Intake":
        return self

    def __exit__(self, *_: object) -> None:
        self._draft.path.unlink(missing_ok=True)
        self._draft.close()
