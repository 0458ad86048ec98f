"""Runs that others' work disturbed are told from those that it did not; parties keep to processors of their own."""

import os
import threading
from types import SimpleNamespace
from typing import Any

import pytest

from primia_core.mpc.local import calm as judging
from primia_core.mpc.local.calm import MOST, Calm
from primia_core.mpc.local.processors import delayed_s, keep_to_own, own_processors, pace_s


def run(*, delayed_s: float = 0.0, pace_s: float = 1e-3, online_s: float = 0.1) -> Any:
    return SimpleNamespace(online_s=online_s, delayed_s=delayed_s, pace_s=pace_s)


@pytest.mark.parametrize(("count", "parties", "threads"), [(2, 2, 1), (5, 2, 1), (16, 2, 4), (16, 3, 5)])
def test_no_two_parties_share_a_processor_where_there_are_enough(count: int, parties: int, threads: int) -> None:
    own = [own_processors(range(count), party, parties, threads) for party in range(parties)]
    assert sorted(processor for of_one in own for processor in of_one) == list(range(count))
    assert min(map(len, own)) >= threads


@pytest.mark.parametrize(("count", "parties", "threads"), [(1, 2, 1), (2, 3, 1), (3, 2, 2)])
def test_parties_share_where_there_are_too_few(count: int, parties: int, threads: int) -> None:
    assert not any(own_processors(range(count), party, parties, threads) for party in range(parties))


def test_a_thread_keeps_to_its_own_processors() -> None:
    allowed = sorted(os.sched_getaffinity(0))
    if len(allowed) < 2:
        pytest.skip("one processor only")
    seen: list[Any] = []

    def party() -> None:
        seen.append((keep_to_own(1, 2, 1), os.sched_getaffinity(0)))

    thread = threading.Thread(target=party)
    thread.start()
    thread.join()
    assert seen == [(True, set(allowed[1::2]))]
    assert sorted(os.sched_getaffinity(0)) == allowed


def test_delays_only_grow_and_a_pace_takes_time() -> None:
    before = delayed_s()
    assert pace_s() > 0
    assert delayed_s() >= before >= 0


def test_delays_and_a_slower_pace_add_up() -> None:
    calm = Calm()
    assert calm.disturbance(run()) == 0
    assert calm.disturbance(run(delayed_s=0.01)) == pytest.approx(0.1)
    assert calm.disturbance(run(delayed_s=0.01, pace_s=1.5e-3)) == pytest.approx(0.6)


def test_the_fastest_moment_is_the_measure_of_those_before_it() -> None:
    calm, slow = Calm(), run(pace_s=2e-3)
    assert calm.disturbance(slow) == 0
    calm.disturbance(run(pace_s=1e-3))
    assert calm.disturbance(slow) == pytest.approx(1.0)


def test_parties_that_share_processors_are_never_disturbed() -> None:
    assert Calm(1e-6).disturbance(run(pace_s=0.0)) == 0


def test_disturbed_runs_are_run_again_and_left_out() -> None:
    runs = [run(delayed_s=share * 0.1) for share in (2 * MOST, 0.0, 3 * MOST, MOST / 2)]
    left = iter(runs)
    assert Calm().undisturbed(lambda: next(left), 2) == [runs[1], runs[3]]


def test_patience_ends_and_the_least_disturbed_count(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(judging, "PATIENCE_S", 0.0)
    runs = [run(delayed_s=0.09), run(delayed_s=0.05), run(delayed_s=0.07)]
    left = iter(runs)
    assert Calm().undisturbed(lambda: next(left), 3) == [runs[1], runs[2], runs[0]]
