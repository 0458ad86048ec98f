"""Real processes on this machine: right answers by every protocol, and an end within a bound whatever breaks."""

import os
import signal
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import nn

from primia_core.mpc.errors import MpcError, PeerFailed, PeerLost
from primia_core.mpc.local.engine import LocalEngine
from primia_core.mpc.local.orders import Network
from primia_core.mpc.profile import FAST, PRECISE
from primia_core.mpc.program.encoding import encode
from primia_core.mpc.program.model import SecureModel
from primia_core.mpc.program.preparation import prepare

PROTOCOLS = ("fss", "fss-oneround", "tables", "tables-fast", "securenn")
WITHIN_S = 30.0


def network() -> nn.Module:
    torch.manual_seed(4)
    return nn.Sequential(
        nn.Conv2d(1, 4, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(), nn.Linear(64, 3)
    ).eval()


@pytest.fixture(scope="module")
def images() -> Any:
    return np.random.default_rng(2).normal(size=(6, 1, 8, 8)).astype(np.float32)


def secured(images: Any, **choice: Any) -> SecureModel:
    return prepare(network(), images, **choice)


def plain(images: Any) -> Any:
    with torch.inference_mode():
        return network()(torch.from_numpy(images)).numpy()


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_processes_give_the_plain_logits_and_count_alike(protocol: str, images: Any) -> None:
    model = secured(images)
    with LocalEngine(model, protocol=protocol, batch=2) as engine:
        runs = [engine.infer(encode(model.program, images[start : start + 2], limit=None)) for start in (0, 2)]
    got = np.concatenate([run.output for run in runs]) / model.program.scales[-1]
    assert np.abs(got - plain(images[:4])).max() < 0.01
    first, second = (run.counters[0]["total"] for run in runs)
    assert (first["rounds"], first["bytes_sent"]) == (second["rounds"], second["bytes_sent"])
    assert first["bytes_sent"] > 0


def test_labels_and_the_precise_ring(images: Any) -> None:
    model = secured(images, profile=PRECISE, policy="label")
    with LocalEngine(model, protocol="tables", batch=6) as engine:
        found = engine.infer(encode(model.program, images, limit=None))
    assert found.output.shape == (6, 1)
    assert (found.output[:, 0] == plain(images).argmax(axis=1)).all()


def test_the_baseline_refuses_a_ring_in_which_it_would_err(images: Any) -> None:
    model = secured(images, profile=PRECISE)
    with LocalEngine(model, protocol="securenn") as engine, pytest.raises(PeerFailed, match="precise"):
        engine.infer(encode(model.program, images[:1], limit=None))


@pytest.fixture
def slow(images: Any) -> Iterator[tuple[LocalEngine, Any]]:
    """An engine whose rounds take so long that a run can be disturbed in its middle."""
    model = secured(images, profile=FAST)
    line = Network(latency_ms=300, timeout_s=2)
    with LocalEngine(model, protocol="fss", network=line) as engine:
        yield engine, encode(model.program, images[:1], limit=None)


def disturbed(engine: LocalEngine, integers: Any, disturb: Callable[[], None]) -> tuple[MpcError, float]:
    """Start a run, disturb it when the parties were given their shares, and return how and how soon it ended."""
    errors: list[MpcError] = []
    online = threading.Event()
    share = engine._shares_of

    def shares_of(given: Any) -> Any:
        online.set()
        return share(given)

    engine._shares_of = shares_of  # type: ignore[method-assign]

    def run() -> None:
        try:
            engine.infer(integers)
        except MpcError as error:
            errors.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    assert online.wait(WITHIN_S), "the run did not begin"
    threading.Timer(0.5, disturb).start()  # seven rounds of 0.3 s are going on
    began = time.monotonic()
    thread.join(WITHIN_S)
    assert not thread.is_alive(), "the run hangs"
    return errors[0], time.monotonic() - began


def burnt(engine: LocalEngine) -> list[int]:
    """Return the parties whose ledger has burnt a set, and whose stock holds none any more."""
    return [party for party in (0, 1) if _has_burnt(engine.folder / f"party{party}")]


def _has_burnt(folder: Path) -> bool:
    rooms = [folder / "stock" / room for room in ("ready", "burning")]
    with closing(sqlite3.connect(f"file:{folder / 'ledger.sqlite'}?mode=ro", uri=True)) as ledger:
        burns = ledger.execute("SELECT count(*) FROM chain WHERE kind = 'burn'").fetchone()[0]
    return burns == 1 and not any(path for room in rooms for path in room.iterdir())


@pytest.mark.parametrize("killed", [0, 1])
def test_a_party_that_dies_ends_the_run_and_its_set_is_burnt(killed: int, slow: tuple[LocalEngine, Any]) -> None:
    engine, integers = slow
    error, took = disturbed(engine, integers, engine.parties[killed].kill)
    assert isinstance(error, PeerLost | PeerFailed)
    assert took < 10
    assert burnt(engine) == [0, 1]


def test_a_party_that_stalls_ends_the_run_at_the_other_within_its_bound(slow: tuple[LocalEngine, Any]) -> None:
    engine, integers = slow
    pid = engine.parties[1].pid
    assert pid is not None

    def stall() -> None:
        os.kill(pid, signal.SIGSTOP)
        threading.Timer(6.0, os.kill, (pid, signal.SIGCONT)).start()  # so that the engine can ask it, too

    error, took = disturbed(engine, integers, stall)
    assert "peer_stalled" in error.message
    assert took < 12
    assert burnt(engine) == [0, 1]


def test_a_dealer_that_dies_is_named(images: Any) -> None:
    model = secured(images)
    with LocalEngine(model, protocol="tables") as engine:
        assert engine.dealer is not None
        engine.dealer.kill()
        with pytest.raises(PeerLost, match="dealer"):
            engine.infer(encode(model.program, images[:1], limit=None))


def test_nothing_is_left_behind(images: Any) -> None:
    model = secured(images)
    with LocalEngine(model, protocol="tables") as engine:
        folder, pids = engine.folder, [process.pid for process in engine.parties]
        engine.infer(encode(model.program, images[:1], limit=None))
    assert not folder.exists()
    assert not any(Path(f"/proc/{pid}").exists() for pid in pids)
