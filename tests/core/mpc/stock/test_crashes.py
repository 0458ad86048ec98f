"""A crash at any operation of the disk or the ledger, with or without a power cut: no set is ever used twice."""

from pathlib import Path

import pytest

from primia_core.mpc.stock import Ledger

from .sets import KIND, Crash, FragileDisk, FragileLedger, Site, deliver, header

SETS = 3


def crashed(site: Site, stop_at: int, power_cut: bool, graves: Path, work) -> int | None:
    """Do some work on a disk that stops at an operation. Returns how many there were when it did not come to that."""
    disk = FragileDisk(power_cut=power_cut, graves=graves)
    ledger = FragileLedger(site.root / "ledger.sqlite", disk)
    stock = site.start(disk=disk, ledger=ledger)
    disk.count, disk.stop_at = 0, stop_at
    try:
        work(stock)
    except Crash:
        return None
    return disk.count


def taker(used: list[str]):
    return lambda stock: used.append(stock.take(KIND).header.stock_id)


def every_crash(tmp_path: Path, power_cut: bool, prepare, work):
    """Give a restarted stock after a crash at each operation in turn."""
    stop_at, operations = 1, None
    while operations is None:
        site = Site(tmp_path / str(stop_at))
        prepare(site)
        operations = crashed(site, stop_at, power_cut, tmp_path / f"graves {stop_at}", work)
        yield site
        site.stop()
        stop_at += 1
    assert operations == stop_at - 2
    assert operations > 2


@pytest.mark.parametrize("power_cut", [False, True])
def test_crash_while_burning_never_gives_a_set_twice(tmp_path, power_cut):
    used: list[str] = []

    def use(stock):
        for _ in range(2):
            used.append(stock.take(KIND).header.stock_id)

    for site in every_crash(tmp_path, power_cut, lambda site: site.filled(range(SETS)), use):
        stock = site.start()
        level = stock.level(KIND)
        assert SETS - level - len(used) in (0, 1), "at most the set in hand is lost"
        while stock.level(KIND):
            used.append(stock.take(KIND).header.stock_id)
        assert len(set(used)) == len(used)
        assert SETS - len(used) in (0, 1)
        assert all(stock.knows(header(number).stock_id) for number in range(SETS))
        assert not list((site.folder / "burning").iterdir())
        used.clear()


@pytest.mark.parametrize("power_cut", [False, True])
def test_crash_while_recovering_from_a_crash_changes_nothing(tmp_path, power_cut):
    """Stop in the middle of a burning, then at every operation of the restart."""
    for first in range(1, 12):
        stop_at, finished = 1, False
        while not finished:
            site = Site(tmp_path / f"{first}-{stop_at}")
            site.filled(range(SETS))
            used: list[str] = []
            graves = tmp_path / f"graves {first}-{stop_at}"
            crashed(
                site, first, power_cut, graves, lambda stock, used=used: used.append(stock.take(KIND).header.stock_id)
            )
            disk = FragileDisk(stop_at, power_cut=power_cut, graves=graves)
            try:
                site.start(disk=disk, ledger=FragileLedger(site.root / "ledger.sqlite", disk))
                finished = True
            except Crash:
                pass
            stock = site.start()
            while stock.level(KIND):
                used.append(stock.take(KIND).header.stock_id)
            assert len(set(used)) == len(used) >= SETS - 1
            site.stop()
            stop_at += 1


@pytest.mark.parametrize("power_cut", [False, True])
def test_crash_while_receiving_leaves_a_set_or_nothing(tmp_path, power_cut):
    def come_in(stock):
        deliver(stock, header(7))

    for site in every_crash(tmp_path, power_cut, lambda site: site.filled(range(1)), come_in):
        stock = site.start()
        assert not list((site.folder / "incoming").iterdir())
        if not stock.knows(header(7).stock_id):
            deliver(stock, header(7))
        assert stock.level(KIND) == 2
        stock.take(KIND).verify()
        stock.take(KIND).verify()


def test_half_a_delivery_is_thrown_away_after_a_crash(tmp_path):
    site = Site(tmp_path / "site")
    site.filled(range(1))
    (site.folder / "incoming" / "half").write_bytes(b"half")
    assert site.start().level(KIND) == 1
    assert not list((site.folder / "incoming").iterdir())
    site.stop()


@pytest.mark.parametrize("power_cut", [False, True])
def test_crash_while_an_epoch_changes_leaves_none_of_the_old_stock_usable(tmp_path, power_cut):
    for site in every_crash(tmp_path, power_cut, lambda site: site.filled(range(2)), lambda stock: stock.open_epoch(9)):
        stock = site.start()
        if stock.epochs.latest == 9:
            assert stock.level(KIND) == 0
            assert not list((site.folder / "ready").iterdir())
        else:
            assert stock.level(KIND) == 2


def test_crash_before_the_first_mark_is_no_restore(tmp_path):
    disk = FragileDisk()
    site = Site(tmp_path / "count")
    site.start(disk=disk)
    site.stop()
    for stop_at in range(1, disk.count + 1):
        site = Site(tmp_path / str(stop_at))
        with pytest.raises(Crash):
            site.start(disk=FragileDisk(stop_at), ledger=Ledger(site.root / "ledger.sqlite"))
        assert site.start().epochs.latest == 0
        site.stop()
