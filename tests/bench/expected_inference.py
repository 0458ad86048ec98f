"""What the cost model expects of encrypted inference beside what runs take, for many settings, as a table.

``python -m tests.bench.expected_inference --protocol fss --json FILE`` measures the rates of this machine, then runs
each setting. Runs during which other processes worked are run again; rows in which that did not help are marked.
With ``--fresh`` rates are measured before each setting again: a machine that others share changes its speed in minutes.
"""

import argparse
import json
import math
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import groupby
from pathlib import Path
from typing import Any
from unittest.mock import patch

from primia_core.cli import encrypted_runs
from primia_core.cli.encrypted_runs import Setting, drawn, measure, secured
from primia_core.mpc.cost import Rates, estimate
from primia_core.mpc.cost.conditions import PROTOCOLS
from primia_core.mpc.local.rates import measure_rates
from tests.bench.quiet import QuietEngine

USUAL = Setting(
    model="resnet18", size=64, pool="avg", protocol="fss", profile="fast", channels=3, batch=1, policy="logits",
    latency_ms=0.0, bandwidth_mbps=math.inf, threads=1, runs=5,
)  # fmt: skip
FAR, THIN, BOTH = {"latency_ms": 10.0}, {"bandwidth_mbps": 1000.0}, {"latency_ms": 10.0, "bandwidth_mbps": 100.0}
FURTHER = {"latency_ms": 100.0, "runs": 3}
CHANGES: dict[str, list[dict[str, Any]]] = {
    "full": [
        {}, FAR, FURTHER, THIN, BOTH, {"batch": 4}, {"batch": 4, **BOTH}, {"pool": "max"},
        {"model": "small_cnn"}, {"model": "small_cnn", "batch": 4, **FAR},
        {"size": 224}, {"size": 224, **FAR, **THIN}, {"size": 224, "bandwidth_mbps": 100.0}, {"size": 224, "batch": 4},
        {"size": 224, "pool": "max"}, {"model": "vgg16", "runs": 3},
    ],
    "short": [
        {}, BOTH, {"batch": 4}, {"pool": "max", **FAR}, {"model": "small_cnn"},
        {"size": 224}, {"size": 224, **BOTH}, {"size": 224, "pool": "max"},
    ],
    "baseline": [{}, FAR, BOTH, {"model": "small_cnn"}, {"size": 224, "runs": 3}],
}  # fmt: skip
COLUMNS = ("setting", "online, s", "expected", "off by")
PHASES = ("dealer", "delivery", "prepare")


def main() -> None:
    """Measure and print a table, row by row."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--protocol", choices=PROTOCOLS, default="fss")
    parser.add_argument("--profile", choices=("fast", "precise"), default="fast")
    parser.add_argument("--settings", choices=tuple(CHANGES), default="short")
    parser.add_argument("--patience", type=float, default=30.0, help="seconds to wait for a quiet run")
    parser.add_argument("--fresh", action="store_true", help="measure the rates again for each setting")
    parser.add_argument("--json", type=Path, help="also write one line for each setting here")
    options = parser.parse_args()
    QuietEngine.patience_s = options.patience
    first = replace(USUAL, protocol=options.protocol, profile=options.profile)
    settings = [replace(first, **change) for change in CHANGES[options.settings]]
    rates = measure_rates(first.profile, first.conditions)
    with patch.object(encrypted_runs, "LocalEngine", QuietEngine):
        print(f"{rates.machine}, {rates.kernels} kernels, {rates.measured}\n", flush=True)
        heads = [*COLUMNS, *(cell for phase in PHASES for cell in (f"{phase}, s", "expected"))]
        print(f"| {' | '.join(heads)} |\n|{'---|' * len(heads)}")
        again = (lambda: measure_rates(first.profile, first.conditions)) if options.fresh else (lambda: rates)
        for row in compared(settings, again):
            print(_line(row), flush=True)
            if options.json is not None:
                with options.json.open("a", encoding="utf-8") as file:
                    file.write(json.dumps(row) + "\n")


def compared(settings: list[Setting], rates: Callable[[], Rates]) -> Iterator[dict[str, Any]]:
    """Run each setting and expect it; networks of one kind are prepared once."""
    for _, alike in groupby(settings, key=lambda setting: (setting.model, setting.size, setting.pool, setting.batch)):
        group = list(alike)
        network = drawn(group[0])
        model = secured(group[0], *network)
        for setting in group:
            before, known = QuietEngine.disturbed, rates()
            with (
                patch.object(encrypted_runs, "drawn", return_value=network),
                patch.object(encrypted_runs, "secured", return_value=model),
            ):
                got = measure(setting)
            said = estimate(model.program, setting.conditions, known).to_json()
            yield {"title": setting.title, "got": got, "said": said, "disturbed": QuietEngine.disturbed - before}


def _line(row: dict[str, Any]) -> str:
    got, said = row["got"], row["said"]
    online, expected = got["online_seconds"], said["online_seconds"]["median"]
    mark = f" ({row['disturbed']} disturbed)" if row["disturbed"] else ""
    cells = [
        f"{row['title']}{mark}",
        f"{online['median']:.3f} ({online['min']:.3f} to {online['max']:.3f})",
        f"{expected:.3f}",
        f"{expected / online['median'] - 1:+.0%}",
    ]
    for phase in PHASES:
        cells += [f"{figures[f'{phase}_seconds']:.3f}" for figures in (got, said)]
    return f"| {' | '.join(cells)} |"


if __name__ == "__main__":
    main()
