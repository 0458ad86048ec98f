"""A dealer with its real folder, door and tasks; parties that fetch with their own keys and stock."""

import asyncio
import os
import stat
import uuid
from contextlib import contextmanager

import pytest

from primia_core.diagnosis.framing import decode64
from primia_core.diagnosis.identity import NodeIdentity
from primia_core.diagnosis.sealing import mask_seed_info
from primia_core.mpc.delivery import Order, Patience, collect
from primia_core.mpc.errors import PeerFailed, PeerLost
from primia_core.mpc.model import expand_share
from primia_core.mpc.program.operations import Convolution, Input, Linear, Output, SecureProgram
from primia_core.mpc.stock import Kind, Ledger, Stock
from tests.workers.node.node_hub import NodeHub
from workers.dealer.dealing import MOST_WAITING
from workers.dealer.role import ROLE
from workers.link.errors import AlreadyRunning
from workers.node import Node
from workers.node.new_epoch import open_next_epoch
from workers.node.station import Station

SERVICE, VERSION = str(uuid.uuid4()), str(uuid.uuid4())
PROGRAM = SecureProgram(
    profile="fast",
    operations=(
        Input(shape=(1, 6, 6)),
        Linear(terms=(Convolution(source=0, weight="w", weight_shape=(3, 1, 6, 6)),), bias="b", shape=(3, 1, 1)),
        Output(source=1, shape=(3, 1, 1)),
    ),
    scales=(64.0, 4096.0, 4096.0),
    places=("", "", ""),
)
QUICK = Patience(connect_s=5.0, silence_s=5.0, whole_s=20.0)


class Party:
    """A party's keys and stock, without its worker."""

    def __init__(self, root, number):
        root.mkdir()
        self.number, self.node = number, NodeIdentity.create(root / "identity", f"Party {number}")
        self.ledger = Ledger(root / "ledger.sqlite")
        self.stock = Stock(root / "stock", self.ledger, number)

    def seed(self, masked):
        return self.node.open(decode64(masked["seeds"][self.number]), mask_seed_info(SERVICE, self.number))

    def fetch(self, place, dealer, masked, want=9, **order):
        self.stock.open_epoch(masked["epoch"])
        asked = Order(**{"service": SERVICE, "kind": kind(masked), "epoch": masked["epoch"], "want": want, **order})
        call = collect(
            self.stock, asked, host=place.host, port=place.port, identity=self.node.tls, dealer=dealer.public.tls,
            patience=QUICK,
        )  # fmt: skip
        return asyncio.run(call)


def kind(masked):
    return Kind(program=PROGRAM.digest, mask=masked["mask"], protocol="tables", batch=1)


@pytest.fixture
def hub():
    hub = NodeHub()
    yield hub
    hub.close()


@pytest.fixture
def parties(tmp_path):
    parties = [Party(tmp_path / f"party{number}", number) for number in (0, 1)]
    yield parties
    for party in parties:
        party.ledger.close()


@pytest.fixture
def folder(hub, tmp_path):
    return hub.join(tmp_path / "dealer", "dealer", address="127.0.0.1:0")


@contextmanager
def working(folder):
    station = Station(Node(folder), ROLE)
    try:
        yield station
    finally:
        station.close()


def mask(hub, station, parties, **changes):
    payload = {
        "service": SERVICE, "version": VERSION, "attempt": 1, "protocol": "tables",
        "program": PROGRAM.model_dump(mode="json"), "parties": [party.node.public.to_json() for party in parties],
    }  # fmt: skip
    return hub.do(station, "dealer", "service.mask", **{**payload, **changes})


def files_of(folder):
    return [path for path in folder.path.rglob("*") if path.is_file()]


def test_each_party_opens_its_own_seed_and_no_other(hub, folder, parties):
    with working(folder) as station:
        masked = mask(hub, station, parties).result
    seeds = [party.seed(masked) for party in parties]
    assert len(set(seeds)) == 2
    assert {len(seed) for seed in seeds} == {32}
    with pytest.raises(Exception, match="open"):
        parties[0].node.open(decode64(masked["seeds"][1]), mask_seed_info(SERVICE, 1))
    assert not any(seed in told for seed in seeds for told in hub.seen)


def test_sets_are_dealt_fetched_and_gone(hub, folder, parties):
    with working(folder) as station:
        masked = mask(hub, station, parties).result
        dealt = hub.do(station, "dealer", "stock.deal", service=SERVICE, count=2)
        assert dealt.result["dealt"] == 2
        assert dealt.result["waiting"] == [2, 2]
        assert dealt.result["bytes"] == sum(path.stat().st_size for path in folder.outbox.rglob("*.corr"))
        dealer = station.node.identity
        for party in parties:
            collected = party.fetch(station.work.door.place, dealer, masked)
            assert (len(collected.received), collected.left) == (2, 0)
            assert party.stock.level(kind(masked)) == 2
    assert not list(folder.outbox.rglob("*.corr"))
    first, second = (party.stock.take(kind(masked)) for party in parties)
    assert first.header.stock_id == second.header.stock_id
    assert first.seed != second.seed


def test_restarted_dealer_deals_on_under_the_same_mask(hub, folder, parties):
    with working(folder) as station:
        masked = mask(hub, station, parties).result
        before = station.work.shelves.service(SERVICE)
    with working(folder) as station:
        after = station.work.shelves.service(SERVICE)
        assert (after.mask, after.seeds) == (before.mask, before.seeds)
        assert hub.do(station, "dealer", "stock.deal", service=SERVICE, count=1).result["dealt"] == 1
        assert parties[1].fetch(station.work.door.place, station.node.identity, masked).received
    assert [party.seed(masked) for party in parties] == list(after.seeds)
    assert expand_share(PROGRAM, after.seeds[0]).keys() == {"w", "b"}


def test_every_preparation_gets_a_mask_of_its_own_and_old_sets_go(hub, folder, parties):
    with working(folder) as station:
        first = mask(hub, station, parties).result
        hub.do(station, "dealer", "stock.deal", service=SERVICE, count=1)
        second = mask(hub, station, parties, attempt=2).result
        assert first["mask"] != second["mask"]
        assert first["seeds"] != second["seeds"]
        assert not list(folder.outbox.rglob("*.corr"))
        with pytest.raises(PeerFailed, match="open the service anew"):
            parties[0].fetch(station.work.door.place, station.node.identity, first)


def test_task_that_is_delivered_again_gives_the_same_mask(hub, folder, parties):
    with working(folder) as station:
        task = mask(hub, station, parties)
        first = task.result
        assert hub.carry_out(station, task) == "answered"
        assert task.result == first


def test_secrets_are_for_the_nodes_user_alone_and_in_no_repr(hub, folder, parties):
    with working(folder) as station:
        mask(hub, station, parties)
        hub.do(station, "dealer", "stock.deal", service=SERVICE, count=1)
        service = station.work.shelves.service(SERVICE)
        shown = repr(service) + repr(station.work.shelves)
        assert not any(seed.hex() in shown or repr(seed) in shown for seed in service.seeds)
    secret = [*folder.services.rglob("masked.json"), *folder.outbox.rglob("*.corr")]
    assert len(secret) == 3
    assert {stat.S_IMODE(path.stat().st_mode) for path in secret} == {0o600}


def test_closed_service_leaves_no_mask_and_no_set(hub, folder, parties):
    with working(folder) as station:
        masked = mask(hub, station, parties).result
        hub.do(station, "dealer", "stock.deal", service=SERVICE, count=1)
        seeds = station.work.shelves.service(SERVICE).seeds
        for _ in range(2):
            assert hub.do(station, "dealer", "service.close", service=SERVICE).result == {"closed": True}
        refused = hub.do(station, "dealer", "stock.deal", service=SERVICE, count=1)
        assert refused.error["code"] == "dealer.service_unknown"
        with pytest.raises(PeerLost):  # no party is known any more
            parties[0].fetch(station.work.door.place, station.node.identity, masked)
    for path in files_of(folder):
        assert not any(seed in path.read_bytes() for seed in seeds), path


def test_party_of_another_service_gets_nothing_of_this_one(hub, folder, parties, tmp_path):
    others = [Party(tmp_path / f"other{number}", number) for number in (0, 1)]
    with working(folder) as station:
        masked = mask(hub, station, parties).result
        mask(hub, station, others, service=str(uuid.uuid4()))
        hub.do(station, "dealer", "stock.deal", service=SERVICE, count=1)
        with pytest.raises(PeerFailed, match="of neither party"):
            others[0].fetch(station.work.door.place, station.node.identity, masked)
        assert station.work.shelves.outbox(station.work.shelves.service(SERVICE)).waiting(0)
    for other in others:
        other.ledger.close()


def test_parties_whose_keys_nobody_confirmed_are_refused(hub, tmp_path, parties):
    folder = hub.join(tmp_path / "careful", "dealer", address="127.0.0.1:0", trust="pinned")
    with working(folder) as station:
        error = mask(hub, station, parties).error
        assert error["code"] == "node.not_confirmed"
        assert parties[0].node.public.fingerprint in error["message"]
        for party in parties:
            station.node.trust.confirm(party.node.public.fingerprint)
        assert mask(hub, station, parties).result["mask"]


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"program": {"version": 1}}, "node.payload"),
        ({"protocol": "magic"}, "mpc.program"),
    ],
)
def test_mask_that_cannot_be_drawn_is_refused(hub, folder, parties, changes, code):
    with working(folder) as station:
        assert mask(hub, station, parties, **changes).error["code"] == code


@pytest.mark.parametrize("named", [[], [0], [0, 0]])
def test_service_has_two_different_parties(hub, folder, parties, named):
    with working(folder) as station:
        error = mask(hub, station, [parties[number] for number in named]).error
    assert error["code"] == "node.payload"
    assert "two different parties" in error["message"]


def test_orders_do_not_fill_the_disk(hub, folder, parties, monkeypatch):
    with working(folder) as station:
        mask(hub, station, parties)
        assert hub.do(station, "dealer", "stock.deal", service=SERVICE, count=MOST_WAITING + 1).error
        hub.do(station, "dealer", "stock.deal", service=SERVICE, count=3)
        monkeypatch.setattr("workers.dealer.dealing.MOST_WAITING", 4)
        assert hub.do(station, "dealer", "stock.deal", service=SERVICE, count=3).result["dealt"] == 1
        assert hub.do(station, "dealer", "stock.deal", service=SERVICE, count=3).result["dealt"] == 0
        monkeypatch.setattr("workers.dealer.dealing.MOST_WAITING", MOST_WAITING)
        monkeypatch.setattr("workers.dealer.dealing.SPARE_BYTES", 1 << 62)
        error = hub.do(station, "dealer", "stock.deal", service=SERVICE, count=3).error
        assert error["code"] == "dealer.disk_full"


def test_door_that_is_taken_is_an_error_that_names_it(hub, folder, tmp_path):
    with working(folder) as station:
        place = station.work.door.place
        other = hub.join(tmp_path / "other", "dealer", address=f"127.0.0.1:{place.port}")
        node = Node(other)
        with pytest.raises(Exception, match=rf"cannot listen at 127\.0\.0\.1:{place.port}"):
            ROLE.open(node)
        node.close()


def test_service_of_an_epoch_that_is_over_is_not_dealt_for(hub, folder, parties):
    with working(folder) as station:
        mask(hub, station, parties)
        with pytest.raises(AlreadyRunning):
            open_next_epoch(folder)
    assert open_next_epoch(folder) == 2
    with working(folder) as station:
        error = hub.do(station, "dealer", "stock.deal", service=SERVICE, count=1).error
        assert error["code"] == "dealer.stale_epoch"
        assert mask(hub, station, parties).result["epoch"] == 2
        assert hub.do(station, "dealer", "stock.deal", service=SERVICE, count=1).result["dealt"] == 1
    assert os.listdir(folder.services) == [SERVICE]
