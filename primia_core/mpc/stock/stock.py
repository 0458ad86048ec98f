"""A party's folder of one-time correlations: they come in whole, are taken once, and never come back."""

import os
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from secrets import token_hex
from typing import Self

from primia_core.mpc.errors import CorrelationError, StockBurnt, StockCorrupt, StockEmpty, StockVoid
from primia_core.mpc.stock import shelf
from primia_core.mpc.stock.burning import BURNING, MARK, Furnace, HeldSet
from primia_core.mpc.stock.correlation_file import CorrelationFile
from primia_core.mpc.stock.disk import DRAFT, Disk, LockedFile, opened, private
from primia_core.mpc.stock.epochs import Epochs
from primia_core.mpc.stock.header import PREFIX, Header, Kind, opening_bytes, read_opening
from primia_core.mpc.stock.intake import Intake
from primia_core.mpc.stock.ledger import Claim, Ledger


@dataclass(frozen=True)
class Limits:
    """How much a party keeps ready.

    Attributes:
        most_bytes: of all files together.
        low: sets of a kind; with fewer, new ones are ordered...
        full: ...until there are so many.
    """

    most_bytes: int = 64 << 30
    low: int = 2
    full: int = 8


@dataclass
class Stock:
    """What one party has ready.

    Args:
        folder: on a local disk with room for it, in no backup; made when it is missing.
        ledger: kept elsewhere; see ``ledger.py`` for what a restore of either shows.
        party: whose halves these are.

    Raises:
        StockVoid: folder and ledger do not belong to one history; see ``start_over``.
    Concurrency: any number of processes and threads may share one folder and ledger on one machine.
    """

    folder: Path
    ledger: Ledger
    party: int
    limits: Limits = field(default_factory=Limits)
    disk: Disk = field(default_factory=Disk, repr=False)

    def __post_init__(self) -> None:
        self.epochs = Epochs(self.ledger)
        self._furnace = Furnace(self.folder, self.ledger, self.disk)
        shelf.build(self.folder, self.disk)
        if not (self.folder / MARK).exists() and not any((self.folder / shelf.READY).iterdir()):
            self._furnace.write_mark()
        self._recover()

    @classmethod
    def start_over(cls, folder: Path, ledger: Ledger, party: int, epoch: int, limits: Limits | None = None) -> Self:
        """Throw away whatever a folder holds and begin in a later epoch: the way on after ``StockVoid``.

        Raises:
            StockVoid: the epoch is not later than the last one that this ledger knows.
        """
        epochs = Epochs(ledger)
        if epoch <= epochs.latest:
            raise StockVoid(f"this ledger knows epoch {epochs.latest}; start over in a later one, not {epoch}")
        epochs.open(epoch)
        disk = Disk()
        for room in (shelf.READY, BURNING, shelf.INCOMING):
            for path in (folder / room).glob("*"):
                disk.unlink(path)
        disk.unlink(folder / MARK)
        return cls(folder, ledger, party, limits or Limits())

    def open_epoch(self, epoch: int) -> None:
        """Enter the epoch that the dealer announces, and throw away what is left of those before."""
        self.epochs.open(epoch)
        self._sweep()

    def void(self) -> None:
        """Throw everything away; nothing more comes in before the next epoch."""
        self.epochs.void()
        self._sweep()

    def level(self, kind: Kind) -> int:
        """Return how many sets of a kind are ready."""
        return len(shelf.ready(self.folder, self.epochs.current, kind))

    def wanted(self, kind: Kind) -> int:
        """Return how many sets to order from the dealer: none until fewer than ``low`` are ready."""
        level = self.level(kind)
        return self.limits.full - level if level < self.limits.low else 0

    def knows(self, stock_id: str) -> bool:
        """Return whether a set is here or was: its delivery needs an acknowledgement and no second try."""
        return self._furnace.is_burnt(stock_id) or any(self._ready_files(stock_id))

    # -- coming in ----------------------------------------------------------------------------------------------

    def receive(self) -> Intake:
        """Begin to receive one file."""
        used = sum(path.stat().st_size for path in (self.folder / shelf.READY).iterdir())
        draft = private(self.folder / shelf.INCOMING / token_hex(16))
        draft.lock()
        return Intake(self, draft, self.limits.most_bytes - used)

    def check_new(self, header: Header) -> None:
        """Raise unless a set may come in; part of ``receive``."""
        if header.party != self.party:
            raise CorrelationError(
                f"set {header.stock_id} is party {header.party}'s half, this is party {self.party}; "
                "the dealer must void it, since one party must never see both halves"
            )
        self.epochs.check(header.epoch, f"set {header.stock_id}")
        if self._furnace.is_burnt(header.stock_id):
            raise StockBurnt(f"set {header.stock_id} was used here before and is refused for ever; acknowledge it")
        if any(self._ready_files(header.stock_id)):
            raise CorrelationError(f"set {header.stock_id} is here already; acknowledge it")

    def admit(self, draft: Path, header: Header) -> None:
        """Put a verified file into the stock; part of ``receive``."""
        self.check_new(header)
        self.disk.rename(draft, self.folder / shelf.READY / shelf.name_of(header))

    # -- going out ----------------------------------------------------------------------------------------------

    def take(self, kind: Kind) -> CorrelationFile:
        """Burn the oldest set of a kind and return it, for a party that need not agree on it with another.

        Raises:
            StockEmpty: none is ready.
        """
        held = self.hold(kind)
        if held is None:
            raise StockEmpty(f"no set for {kind.protocol}, batch {kind.batch} is ready; order some from the dealer")
        return held.burn()

    def hold(self, kind: Kind, skip: Collection[str] = ()) -> HeldSet | None:
        """Lock the oldest free set of a kind, or return ``None``; ids in ``skip`` are passed over."""
        for path in shelf.ready(self.folder, self.epochs.current, kind):
            if shelf.stock_id_of(path) not in skip and (held := self._hold(path, kind)):
                return held
        return None

    def hold_one(self, kind: Kind, stock_id: str) -> HeldSet:
        """Lock the set of this id.

        Raises:
            StockBurnt: it was used here before.
            StockEmpty: it is not here, or another taker has it.
        """
        if self._furnace.is_burnt(stock_id):
            raise StockBurnt(f"set {stock_id} was used here before and is refused for ever; take another one")
        for path in shelf.ready(self.folder, self.epochs.current, kind):
            if shelf.stock_id_of(path) == stock_id and (held := self._hold(path, kind)):
                return held
        raise StockEmpty(f"set {stock_id} of {kind.protocol}, batch {kind.batch} is not ready here; propose another")

    def _hold(self, path: Path, kind: Kind) -> HeldSet | None:
        file = opened(path)
        if file is None:
            return None
        if not file.lock():
            file.close()
            return None
        try:
            header = self._header(file)
            if header.kind != kind or header.party != self.party or shelf.name_of(header) != path.name:
                raise StockCorrupt(f"{path.name} holds {header!r}, which is not what its name says")
            if self._furnace.is_burnt(header.stock_id):
                raise StockVoid(f"{path.name} was used before and is back: the folder was restored; start over")
        except StockCorrupt:
            self._furnace.finish(path, shelf.stock_id_of(path))
            file.close()
            raise
        except BaseException:
            file.close()
            raise
        return HeldSet(self._furnace, file, header)

    def _header(self, file: LockedFile) -> Header:
        header, _ = read_opening(os.pread(file.fd, opening_bytes(os.pread(file.fd, PREFIX.size, 0)), 0))
        return header

    # -- what the peer and this party know of one another ---------------------------------------------------------

    @property
    def peer(self) -> str:
        """Return the other party, as the ledger calls it."""
        return f"party {1 - self.party}"

    def claim(self) -> Claim:
        """Return how far this party's ledger has come, to tell the peer."""
        return self.ledger.claim()

    def remembers_peer(self) -> Claim:
        """Return how far the peer's ledger had come in this epoch when it last said so."""
        return self.ledger.remembers(self.peer, self.epochs.current)

    def remember_peer(self, claim: Claim) -> None:
        """Keep, durably, how far the peer says that its ledger has come."""
        self.ledger.remember(self.peer, self.epochs.current, claim)

    def check_own(self, remembered: Claim) -> None:
        """Void everything and raise ``StockVoid`` when the peer remembers more than this ledger knows."""
        try:
            self.ledger.check_own(remembered, self.peer)
        except StockVoid:
            self.void()
            raise

    # -- beginning again ------------------------------------------------------------------------------------------

    def _recover(self) -> None:
        """Finish what a crash left behind, and find out a restored copy."""
        for path in self._abandoned(BURNING):
            self._furnace.finish(path, shelf.stock_id_of(path))
        self._check_history()
        for path in self._abandoned(shelf.INCOMING):
            self.disk.unlink(path)
        for path in self.folder.glob(f"*{DRAFT}"):
            self.disk.unlink(path)
        self._sweep()

    def _abandoned(self, room: str) -> Iterator[Path]:
        """Give the files that no running process is at work on, each locked while it is looked at."""
        for path in (self.folder / room).iterdir():
            file = opened(path)
            if file is not None:
                with file:
                    if file.lock():
                        yield path

    def _check_history(self) -> None:
        if not (self.folder / MARK).exists():
            raise StockVoid(f"the stock in {self.folder.name} lost the mark of its ledger; start over in a new epoch")
        self._furnace.check_mark()
        back = [
            path.name
            for path in (self.folder / shelf.READY).iterdir()
            if self._furnace.is_burnt(shelf.stock_id_of(path)) and path.exists()
        ]
        if back:
            raise StockVoid(
                f"{len(back)} sets were used before and are back in {self.folder.name}, {back[0]} among them: "
                "the folder was restored from a copy; start over in a new dealer epoch"
            )

    def _sweep(self) -> None:
        try:
            current = self.epochs.current
        except StockVoid:
            current = 0
        for path in (self.folder / shelf.READY).iterdir():
            if shelf.epoch_of(path) != current:
                self.disk.unlink(path)

    def _ready_files(self, stock_id: str) -> list[Path]:
        return list((self.folder / shelf.READY).glob(f"*-{stock_id}{shelf.SUFFIX}"))
