"""The dealer's side of a stock: sets that wait for delivery, each to each party at most once, then deleted.

A file goes to the party that it is for, again and again until that party acknowledges it; then it is gone. A set whose
delivery has failed can be voided: neither half goes out any more, and each party is told to discard what it may have.
A set that is dealt straight onto two connections never lies here: ``stream`` records that it began, and it cannot begin
twice.
"""

import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from threading import Lock
from typing import BinaryIO, Final

from primia_core.mpc.errors import CorrelationError, StockBurnt
from primia_core.mpc.stock.disk import DRAFT, Disk, private
from primia_core.mpc.stock.epochs import Epochs
from primia_core.mpc.stock.header import Header, Kind
from primia_core.mpc.stock.ledger import Ledger
from primia_core.mpc.stock.writer import CorrelationWriter

DEALT: Final = "dealt"
DELIVERED: Final = "delivered"
VOID_SUFFIX: Final = ".void"
PARTIES: Final = (0, 1)
Seeds = tuple[bytes, bytes]
Writers = tuple[CorrelationWriter, CorrelationWriter]


class Outbox:
    """A dealer's folder of undelivered files.

    Args:
        folder: on a local disk, in no backup; made when it is missing.
        ledger: of the dealer, kept elsewhere.
    Concurrency: one process, of which one thread deals while another delivers; opening it throws away what another
        process left half dealt.
    """

    def __init__(self, folder: Path, ledger: Ledger, disk: Disk | None = None) -> None:
        self.folder, self.ledger, self.disk = folder, ledger, disk or Disk()
        self.epochs = Epochs(ledger)
        self._names = Lock()  # held while the names in the folder say half of something
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        for path in folder.glob(f"*{DRAFT}"):
            self.disk.unlink(path)
        for path in folder.glob(f"*{VOID_SUFFIX}"):
            self._withdraw(path.stem)
        for path in folder.glob("*.corr"):
            self._drop_if_over(path)

    @contextmanager
    def deal(self, stock_id: str, kind: Kind, seeds: Seeds, created: str = "") -> Iterator[Writers]:
        """Give the pens for a new set; both files are kept when all goes well, and none otherwise.

        Raises:
            StockBurnt: the id was dealt before.
        """
        headers = self._begin(stock_id, kind, created)
        drafts = [self.folder / f"{self._path(stock_id, party).name}{DRAFT}" for party in PARTIES]
        with ExitStack() as stack:
            for draft in drafts:
                stack.callback(draft.unlink, missing_ok=True)
            files = [stack.enter_context(_written(draft)) for draft in drafts]
            first, second = (CorrelationWriter(files[party], headers[party], seeds[party]) for party in PARTIES)
            yield first, second
            for writer, file in zip((first, second), files, strict=True):
                writer.close()
                file.flush()
                os.fsync(file.fileno())
            with self._names:
                for party in PARTIES:
                    self.disk.rename(drafts[party], self._path(stock_id, party))

    def stream(self, stock_id: str, kind: Kind, created: str = "") -> tuple[Header, Header]:
        """Record that a set is dealt straight onto two connections, and return the headers of its files.

        Raises:
            StockBurnt: the id was dealt before; a broken stream is not taken up again, the next set is dealt instead.
        """
        headers = self._begin(stock_id, kind, created)
        for party in PARTIES:
            self.ledger.write_once(DELIVERED, _subject(stock_id, party))
        return headers

    def waiting(self, party: int) -> list[str]:
        """Return the ids of the sets that a party has not acknowledged, in the order of their dealing."""
        with self._names:
            paths = sorted(self.folder.glob(f"{party}-*.corr"), key=lambda path: path.stat().st_mtime_ns)
        return [path.stem.partition("-")[2] for path in paths]

    def open(self, stock_id: str, party: int) -> BinaryIO:
        """Open a file for its delivery.

        Raises:
            StockBurnt: the party has acknowledged it.
            CorrelationError: it was never dealt, or is not whole.
        """
        if self._is_delivered(stock_id, party):
            raise StockBurnt(f"set {stock_id} was delivered to party {party}; nobody gets it twice")
        path = self._path(stock_id, party)
        if not path.exists():
            raise CorrelationError(f"no file of set {stock_id} waits for party {party}; deliver one that does")
        return path.open("rb")

    def acknowledge(self, stock_id: str, party: int) -> None:
        """Delete what a party has received, or refuses because it has had it. Twice is harmless."""
        self.ledger.write_once(DELIVERED, _subject(stock_id, party))
        with self._names:
            self.disk.unlink(self._path(stock_id, party))

    def void(self, stock_id: str) -> None:
        """Give up a set: neither half is delivered from here on, and both parties are to discard it. Twice is harmless.

        Security: a set that only one party holds is never used, since both must agree on it; voiding keeps the stocks
        of the two level.
        """
        self.disk.replace(self._mark(stock_id), bytes(PARTIES))
        self._withdraw(stock_id)

    def voided(self, party: int) -> list[str]:
        """Return the ids of the sets that a party is still to be told to discard."""
        return sorted(path.stem for path in self.folder.glob(f"*{VOID_SUFFIX}") if party in path.read_bytes())

    def told(self, stock_id: str, party: int) -> None:
        """Note that a party has discarded a voided set. Twice is harmless."""
        mark = self._mark(stock_id)
        untold = bytes(other for other in (mark.read_bytes() if mark.exists() else b"") if other != party)
        if untold:
            self.disk.replace(mark, untold)
        else:
            self.disk.unlink(mark)

    def open_epoch(self, epoch: int) -> None:
        """Enter a later epoch: whatever waits is void, and deleted. New masks of weights are needed."""
        is_later = epoch > self.epochs.latest
        self.epochs.open(epoch)
        for path in self.folder.glob("*.corr"):
            self._drop_if_over(path)
        if is_later:
            for path in self.folder.glob(f"*{VOID_SUFFIX}"):
                self.disk.unlink(path)

    def _begin(self, stock_id: str, kind: Kind, created: str) -> tuple[Header, Header]:
        epoch = self.epochs.current
        if self.ledger.write_once(DEALT, bytes.fromhex(stock_id), epoch.to_bytes(8, "big")) is not None:
            raise StockBurnt(f"a set {stock_id} was dealt before; draw 16 new bytes for every set")
        first = Header(stock_id=stock_id, party=0, epoch=epoch, kind=kind, created=created)
        return first, Header(stock_id=stock_id, party=1, epoch=epoch, kind=kind, created=created)

    def _withdraw(self, stock_id: str) -> None:
        for party in PARTIES:
            self.acknowledge(stock_id, party)

    def _mark(self, stock_id: str) -> Path:
        return self.folder / f"{stock_id}{VOID_SUFFIX}"

    def _drop_if_over(self, path: Path) -> None:
        party, _, stock_id = path.stem.partition("-")
        dealt = self.ledger.read(DEALT, bytes.fromhex(stock_id)) or bytes(8)
        over = int.from_bytes(dealt, "big") != self.epochs.latest
        if over or self._is_delivered(stock_id, int(party)) or not self._has_twin(stock_id, 1 - int(party)):
            self.disk.unlink(path)

    def _has_twin(self, stock_id: str, party: int) -> bool:
        return self._path(stock_id, party).exists() or self._is_delivered(stock_id, party)

    def _is_delivered(self, stock_id: str, party: int) -> bool:
        return self.ledger.read(DELIVERED, _subject(stock_id, party)) is not None

    def _path(self, stock_id: str, party: int) -> Path:
        return self.folder / f"{party}-{stock_id}.corr"


def _subject(stock_id: str, party: int) -> bytes:
    return bytes([party]) + bytes.fromhex(stock_id)


@contextmanager
def _written(path: Path) -> Iterator[BinaryIO]:
    with private(path) as locked, os.fdopen(os.dup(locked.fd), "wb") as file:
        yield file
