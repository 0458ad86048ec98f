"""The rooms of a stock's folder and the names in them: incoming/, ready/, burning/. Knows no rule of use.

A file in ready/ is called ``<epoch>-<tag of its kind>-<stock id>.corr``, so that a level is counted without
opening files.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from primia_core.mpc.stock.burning import BURNING
from primia_core.mpc.stock.disk import Disk
from primia_core.mpc.stock.header import Header, Kind

INCOMING: Final = "incoming"
READY: Final = "ready"
SUFFIX: Final = ".corr"
CACHE_TAG: Final = "CACHEDIR.TAG"
CACHE_SIGNATURE: Final = b"Signature: 8a477f597d28d172789f06886806bc55\n# One-time correlations: never back this up.\n"


def build(folder: Path, disk: Disk) -> None:
    """Make the rooms of a stock, for its owner only, marked as not worth a backup (the CACHEDIR.TAG convention)."""
    for room in (folder, folder / INCOMING, folder / READY, folder / BURNING):
        if not room.exists():
            room.mkdir(mode=0o700, parents=True, exist_ok=True)
            disk.sync_folder(room.parent)
    if not (folder / CACHE_TAG).exists():
        disk.replace(folder / CACHE_TAG, CACHE_SIGNATURE)


def name_of(header: Header) -> str:
    """Return the name of a set's file."""
    return f"{header.epoch}-{header.kind.tag}-{header.stock_id}{SUFFIX}"


def stock_id_of(path: Path) -> str:
    """Return the id in a file's name."""
    return path.stem.rpartition("-")[2]


def epoch_of(path: Path) -> int:
    """Return the epoch in a file's name."""
    return int(path.name.partition("-")[0])


def ready(folder: Path, epoch: int, kind: Kind) -> list[Path]:
    """Return the sets of an epoch and kind, the longest here first."""
    found = (folder / READY).glob(f"{epoch}-{kind.tag}-*{SUFFIX}")
    return [path for _, path in sorted(_ages(found))]


def _ages(paths: Iterator[Path]) -> Iterator[tuple[int, Path]]:
    for path in paths:
        try:
            yield path.stat().st_mtime_ns, path
        except FileNotFoundError:
            continue
