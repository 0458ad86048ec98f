"""Small correlation sets, parties with a stock, and disks that break."""

import io
import os
import shutil
from pathlib import Path

import numpy as np

from primia_core.mpc.stock import CorrelationWriter, Header, Kind, Ledger, Limits, Stock
from primia_core.mpc.stock.disk import Disk

KIND = Kind(program="ab" * 32, mask="cd" * 16, protocol="tables", batch=1)
EPOCH = 3


class Crash(BaseException):
    """The machine stops here: nobody catches it."""


def header(number: int, *, party: int = 0, epoch: int = EPOCH, kind: Kind = KIND) -> Header:
    return Header(stock_id=f"{number + 1:032x}", party=party, epoch=epoch, kind=kind, created="today")


def encoded(of: Header, *, words: int = 100) -> bytes:
    sink = io.BytesIO()
    writer = CorrelationWriter(sink, of, bytes([of.party + 1]) * 32)
    writer.put(0, "mask", np.arange(words, dtype=np.uint32))
    writer.put(2, "key", np.arange(7 * words, dtype=np.uint8).reshape(7, words))
    writer.close()
    return sink.getvalue()


def deliver(stock: Stock, of: Header, **options: int) -> None:
    with stock.receive() as intake:
        intake.write(encoded(of, **options))
        intake.finish()


class Site:
    """One party's machine: a stock's folder, a ledger elsewhere, and restarts."""

    def __init__(self, root: Path, party: int = 0, limits: Limits | None = None) -> None:
        root.mkdir(parents=True, exist_ok=True)
        self.root, self.party, self.limits = root, party, limits or Limits()
        self.ledger: Ledger | None = None

    @property
    def folder(self) -> Path:
        return self.root / "stock"

    def start(self, *, disk: Disk | None = None, ledger: Ledger | None = None) -> Stock:
        self.stop()
        self.ledger = ledger or Ledger(self.root / "ledger.sqlite")
        return Stock(self.folder, self.ledger, self.party, self.limits, disk or Disk())

    def stop(self) -> None:
        if self.ledger is not None:
            self.ledger.close()
            self.ledger = None

    def filled(self, numbers: range, *, epoch: int = EPOCH) -> Stock:
        stock = self.start()
        stock.open_epoch(epoch)
        for number in numbers:
            deliver(stock, header(number, party=self.party, epoch=epoch))
        return stock

    def copy(self, to: Path) -> None:
        """Back up the whole machine, as it is when it is shut down."""
        self.stop()
        shutil.copytree(self.root, to)

    def restore(self, copy: Path, *names: str) -> None:
        """Put back parts of a copy, or all of it."""
        self.stop()
        for name in names or [path.name for path in copy.iterdir()]:
            target = self.root / name
            if target.is_dir():
                shutil.rmtree(target)
                shutil.copytree(copy / name, target)
            else:
                for left in self.root.glob(f"{name}-*"):
                    left.unlink()
                shutil.copy(copy / name, target)


class FragileDisk(Disk):
    """Stops at one of its operations: before it, after it, or after it with names lost that no folder sync kept.

    Every change of a name is one operation and every sync another. A power cut undoes the changes of names since the
    last sync of their folder, from the last to the first.
    """

    def __init__(self, stop_at: int = -1, *, power_cut: bool = False, graves: Path | None = None) -> None:
        self.stop_at, self.power_cut, self.graves = stop_at, power_cut, graves
        self.count = 0
        self._undo: list[tuple[set[Path], Path, Path]] = []

    def move(self, source: Path, target: Path) -> None:
        self.tick()
        overwritten = self._bury(target) if self.power_cut and target.exists() else None
        super().move(source, target)
        if overwritten is not None:
            self._undo.append(({target.parent}, overwritten, target))
        self._undo.append(({source.parent, target.parent}, target, source))

    def remove(self, path: Path) -> None:
        self.tick()
        if self.power_cut and path.exists():
            self._undo.append(({path.parent}, self._bury(path), path))
        super().remove(path)

    def sync_folder(self, folder: Path) -> None:
        self.tick()
        super().sync_folder(folder)
        self._undo = [(waiting - {folder}, now, before) for waiting, now, before in self._undo if waiting - {folder}]

    def tick(self) -> None:
        self.count += 1
        if self.count == self.stop_at:
            if self.power_cut:
                for _, now, before in reversed(self._undo):
                    now.rename(before)
            raise Crash(f"at operation {self.count}")

    def _bury(self, path: Path) -> Path:
        assert self.graves is not None
        self.graves.mkdir(exist_ok=True)
        grave = self.graves / str(self.count)
        os.link(path, grave)
        return grave


class FragileLedger(Ledger):
    """Stops before or after one of its entries."""

    def __init__(self, path: Path, disk: FragileDisk) -> None:
        super().__init__(path)
        self.disk = disk

    def write_once(self, kind: str, subject: bytes, content: bytes = b"") -> bytes | None:
        self.disk.tick()
        before = super().write_once(kind, subject, content)
        self.disk.tick()
        return before

    def remember(self, *args, **kwargs) -> None:
        self.disk.tick()
        super().remember(*args, **kwargs)
        self.disk.tick()
