"""The stock: what comes in, what is refused, what a level says, and that a set is taken once."""

import multiprocessing
import stat

import pytest

from primia_core.mpc.errors import CorrelationError, StockBurnt, StockCorrupt, StockEmpty, StockVoid
from primia_core.mpc.stock import Ledger, Limits, Stock

from .sets import EPOCH, KIND, Site, deliver, encoded, header


@pytest.fixture
def site(tmp_path):
    site = Site(tmp_path / "site")
    yield site
    site.stop()


def test_sets_are_taken_once_the_oldest_first_and_then_there_are_none(site):
    stock = site.filled(range(3))
    assert stock.level(KIND) == 3
    taken = [stock.take(KIND).header.stock_id for _ in range(3)]
    assert taken == [header(number).stock_id for number in range(3)]
    assert stock.level(KIND) == 0
    with pytest.raises(StockEmpty, match="tables"):
        stock.take(KIND)


def test_set_that_was_taken_is_whole_and_gone_from_the_disk(site):
    stock = site.filled(range(1))
    file = stock.take(KIND)
    file.verify()
    assert not list(site.folder.rglob("*.corr"))


def test_files_come_in_parts_of_any_size(site):
    stock = site.filled(range(0))
    for number, size in enumerate((1, 7, 16, 100, 10_000)):
        content = encoded(header(number))
        with stock.receive() as intake:
            for start in range(0, len(content), size):
                intake.write(content[start : start + size])
            assert intake.finish() == header(number)
    assert stock.level(KIND) == 5


def test_only_the_owner_may_read_a_stock(site):
    site.filled(range(1))
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in site.root.rglob("*")}
    assert {mode for name, mode in modes.items() if name.endswith(".corr") or name in ("mark", "ledger.sqlite")} == {
        0o600
    }
    assert modes["ready"] == 0o700


@pytest.mark.parametrize(
    ("of", "error"),
    [
        (header(9, party=1), CorrelationError),
        (header(9, epoch=EPOCH - 1), StockVoid),
        (header(9, epoch=EPOCH + 1), StockVoid),
        (header(0), CorrelationError),
        (header(1), StockBurnt),
    ],
    ids=["other party's half", "epoch before", "epoch to come", "here already", "burnt"],
)
def test_set_that_does_not_belong_here_is_refused_at_its_header(site, of, error):
    stock = site.filled(range(1))
    deliver(stock, header(1))
    stock.hold_one(KIND, header(1).stock_id).burn()
    with stock.receive() as intake, pytest.raises(error) as refused:
        intake.write(encoded(of)[:1000])
    assert type(refused.value) is error
    assert stock.level(KIND) == 1
    assert not list((site.folder / "incoming").iterdir())


@pytest.mark.parametrize("keep", [0, 10, 300, -1])
def test_delivery_that_breaks_off_leaves_nothing(site, keep):
    stock = site.filled(range(0))
    with stock.receive() as intake:
        intake.write(encoded(header(1))[:keep])
        with pytest.raises(CorrelationError):
            intake.finish()
    assert stock.level(KIND) == 0
    assert not list((site.folder / "incoming").iterdir())
    deliver(stock, header(1))
    assert stock.level(KIND) == 1


def test_damaged_delivery_is_refused(site):
    stock = site.filled(range(0))
    damaged = bytearray(encoded(header(1)))
    damaged[700] ^= 4
    with stock.receive() as intake:
        intake.write(damaged)
        with pytest.raises(StockCorrupt):
            intake.finish()
    assert not stock.knows(header(1).stock_id)


def test_stock_has_room_for_so_many_bytes(site):
    size = len(encoded(header(0)))
    site.limits = Limits(most_bytes=2 * size + 1)
    stock = site.filled(range(2))
    with pytest.raises(CorrelationError, match="room for 1;"):
        deliver(stock, header(2))
    stock.take(KIND)
    deliver(stock, header(2))
    assert stock.level(KIND) == 2


def test_new_sets_are_ordered_below_the_low_mark_up_to_the_full_one(site):
    site.limits = Limits(low=2, full=5)
    stock = site.filled(range(3))
    wanted = []
    for _ in range(3):
        stock.take(KIND)
        wanted.append(stock.wanted(KIND))
    assert wanted == [0, 4, 5]


@pytest.mark.parametrize("change", [{"program": "00" * 32}, {"mask": "00" * 16}, {"protocol": "fss"}, {"batch": 2}])
def test_set_for_another_purpose_is_not_taken(site, change):
    stock = site.filled(range(1))
    other = KIND.model_copy(update=change)
    assert stock.level(other) == 0
    with pytest.raises(StockEmpty):
        stock.take(other)
    with pytest.raises(StockEmpty):
        stock.hold_one(other, header(0).stock_id)
    assert stock.level(KIND) == 1


def test_file_that_is_not_what_its_name_says_is_burnt_and_reported(site):
    stock = site.filled(range(2))
    first, second = sorted((site.folder / "ready").iterdir())
    first.write_bytes(second.read_bytes())
    with pytest.raises(StockCorrupt, match="not what its name says"):
        stock.hold_one(KIND, header(0).stock_id)
    assert stock.take(KIND).header == header(1)
    assert stock.knows(header(0).stock_id)


def test_held_set_is_nobody_elses(site):
    stock = site.filled(range(2))
    first = stock.hold(KIND)
    second = stock.hold(KIND)
    assert {first.stock_id, second.stock_id} == {header(0).stock_id, header(1).stock_id}
    assert stock.hold(KIND) is None
    with pytest.raises(StockEmpty, match="not ready here"):
        stock.hold_one(KIND, first.stock_id)
    first.release()
    assert stock.hold(KIND).stock_id == first.stock_id


def test_burnt_id_is_refused_for_ever(site):
    stock = site.filled(range(1))
    stock.take(KIND)
    for _ in range(2):
        with pytest.raises(StockBurnt, match="for ever"):
            stock.hold_one(KIND, header(0).stock_id)
        stock = site.start()
    assert stock.knows(header(0).stock_id)


def test_new_epoch_voids_the_one_before(site):
    stock = site.filled(range(2))
    stock.open_epoch(EPOCH + 1)
    assert not list((site.folder / "ready").iterdir())
    with pytest.raises(StockVoid, match="epoch 3 is over"):
        stock.open_epoch(EPOCH)
    with pytest.raises(StockVoid):
        deliver(stock, header(5))
    deliver(stock, header(5, epoch=EPOCH + 1))
    assert stock.level(KIND) == 1


def test_voided_epoch_stays_void(site):
    stock = site.filled(range(2))
    stock.void()
    assert not list((site.folder / "ready").iterdir())
    stock = site.start()
    for attempt in (lambda: stock.take(KIND), lambda: deliver(stock, header(7)), lambda: stock.open_epoch(EPOCH)):
        with pytest.raises(StockVoid, match="epoch 3 was voided"):
            attempt()
    stock.open_epoch(EPOCH + 1)
    assert stock.level(KIND) == 0


def test_stock_without_an_epoch_takes_nothing_in(site):
    with pytest.raises(StockVoid, match="no dealer epoch"):
        deliver(site.start(), header(1))


# -- restored copies ---------------------------------------------------------------------------------------------


def test_folder_that_was_restored_is_refused(site, tmp_path):
    site.filled(range(3))
    site.copy(tmp_path / "copy")
    site.start().take(KIND)
    site.restore(tmp_path / "copy", "stock")
    with pytest.raises(StockVoid, match="1 sets were used before and are back"):
        site.start()


def test_set_that_is_put_back_under_a_running_party_is_refused(site, tmp_path):
    stock = site.filled(range(1))
    [path] = (site.folder / "ready").iterdir()
    content = path.read_bytes()
    stock.take(KIND)
    path.write_bytes(content)
    with pytest.raises(StockVoid, match="used before and is back"):
        stock.take(KIND)


def test_ledger_that_was_restored_is_refused(site, tmp_path):
    site.filled(range(3))
    site.copy(tmp_path / "copy")
    site.start().take(KIND)
    site.restore(tmp_path / "copy", "ledger.sqlite")
    with pytest.raises(StockVoid, match="restored from a copy"):
        site.start()


def test_ledger_with_another_history_is_refused(site, tmp_path):
    """The restored ledger has come as far as the mark says, and by another way."""
    site.filled(range(3))
    site.copy(tmp_path / "copy")
    site.start().take(KIND)
    site.restore(tmp_path / "copy", "ledger.sqlite")
    ledger = Ledger(site.root / "ledger.sqlite")
    for number in range(1, 5):
        ledger.write_once("burn", bytes([number]) * 16)
    with pytest.raises(StockVoid, match="restored from a copy"):
        site.start(ledger=ledger)


def test_folder_of_another_ledger_is_refused_until_it_starts_over(site, tmp_path):
    site.filled(range(3))
    site.stop()
    ledger = Ledger(tmp_path / "new.sqlite")
    with pytest.raises(StockVoid, match="another one"):
        site.start(ledger=ledger)
    stock = Stock.start_over(site.folder, ledger, 0, EPOCH + 1)
    assert stock.level(KIND) == 0
    deliver(stock, header(1, epoch=EPOCH + 1))
    assert stock.take(KIND).header.epoch == EPOCH + 1


def test_starting_over_needs_a_later_epoch(site):
    site.filled(range(1))
    with pytest.raises(StockVoid, match="in a later one, not 3"):
        Stock.start_over(site.folder, site.ledger, 0, EPOCH)


def test_folder_without_its_mark_is_refused(site):
    site.filled(range(1))
    (site.folder / "mark").unlink()
    with pytest.raises(StockVoid, match="lost the mark"):
        site.start()


# -- several takers ----------------------------------------------------------------------------------------------


def _take_all(folder, ledger, start, taken):
    stock = Stock(folder, Ledger(ledger), 0)
    start.wait(30)
    while True:
        try:
            taken.put(stock.take(KIND).header.stock_id)
        except StockEmpty:
            break
    taken.put(None)


def test_two_processes_never_take_the_same_set(site):
    sets = 24
    site.filled(range(sets))
    context = multiprocessing.get_context("spawn")
    start, taken = context.Barrier(2), context.Queue()
    takers = [
        context.Process(target=_take_all, args=(site.folder, site.root / "ledger.sqlite", start, taken))
        for _ in range(2)
    ]
    for taker in takers:
        taker.start()
    got, done = [], 0
    while done < len(takers):
        stock_id = taken.get(timeout=60)
        got.append(stock_id) if stock_id else (done := done + 1)
    for taker in takers:
        taker.join(30)
    assert sorted(got) == [header(number).stock_id for number in range(sets)]


def test_stock_opens_beside_a_taker_at_work(site):
    stock = site.filled(range(2))
    held = stock.hold(KIND)
    with stock.receive() as intake:
        intake.write(encoded(header(2)))
        beside = Stock(site.folder, stock.ledger, 0)
        assert beside.level(KIND) == 2
        intake.finish()
    assert held.burn().header == header(0)
    assert beside.level(KIND) == 2
