"""Agreeing on a set: both burn the same one or none is used, whoever crashes, lags behind or was restored."""

from dataclasses import replace

import pytest

from primia_core.mpc.agreement import agree, compare_histories
from primia_core.mpc.errors import SessionError, StockEmpty, StockVoid
from primia_core.mpc.session import Terms
from primia_core.mpc.steps import Tally, play
from primia_core.mpc.stock import Ledger

from .stock.sets import EPOCH, KIND, Crash, FragileDisk, FragileLedger, Site, deliver, header

TERMS = Terms(kind=KIND, epoch=EPOCH, model_version="v1", policy="logits")
SETS = 3


@pytest.fixture
def sites(tmp_path):
    sites = [Site(tmp_path / f"site {party}", party) for party in (0, 1)]
    yield sites
    for site in sites:
        site.stop()


def meet(stocks, terms=(TERMS, TERMS), tallies=None):
    return play([agree(party, stocks[party], terms[party]) for party in (0, 1)], tallies)


def noted(exchange, used):
    """Note the set that a party may use, at the moment when it may."""
    agreed = yield from exchange
    used.append(agreed.stock_id)
    return agreed


def test_both_get_the_same_set_key_and_session(sites):
    stocks = [site.filled(range(SETS)) for site in sites]
    tallies = [Tally(), Tally()]
    first, second = meet(stocks, tallies=tallies)
    assert first.stock_id == second.stock_id == header(0).stock_id
    assert (first.key, first.nonces) == (second.key, second.nonces)
    assert first.session(b"r" * 32) == second.session(b"r" * 32)
    assert [agreed.correlations.header.party for agreed in (first, second)] == [0, 1]
    assert [stock.level(KIND) for stock in stocks] == [SETS - 1] * 2
    assert [tally.rounds for tally in tallies] == [4, 4]


def test_secrets_of_an_agreement_are_in_no_words(sites):
    first, _ = meet([site.filled(range(1)) for site in sites])
    for secret in (first.key, first.correlations.seed, *first.nonces):
        assert secret.hex() not in repr(first)
        assert repr(secret) not in repr(first)


def test_next_agreement_has_another_key_and_other_nonces(sites):
    stocks = [site.filled(range(2)) for site in sites]
    one, other = meet(stocks)[0], meet(stocks)[0]
    assert len({one.key, other.key, *one.nonces, *other.nonces}) == 6


@pytest.mark.parametrize(
    "other",
    [
        replace(TERMS, model_version="v2"),
        replace(TERMS, policy="label"),
        replace(TERMS, kind=KIND.model_copy(update={"program": "00" * 32})),
        replace(TERMS, kind=KIND.model_copy(update={"batch": 2})),
    ],
)
def test_parties_of_other_terms_burn_nothing(sites, other):
    stocks = [site.filled(range(SETS)) for site in sites]
    with pytest.raises(SessionError, match="has the terms"):
        meet(stocks, (TERMS, other))
    assert [stock.level(KIND) for stock in stocks] == [SETS, SETS]


def test_sets_that_one_party_lacks_are_passed_over(sites):
    """The two were filled in opposite orders, and share one set."""
    stocks = [site.filled(range(0)) for site in sites]
    for number in (0, 1, 2):
        deliver(stocks[0], header(number))
    for number in (4, 3, 2):
        deliver(stocks[1], header(number, party=1))
    assert {agreed.stock_id for agreed in meet(stocks)} == {header(2).stock_id}
    with pytest.raises(StockEmpty):
        meet(stocks)
    assert [stock.level(KIND) for stock in stocks] == [2, 2]


def test_opposite_orders_waste_nothing(sites):
    stocks = [site.filled(range(0)) for site in sites]
    for number in range(SETS):
        deliver(stocks[0], header(number))
        deliver(stocks[1], header(SETS - 1 - number, party=1))
    assert {meet(stocks)[party].stock_id for party in (0, 1, 0)} == {header(n).stock_id for n in range(SETS)}


def test_set_that_the_peer_has_burnt_is_burnt_here_too(sites):
    stocks = [site.filled(range(2)) for site in sites]
    stocks[1].hold_one(KIND, header(0).stock_id).discard()
    assert {agreed.stock_id for agreed in meet(stocks)} == {header(1).stock_id}
    assert stocks[0].level(KIND) == 0


def test_nothing_is_proposed_from_an_empty_stock(sites):
    stocks = [site.filled(range(0)) for site in sites]
    with pytest.raises(StockEmpty):
        meet(stocks)


def test_two_agreements_at_a_time_take_two_sets(sites):
    """Sessions that interleave round by round hold different sets and know each other's claims in any order."""
    stocks = [site.filled(range(2)) for site in sites]
    both = [agree(party, stocks[party], TERMS) for party in (0, 1)]
    more = [agree(party, stocks[party], TERMS) for party in (0, 1)]
    waiting, steps = [], {}
    for pair in (both, more):
        steps[id(pair)] = [next(exchange) for exchange in pair]
        waiting.append(pair)
    ids = []
    while waiting:
        for pair in list(waiting):
            sent = steps[id(pair)]
            answers = [{1 - p: memoryview(sent[1 - p].send[p])} if sent[p].expect else {} for p in (0, 1)]
            ended, following = [], []
            for party in (0, 1):
                try:
                    following.append(pair[party].send(answers[party]))
                except StopIteration as end:
                    ended.append(end.value.stock_id)
            steps[id(pair)] = following
            if ended:
                assert ended[0] == ended[1]
                ids.append(ended[0])
                waiting.remove(pair)
    assert sorted(ids) == [header(0).stock_id, header(1).stock_id]


# -- restored copies ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("restored", [0, 1])
def test_machine_that_was_restored_whole_finds_out_from_its_peer(sites, tmp_path, restored):
    for site in sites:
        site.filled(range(SETS))
    sites[restored].copy(tmp_path / "copy")
    meet([site.start() for site in sites])
    sites[restored].restore(tmp_path / "copy")
    stocks = [site.start() for site in sites]
    assert stocks[restored].level(KIND) == SETS, "by itself it sees nothing"
    with pytest.raises(StockVoid, match=rf"party {1 - restored} has seen this ledger"):
        meet(stocks)
    assert stocks[1 - restored].level(KIND) == SETS - 1, "the other one loses nothing"
    with pytest.raises(StockVoid, match="voided"):
        sites[restored].start().take(KIND)
    for stock in stocks:
        stock.ledger.close()
    stocks = [site.start() for site in sites]
    for stock in stocks:
        stock.open_epoch(EPOCH + 1)
        deliver(stock, header(9, party=stock.party, epoch=EPOCH + 1))
    meet(stocks, (replace(TERMS, epoch=EPOCH + 1),) * 2)


@pytest.mark.parametrize("restored", [0, 1])
def test_machine_with_a_new_ledger_in_an_old_epoch_is_found_out(sites, tmp_path, restored):
    for site in sites:
        site.filled(range(SETS))
    meet([site.start() for site in sites])
    sites[restored].stop()
    sites[restored].root = tmp_path / "new"
    sites[restored].root.mkdir()
    sites[restored].filled(range(SETS))
    with pytest.raises(StockVoid):
        meet([site.start() for site in sites])


def test_histories_are_compared_before_a_model_is_opened(sites, tmp_path):
    for site in sites:
        site.filled(range(SETS))
    sites[0].copy(tmp_path / "copy")
    meet([site.start() for site in sites])
    assert play([compare_histories(site.party, site.start(), b"hi") for site in sites]) == [b"hi", b"hi"]
    sites[0].restore(tmp_path / "copy")
    with pytest.raises(StockVoid):
        play([compare_histories(site.party, site.start()) for site in sites])


# -- crashes -----------------------------------------------------------------------------------------------------


def use_up(sites, used):
    stocks = [site.start() for site in sites]
    while True:
        try:
            play([noted(agree(party, stocks[party], TERMS), used[party]) for party in (0, 1)])
        except StockEmpty:
            return stocks


def every_stop(tmp_path, power_cut, party):
    """Give sites of which one stopped at each of its operations in turn, and what each had used by then."""
    stop_at, done = 1, False
    while not done:
        sites = [Site(tmp_path / f"{stop_at} {party}", party) for party in (0, 1)]
        for site in sites:
            site.filled(range(SETS))
        disk = FragileDisk(power_cut=power_cut, graves=tmp_path / f"graves {stop_at}")
        fragile = sites[party].start(disk=disk, ledger=FragileLedger(sites[party].root / "ledger.sqlite", disk))
        stocks = [fragile if site.party == party else site.start() for site in sites]
        disk.count, disk.stop_at = 0, stop_at
        used: tuple[list[str], list[str]] = ([], [])
        running = [noted(agree(p, stocks[p], TERMS), used[p]) for p in (0, 1)]
        try:
            play(running)
            done = True
        except Crash:
            for exchange in running:
                exchange.close()
        yield sites, used
        for site in sites:
            site.stop()
        stop_at += 1
    assert stop_at > 8


@pytest.mark.parametrize("power_cut", [False, True])
@pytest.mark.parametrize("party", [0, 1])
def test_crash_at_any_moment_loses_one_set_and_uses_none_twice(tmp_path, party, power_cut):
    for sites, used in every_stop(tmp_path, power_cut, party):
        for mine in used:
            for stock_id in mine:
                ledgers = [Ledger(site.root / "ledger.sqlite") for site in sites]
                burnt = [ledger.read("burn", bytes.fromhex(stock_id)) is not None for ledger in ledgers]
                assert burnt == [True, True], "whoever uses a set knows that both have burnt it"
                for ledger in ledgers:
                    ledger.close()
        stocks = use_up(sites, used)
        for mine in used:
            assert len(set(mine)) == len(mine) >= SETS - 1
        assert set(used[0]) & set(used[1]) >= set(used[0][1:])
        assert [stock.level(KIND) for stock in stocks] == [0, 0]
