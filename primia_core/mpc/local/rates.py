"""Measures the rates of this machine: runs small reference networks between real processes and fits what it sees.

The parties compute at the same time and share memory and caches, as they will in earnest, and talk over the same TLS
links. Takes some seconds.
"""

import platform
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from statistics import median

import numpy as np

from primia_core.mpc import kernels
from primia_core.mpc.cost import Conditions, OperationCost, Rates, exact_costs, features
from primia_core.mpc.cost.conditions import SECURENN
from primia_core.mpc.cost.rates import ByKind, Fixed, seconds
from primia_core.mpc.local.engine import Inference, LocalEngine
from primia_core.mpc.local.fitting import Sample, fitted, line
from primia_core.mpc.local.orders import Network
from primia_core.mpc.local.reference import NARROW, WIDE, ReferenceModel, reference_model
from primia_core.mpc.program.operations import Input, SecureProgram

RUNS = 7
HELD_LATENCY_MS = 2.0
FOLLOWER = 1
"""Of SecureNN's parties the one that waits for all others."""


@dataclass(frozen=True)
class Measured:
    """Some runs of one reference network."""

    program: SecureProgram
    costs: Sequence[OperationCost]
    runs: Sequence[Inference]

    def laps(self, which: str) -> list[Sample]:
        """Return for each operation the middle over runs of what the parties, or the dealer, took on average."""
        samples = []
        for position, op in enumerate(self.program.operations):
            took = [_mean(_laps(run, which), position) for run in self.runs]
            samples.append(Sample(op.kind, features(self.program, op), median(took)))
        return samples

    def waits(self, party: int) -> list[tuple[OperationCost, float]]:
        """Return for each operation with rounds its cost and the middle of what a party waited in it."""
        waited = []
        for position, (op, cost) in enumerate(zip(self.program.operations, self.costs, strict=True)):
            label = f"{position}:{op.kind}"
            if cost.rounds:
                waited.append((cost, median(run.counters[party]["by_label"][label]["wait_s"] for run in self.runs)))
        return waited

    def whole(self, party: int) -> list[Sample]:
        """Return for each operation the middle of what a party computed and waited, where the counters tell."""
        samples = []
        for position, op in enumerate(self.program.operations):
            costs = [run.counters[party]["by_label"].get(f"{position}:{op.kind}") for run in self.runs]
            took = [cost["compute_s"] + cost["wait_s"] for cost in costs if cost]
            samples.append(Sample(op.kind, features(self.program, op), median(took) if took else 0.0))
        return samples


def measure_rates(profile: str, conditions: Conditions) -> Rates:
    """Measure this machine for a profile, and for the protocol and the threads of some conditions.

    Raises:
        PeerLost, PeerStalled, PeerFailed: a process failed.
    Cost: two starts of the parties and a dozen small runs.
    """
    free = _measured(reference_model(profile, (WIDE, NARROW)), conditions)
    held = _measured(reference_model(profile, (NARROW,)), conditions, Network(latency_ms=HELD_LATENCY_MS))
    known = {
        "protocol": conditions.protocol, "profile": profile, "threads": conditions.threads,
        "kernels": kernels.active(), "machine": processor(),
        "measured": datetime.now(UTC).isoformat(timespec="seconds"),
    }  # fmt: skip
    if conditions.protocol == SECURENN:
        online = fitted(free.whole(FOLLOWER))
        return Rates.model_validate({**known, "online": online, "held": _longer(held, online), "start": _start(free)})
    step = _step(free)
    return Rates.model_validate({
        **known,
        "online": fitted(free.laps("online")),
        "preparing": fitted([*free.laps("prepare"), *held.laps("prepare")]),
        "dealing": fitted([*free.laps("dealer"), *held.laps("dealer")]),
        "step": step, "held": _held(held, step), "start": _start(free), **_files((free, held)),
    })  # fmt: skip


def processor() -> str:
    """Return the name of this machine's processor and how many it has."""
    described = Path("/proc/cpuinfo")
    lines = described.read_text().splitlines() if described.exists() else []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return f"{names[0]}, {len(names)} cores" if names else platform.processor() or platform.machine()


def _measured(model: ReferenceModel, conditions: Conditions, network: Network | None = None) -> Measured:
    first = model.program.operations[0]
    assert isinstance(first, Input)
    image = np.zeros((1, *first.shape), np.int64)
    with LocalEngine(model, protocol=conditions.protocol, network=network, threads=conditions.threads) as engine:
        engine.infer(image)  # fills caches, and is not counted
        runs = [engine.infer(image) for _ in range(RUNS)]
    return Measured(model.program, exact_costs(model.program, conditions.protocol), runs)


def _laps(run: Inference, which: str) -> Sequence[dict[int, float]]:
    if which == "online":
        return [counters["compute_by_operation"] for counters in run.counters]
    if which == "prepare":
        return [dict(laps) for laps in run.offline.prepare_laps]
    return [dict(run.offline.dealer_laps)]


def _mean(laps: Sequence[dict[int, float]], position: int) -> float:
    return sum(of_party.get(position, 0.0) for of_party in laps) / len(laps)


def _step(measured: Measured) -> Fixed:
    """Return what a round takes: at all and by the byte, as the parties see it on average."""
    samples = [
        Sample("", {"rounds": cost.rounds, "bytes": cost.line_bytes}, (waited + other) / 2)
        for (cost, waited), (_, other) in zip(measured.waits(0)[1:], measured.waits(1)[1:], strict=True)
    ]  # without the first, since the parties do not begin at the same moment
    rates = fitted(samples)[""]
    return Fixed(once=rates["rounds"], byte=rates["bytes"])


def _start(measured: Measured) -> float:
    """Return by how much a run is longer than it is to the party that begins last."""
    late: list[float] = []
    for run in measured.runs:
        totals = [counters["total"] for counters in run.counters]
        late.append(run.online_s - min(total["compute_s"] + total["wait_s"] for total in totals[:2]))
    return max(0.0, median(late))


def _held(measured: Measured, step: Fixed) -> float:
    """Return what a round on an added line takes longer than the line itself."""
    over = []
    for party in (0, 1):
        for cost, waited in measured.waits(party)[1:]:
            line_s = cost.rounds * HELD_LATENCY_MS / 1e3
            own = cost.rounds * step.once + cost.line_bytes * step.byte
            over.append((waited - max(line_s, own)) / cost.rounds)
    return max(0.0, median(over))


def _longer(held: Measured, online: ByKind) -> float:
    """Return the same for SecureNN: from whole runs, and what they would take without the line."""
    program = held.program
    without = sum(seconds(online, op.kind, features(program, op)) for op in program.operations)
    rounds = sum(cost.rounds for cost in held.costs)
    return max(0.0, (median(run.online_s for run in held.runs) - without) / rounds - HELD_LATENCY_MS / 1e3)


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
