"""Measures the rates of this machine: runs small reference networks between real processes and fits what it sees.

The parties compute at the same time and share memory and caches, as they will in earnest, and talk over the same TLS
links. Takes some seconds.
"""

import platform
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from statistics import fmean as mean
from statistics import median

import numpy as np

from primia_core.mpc import kernels
from primia_core.mpc.cost import Conditions, OperationCost, Rates, estimate, exact_costs, features, total
from primia_core.mpc.cost.conditions import SECURENN
from primia_core.mpc.cost.rates import Fixed
from primia_core.mpc.local.calm import Calm
from primia_core.mpc.local.engine import Inference, LocalEngine
from primia_core.mpc.local.fitting import Sample, fitted, line, rates_of
from primia_core.mpc.local.orders import Network
from primia_core.mpc.local.reference import NARROW, WIDE, ReferenceModel, reference_model
from primia_core.mpc.program.operations import Input, SecureProgram

RUNS, HELD_RUNS = 9, 4
HELD = Network(bandwidth_mbps=1000.0)
WOKEN = Network(latency_ms=10.0)
FOLLOWER = 1
"""Of SecureNN's parties the one that waits for all others."""
Seconds = Mapping[int, float]
"""By position of the operation."""


@dataclass(frozen=True)
class Measured:
    """Some runs of one reference network."""

    program: SecureProgram
    costs: Sequence[OperationCost]
    runs: Sequence[Inference]

    def laps(
        self, of_run: Callable[[Inference], Sequence[Seconds]], whole: Callable[[Inference], float]
    ) -> list[Sample]:
        """Return for each operation what it took on average, of those at work and of the middle runs."""
        laps = [of_one for run in middle(self.runs, whole) for of_one in of_run(run)]
        return [
            Sample(op.kind, features(self.program, op), mean(of_one.get(position, 0.0) for of_one in laps))
            for position, op in enumerate(self.program.operations)
        ]

    def waits(self) -> list[Sample]:
        """Return for each operation with rounds what the parties waited in it on average.

        The first is left out, since the parties do not begin at the same moment.
        """
        runs = middle(self.runs, online_s)
        return [
            Sample(
                op.kind,
                {"rounds": cost.rounds, "bytes": cost.line_bytes},
                mean(_counted(run, party, position, op.kind)["wait_s"] for run in runs for party in (0, 1)),
            )
            for position, (op, cost) in enumerate(zip(self.program.operations, self.costs, strict=True))
            if cost.rounds and position
        ]

    def carrying(self) -> Sample:
        """Return what all rounds took a party besides on average: what it computed less what its operations did."""
        runs, whole = middle(self.runs, online_s), total(list(self.costs))
        besides = [
            counters["total"]["compute_s"] - sum(counters["compute_by_operation"].values())
            for run in runs
            for counters in run.counters
        ]
        return Sample("", {"rounds": whole.rounds, "bytes": whole.line_bytes}, mean(besides))

    def whole(self) -> list[Sample]:
        """Return for each operation what the last of SecureNN's parties computed and waited on average."""
        counted = [
            [_counted(run, FOLLOWER, position, op.kind) for run in middle(self.runs, online_s)]
            for position, op in enumerate(self.program.operations)
        ]
        return [
            Sample(op.kind, features(self.program, op), mean(cost["compute_s"] + cost["wait_s"] for cost in costs))
            for op, costs in zip(self.program.operations, counted, strict=True)
        ]


def middle(runs: Sequence[Inference], whole: Callable[[Inference], float]) -> Sequence[Inference]:
    """Return the runs that are neither among the fastest nor among the slowest quarter."""
    ordered = sorted(runs, key=whole)
    cut = len(runs) // 4
    return ordered[cut : len(runs) - cut]


def online_s(run: Inference) -> float:
    """Return how long a run took."""
    return run.online_s


def measure_rates(profile: str, conditions: Conditions) -> Rates:
    """Measure this machine for a profile, and for the protocol and the threads of some conditions.

    Raises:
        PeerLost, PeerStalled, PeerFailed: a process failed.
    Cost: two starts of the parties and some thirty small runs; three times as long where others' work disturbs them.
    """
    large, small, held, woken = _runs(profile, conditions)
    known: dict[str, object] = {
        "protocol": conditions.protocol, "profile": profile, "threads": conditions.threads,
        "kernels": kernels.active(), "machine": processor(),
        "measured": datetime.now(UTC).isoformat(timespec="seconds"), "start": _start((large, small)),
    }  # fmt: skip
    if conditions.protocol == SECURENN:
        known["online"] = fitted([*large.whole(), *small.whole()])
    else:
        offline = [
            (lambda run: run.offline.prepare_laps, lambda run: run.offline.prepare_s),
            (lambda run: [run.offline.dealer_laps], lambda run: run.offline.dealer_s),
        ]
        both = (large, small)
        known["online"] = fitted([sample for network in both for sample in network.laps(_computed, online_s)])
        known["preparing"], known["dealing"] = (
            fitted([sample for network in both for sample in network.laps(*phase)]) for phase in offline
        )
        known |= {"step": _step(both), "carrying": _carrying(both), **_files(both)}
    for name, runs, network in (("held", held, HELD), ("woken", woken, WOKEN)):
        known[name] = _longer(runs, network, Rates.model_validate(known))
    return Rates.model_validate(known)


def _runs(profile: str, conditions: Conditions) -> list[Measured]:
    """Run both reference networks as the machine is, then the smaller one on two added lines."""
    large, small = reference_model(profile, (WIDE, NARROW)), reference_model(profile, (NARROW,))
    calm = Calm()
    return [
        *_measured(large, conditions, {None: RUNS}, calm),
        *_measured(small, conditions, {None: RUNS, HELD: HELD_RUNS, WOKEN: HELD_RUNS}, calm),
    ]


def processor() -> str:
    """Return the name of this machine's processor and how many it has."""
    described = Path("/proc/cpuinfo")
    lines = described.read_text().splitlines() if described.exists() else []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return f"{names[0]}, {len(names)} cores" if names else platform.processor() or platform.machine()


def _measured(
    model: ReferenceModel, conditions: Conditions, lines: Mapping[Network | None, int], calm: Calm
) -> Iterator[Measured]:
    """Run a network so often on each line, as far as possible undisturbed."""
    first = model.program.operations[0]
    assert isinstance(first, Input)
    image = np.zeros((1, *first.shape), np.int64)
    costs = exact_costs(model.program, conditions.protocol)
    with LocalEngine(model, protocol=conditions.protocol, threads=conditions.threads) as engine:
        engine.infer(image)  # fills caches, and is not counted
        for added, count in lines.items():
            yield Measured(model.program, costs, calm.undisturbed(partial(engine.infer, image, added), count))


def _computed(run: Inference) -> Sequence[Seconds]:
    return [counters["compute_by_operation"] for counters in run.counters]


def _counted(run: Inference, party: int, position: int, kind: str) -> Mapping[str, float]:
    nothing = {"compute_s": 0.0, "wait_s": 0.0}
    counted: Mapping[str, float] = run.counters[party]["by_label"].get(f"{position}:{kind}", nothing)
    return counted


def _step(measured: Sequence[Measured]) -> Fixed:
    """Return what a round takes: at all and by the byte, as the parties see it on average."""
    return _by_round([sample for network in measured for sample in network.waits()])


def _carrying(measured: Sequence[Measured]) -> Fixed:
    """Return what a round takes a party besides, on average."""
    return _by_round([network.carrying() for network in measured])


def _by_round(samples: Sequence[Sample]) -> Fixed:
    rates = rates_of(samples)
    return Fixed(once=rates["rounds"], byte=rates["bytes"])


def _start(measured: Sequence[Measured]) -> float:
    """Return by how much a run is longer than it is to the party that begins last."""
    late: list[float] = []
    for run in (run for network in measured for run in network.runs):
        totals = [counters["total"] for counters in run.counters]
        late.append(run.online_s - min(total["compute_s"] + total["wait_s"] for total in totals[:2]))
    return max(0.0, median(late))


def _longer(measured: Measured, line: Network, known: Rates) -> float:
    """Return by how much a round on an added line takes longer than is known so far."""
    conditions = Conditions(
        known.protocol, latency_ms=line.latency_ms, bandwidth_mbps=line.bandwidth_mbps, threads=known.threads
    )
    expected = estimate(measured.program, conditions, known)
    return max(0.0, (median(run.online_s for run in measured.runs) - expected.online) / expected.cost.rounds)


def _files(measured: Sequence[Measured]) -> dict[str, object]:
    """Return the rates of correlation files: dealing besides the operations, delivery, loading."""
    sizes, delivery, loading, deal = [], [], [], []
    for network in measured:
        for run in network.runs:
            offline = run.offline
            sizes.append(max(offline.file_bytes))
            delivery.append(offline.delivery_s)
            slower = max(sum(laps.values()) for laps in offline.prepare_laps)
            loading.append(offline.prepare_s - slower)
            deal.append(offline.dealer_s - sum(offline.dealer_laps.values()))
    once, each = line(sizes, delivery)
    load_once, load_each = line(sizes, loading)
    return {
        "delivery": Fixed(once=once, byte=each),
        "loading": Fixed(once=load_once, byte=load_each),
        "deal": max(0.0, median(deal)),
    }
