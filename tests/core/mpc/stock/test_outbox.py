"""The dealer's outbox: both halves of a set or none, each to its party, and nothing that was delivered."""

import secrets

import numpy as np
import pytest

from primia_core.mpc.errors import CorrelationError, StockBurnt
from primia_core.mpc.stock import CorrelationFile, Ledger, Outbox

from .sets import EPOCH, KIND, Crash, FragileDisk, Site

SEEDS = (b"\1" * 32, b"\2" * 32)
ONE, TWO = "01" * 16, "02" * 16


@pytest.fixture
def ledger(tmp_path):
    ledger = Ledger(tmp_path / "ledger.sqlite")
    yield ledger
    ledger.close()


@pytest.fixture
def outbox(tmp_path, ledger):
    outbox = Outbox(tmp_path / "outbox", ledger)
    outbox.open_epoch(EPOCH)
    return outbox


def deal(outbox, stock_id):
    with outbox.deal(stock_id, KIND, SEEDS) as pens:
        for party, pen in enumerate(pens):
            pen.put(0, "key", np.full(1000, party, np.uint8))


def carry(outbox, stock, stock_id):
    with outbox.open(stock_id, stock.party) as file, stock.receive() as intake:
        while part := file.read(500):
            intake.write(part)
        intake.finish()


def test_set_goes_to_both_parties_and_is_gone(outbox, tmp_path):
    deal(outbox, ONE)
    for party in (0, 1):
        site = Site(tmp_path / f"site {party}", party)
        stock = site.filled(range(0))
        assert outbox.waiting(party) == [ONE]
        carry(outbox, stock, ONE)
        outbox.acknowledge(ONE, party)
        assert outbox.waiting(party) == []
        file = stock.take(KIND)
        assert (file.header.stock_id, file.seed) == (ONE, SEEDS[party])
        assert set(file.section(0, "key")) == {party}
        site.stop()
    assert not list(outbox.folder.iterdir())


def test_file_is_resent_until_it_is_acknowledged_and_never_after(outbox):
    deal(outbox, ONE)
    with outbox.open(ONE, 0) as first, outbox.open(ONE, 0) as second:
        assert first.read() == second.read()
    outbox.acknowledge(ONE, 0)
    outbox.acknowledge(ONE, 0)
    with pytest.raises(StockBurnt, match="delivered to party 0"):
        outbox.open(ONE, 0)
    assert outbox.waiting(1) == [ONE]


def test_acknowledgement_that_got_lost_is_given_again_by_what_the_party_knows(outbox, tmp_path):
    site = Site(tmp_path / "site")
    stock = site.filled(range(0))
    deal(outbox, ONE)
    carry(outbox, stock, ONE)
    assert stock.knows(ONE)
    stock.take(KIND)
    assert stock.knows(ONE)
    with pytest.raises(StockBurnt, match="acknowledge it"):
        carry(outbox, stock, ONE)
    site.stop()


def test_outbox_that_was_restored_delivers_nothing_twice(outbox, tmp_path, ledger):
    deal(outbox, ONE)
    [path] = outbox.folder.glob("0-*")
    content = path.read_bytes()
    outbox.acknowledge(ONE, 0)
    path.write_bytes(content)
    with pytest.raises(StockBurnt):
        outbox.open(ONE, 0)
    Outbox(outbox.folder, ledger)
    assert not path.exists()


def test_id_is_dealt_once(outbox):
    deal(outbox, ONE)
    for again in (lambda: deal(outbox, ONE), lambda: outbox.stream(ONE, KIND)):
        with pytest.raises(StockBurnt, match="dealt before"):
            again()


def test_stream_begins_once_and_leaves_nothing_to_deliver(outbox):
    headers = outbox.stream(ONE, KIND)
    assert [header.party for header in headers] == [0, 1]
    assert {header.stock_id for header in headers} == {ONE}
    with pytest.raises(StockBurnt):
        outbox.stream(ONE, KIND)
    with pytest.raises(StockBurnt):
        outbox.open(ONE, 0)


def test_dealing_that_fails_leaves_neither_half(outbox):
    with pytest.raises(CorrelationError), outbox.deal(ONE, KIND, SEEDS) as (first, _):
        first.put(0, "key", np.zeros(3, np.float32))
    assert not list(outbox.folder.iterdir())


def test_crash_while_dealing_leaves_both_halves_or_neither(tmp_path, ledger):
    stop_at, done = 1, False
    while not done:
        folder, stock_id = tmp_path / str(stop_at), secrets.token_hex(16)
        Outbox(folder, ledger).open_epoch(EPOCH)
        try:
            deal(Outbox(folder, ledger, FragileDisk(stop_at)), stock_id)
            done = True
        except Crash:
            pass
        again = Outbox(folder, ledger)
        assert again.waiting(0) == again.waiting(1)
        for party in (0, 1):
            for waiting in again.waiting(party):
                with again.open(waiting, party) as file:
                    CorrelationFile(file.read()).verify()
        stop_at += 1
    assert stop_at > 4


def test_new_epoch_voids_what_waits(outbox):
    deal(outbox, ONE)
    outbox.open_epoch(EPOCH + 1)
    assert not list(outbox.folder.iterdir())
    deal(outbox, TWO)
    with outbox.open(TWO, 1) as file:
        assert CorrelationFile(file.read()).header.epoch == EPOCH + 1


def test_voided_set_goes_to_nobody_and_each_party_is_told_once(outbox, ledger):
    deal(outbox, ONE)
    deal(outbox, TWO)
    outbox.acknowledge(ONE, 1)
    outbox.void(ONE)
    assert outbox.waiting(0) == outbox.waiting(1) == [TWO]
    assert outbox.voided(0) == outbox.voided(1) == [ONE]
    outbox.told(ONE, 0)
    again = Outbox(outbox.folder, ledger)
    assert (again.voided(0), again.voided(1)) == ([], [ONE])
    again.told(ONE, 1)
    again.told(ONE, 1)
    assert again.voided(1) == []
    with pytest.raises(StockBurnt):
        again.open(ONE, 0)


def test_crash_while_voiding_leaves_a_set_whole_or_void(tmp_path, ledger):
    stop_at, done = 1, False
    while not done:
        folder, stock_id = tmp_path / str(stop_at), secrets.token_hex(16)
        first = Outbox(folder, ledger)
        first.open_epoch(EPOCH)
        deal(first, stock_id)
        try:
            Outbox(folder, ledger, FragileDisk(stop_at)).void(stock_id)
            done = True
        except Crash:
            pass
        again = Outbox(folder, ledger)
        waiting, voided = again.waiting(0), again.voided(0)
        assert again.waiting(1) == waiting
        assert again.voided(1) == voided
        assert sorted(waiting + voided) == [stock_id]
        stop_at += 1
    assert stop_at > 4


def test_new_epoch_forgets_who_is_to_be_told(outbox):
    deal(outbox, ONE)
    outbox.void(ONE)
    outbox.open_epoch(EPOCH)
    assert outbox.voided(0) == [ONE]
    outbox.open_epoch(EPOCH + 1)
    assert not list(outbox.folder.iterdir())
