"""Taking one set of correlations out of a stock for ever, in an order that no crash can turn into a second use.

    1. lock the file                                  two takers never get the same set; the lock dies with its process
    2. rename it from ready/ to burning/, durably     a restarted party finds it there and finishes the burning
    3. write its id into the ledger, durably          from here on the id is refused for ever, wherever it comes from
    4. leave the ledger's mark in the folder          so that an older ledger is found out
    5. map it, then remove its last name              the bytes live as long as somebody maps them

Only what returns from here may be computed with. Removing a name does not overwrite the disk's blocks: whoever may
read a party's raw disk is that party.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from primia_core.mpc.errors import StockBurnt, StockVoid
from primia_core.mpc.stock.correlation_file import CorrelationFile
from primia_core.mpc.stock.disk import Disk, LockedFile
from primia_core.mpc.stock.header import Header
from primia_core.mpc.stock.ledger import HEAD_BYTES, Ledger

BURN: Final = "burn"
MARK: Final = "mark"
BURNING: Final = "burning"
COUNTER_BYTES: Final = 8
MARK_BYTES: Final = HEAD_BYTES + COUNTER_BYTES + HEAD_BYTES


@dataclass(frozen=True)
class Furnace:
    """The folder, ledger and disk of one party, as burning needs them."""

    folder: Path
    ledger: Ledger
    disk: Disk

    def burn(self, stock_id: str) -> None:
        """Write an id into the ledger. Raises ``StockBurnt`` when it is there already."""
        if self.ledger.write_once(BURN, bytes.fromhex(stock_id)) is not None:
            raise StockBurnt(f"set {stock_id} was used here before and is refused for ever; take another one")
        self.write_mark()

    def is_burnt(self, stock_id: str) -> bool:
        """Return whether the ledger has the id."""
        return self.ledger.read(BURN, bytes.fromhex(stock_id)) is not None

    def finish(self, path: Path, stock_id: str) -> None:
        """Finish what a crash left in burning/: the set is lost, and its id is burnt."""
        if not self.is_burnt(stock_id):
            self.burn(stock_id)
        self.disk.unlink(path)

    def write_mark(self) -> None:
        """Leave in the folder which ledger it belongs to, and how far that one has come."""
        counter, head = self.ledger.claim()
        self.disk.replace(self.folder / MARK, self.ledger.identity + counter.to_bytes(COUNTER_BYTES, "big") + head)

    def check_mark(self) -> None:
        """Hold the folder's mark against the ledger.

        Raises:
            StockVoid: the folder belongs to another ledger, or to a later state of this one.
        """
        mark = (self.folder / MARK).read_bytes()
        identity, counter, head = mark[:HEAD_BYTES], mark[HEAD_BYTES:-HEAD_BYTES], mark[-HEAD_BYTES:]
        at = int.from_bytes(counter[:COUNTER_BYTES], "big")
        if len(mark) == MARK_BYTES and identity == self.ledger.identity and head == self.ledger.head_at(at):
            return
        raise StockVoid(
            f"the stock in {self.folder.name} was last used at entry {at} of a ledger, and the ledger given is at "
            f"{self.ledger.claim().counter} or is another one: one of them was restored from a copy; "
            "start over in a new dealer epoch"
        )


class HeldSet:
    """A set that is locked and not burnt yet: burn it, discard it, or release it."""

    def __init__(self, furnace: Furnace, file: LockedFile, header: Header) -> None:
        self.header = header
        self._furnace, self._file = furnace, file

    @property
    def stock_id(self) -> str:
        """Return the set's id."""
        return self.header.stock_id

    def burn(self) -> CorrelationFile:
        """Burn the set and return its content: after this, bytes that depend on it may leave.

        Raises:
            StockBurnt: the ledger has the id; the file was put back by a restore.
            StockCorrupt: the file cannot be read; the set is burnt all the same.
        """
        try:
            burning = self._burn()
            content = CorrelationFile.open(burning)
            self._furnace.disk.unlink(burning)
        finally:
            self.release()
        return content

    def discard(self) -> None:
        """Burn the set without using it, as when the other party has burnt its half."""
        try:
            self._furnace.disk.unlink(self._burn())
        finally:
            self.release()

    def release(self) -> None:
        """Give the set back unused; after ``burn`` or ``discard`` this changes nothing."""
        self._file.close()

    def _burn(self) -> Path:
        burning = self._furnace.folder / BURNING / self._file.path.name
        self._furnace.disk.rename(self._file.path, burning)
        self._furnace.burn(self.stock_id)
        return burning

    def __repr__(self) -> str:
        """Show the public half."""
        return f"HeldSet({self.header!r})"
