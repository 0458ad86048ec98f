"""The ledger: written once, for ever, by many at a time; and a forgetful one is found out."""

import multiprocessing

import pytest

from primia_core.mpc.errors import StockVoid
from primia_core.mpc.stock import Claim, Ledger
from primia_core.mpc.stock.ledger import NOTHING


@pytest.fixture
def ledger(tmp_path):
    ledger = Ledger(tmp_path / "ledger.sqlite")
    yield ledger
    ledger.close()


def test_entry_is_written_once_and_stays(ledger, tmp_path):
    assert ledger.write_once("burn", b"one", b"first") is None
    assert ledger.write_once("burn", b"one", b"second") == b"first"
    assert ledger.write_once("mask", b"one", b"third") is None
    ledger.close()
    again = Ledger(tmp_path / "ledger.sqlite")
    assert again.read("burn", b"one") == b"first"
    assert again.read("burn", b"two") is None
    again.close()


def test_every_entry_moves_the_chain_and_nothing_else_does(ledger):
    begin = ledger.claim()
    assert begin == Claim(0, ledger.identity)
    ledger.write_once("burn", b"one")
    after = ledger.claim()
    ledger.write_once("burn", b"one")
    assert (after.counter, ledger.claim()) == (1, after)
    assert after.head != begin.head


def test_chains_tell_entries_apart(tmp_path):
    """The same bytes in other fields are another history."""
    heads = set()
    for number, entry in enumerate([("ab", b"c", b""), ("a", b"bc", b""), ("ab", b"", b"c")]):
        ledger = Ledger(tmp_path / str(number))
        ledger._db.execute("UPDATE chain SET head = zeroblob(32)")
        ledger.write_once(*entry)
        heads.add(ledger.claim().head)
        ledger.close()
    assert len(heads) == 3


def test_peers_claim_never_goes_back(ledger):
    assert ledger.remembers("party 1", 1) == NOTHING
    ledger.remember("party 1", 1, Claim(5, b"5" * 32))
    ledger.remember("party 1", 1, Claim(4, b"4" * 32))
    assert ledger.remembers("party 1", 1) == Claim(5, b"5" * 32)
    assert ledger.remembers("party 1", 2) == NOTHING
    assert ledger.remembers("dealer", 1) == NOTHING


def test_ledger_stands_by_every_claim_it_ever_made(ledger):
    for number in range(5):
        claim = ledger.claim()
        ledger.write_once("burn", bytes([number]))
        ledger.check_own(claim, "party 1")
    ledger.check_own(NOTHING, "party 1")


@pytest.mark.parametrize("claim", [Claim(3, b"x" * 32), Claim(9, b"x" * 32)])
def test_ledger_that_lacks_what_a_peer_remembers_says_so(ledger, claim):
    for number in range(5):
        ledger.write_once("burn", bytes([number]))
    with pytest.raises(StockVoid, match=r"party 1 has seen this ledger at entry \d, it is at 5"):
        ledger.check_own(claim, "party 1")


def _write_all(path, start, won):
    ledger = Ledger(path)
    start.wait(30)
    won.put([number for number in range(50) if ledger.write_once("burn", bytes([number])) is None])


def test_entry_has_one_writer_among_many_processes(ledger, tmp_path):
    context = multiprocessing.get_context("spawn")
    start, won = context.Barrier(2), context.Queue()
    writers = [context.Process(target=_write_all, args=(tmp_path / "ledger.sqlite", start, won)) for _ in range(2)]
    for writer in writers:
        writer.start()
    first, second = won.get(timeout=60), won.get(timeout=60)
    for writer in writers:
        writer.join(30)
    assert sorted(first + second) == list(range(50))
    assert ledger.claim().counter == 50
