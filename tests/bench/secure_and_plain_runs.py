"""Whether masking costs accuracy: the same job with secure and with plain sums, and how far plain jobs lie apart.

Three hospitals train in this one process with the demonstration's settings, only on smaller squares and for fewer
rounds, three times: with secure sums, with plain sums, and with plain sums from another seed. All three models answer
for the same held-out test images. Beside that, the secure run's last round is summed again without masks and without
encoding, from the same updates. Run it with ``python -m tests.bench.secure_and_plain_runs --json FILE``.

The exit status tells whether that round was exact. The comparison of whole runs decides nothing: training is chaotic,
so the last bits in which two sums differ make another model, and one run a side is no sample of runs.
"""

import argparse
import json
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from rich.console import Console
from rich.table import Table

from primia_core.evaluation import Figure, confusion_matrix, kappa, mcc, mcc_difference_interval
from tests.bench.demo_runs import INTERVAL_SEED, Hospitals, Run
from tests.bench.round_again import sum_again
from tests.core.federation.encoded import Encoded, watch_encoding

ROUNDS = 6
IMAGE_SIZE = 32
"""The demonstration has 8 rounds at 64 pixels. Three runs of that take half an hour of one core, of this a third."""

WIDTH = 132
"""Of the tables, in a file too."""


def main() -> None:
    """Measure and print tables, or JSON too."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=ROUNDS, help="training rounds of each run")
    parser.add_argument("--image-size", type=int, default=IMAGE_SIZE, help="pixels of a side; the demonstration has 64")
    parser.add_argument("--seed", type=int, default=0, help="of the first two runs; the third takes the next")
    parser.add_argument("--json", type=Path, help="also write the figures here")
    options = parser.parse_args()
    torch.set_num_threads(1)  # on busy cores, threads wait for each other longer than they work
    with tempfile.TemporaryDirectory(prefix="primia-bench-") as folder, pytest.MonkeyPatch.context() as patch:
        hospitals = Hospitals.open(Path(folder), options.image_size)
        figures = measure(hospitals, Path(folder), options.rounds, options.seed, watch_encoding(patch))
    _show(figures, Console(width=WIDTH))
    if options.json:
        options.json.write_text(json.dumps(figures, indent=2) + "\n")
    sys.exit(not figures["one_round"]["exact"])


def measure(hospitals: Hospitals, folder: Path, rounds: int, seed: int, encoded: list[Encoded]) -> dict[str, Any]:
    """Run the three jobs and compare them on the test images of all hospitals."""
    runs: dict[str, Run] = {}
    for name, secure, its_seed in (("secure", True, seed), ("plain", False, seed), ("other_seed", False, seed + 1)):
        print(f"{name.replace('_', ' ')}: seed {its_seed}, {'secure' if secure else 'plain'} sums", flush=True)
        runs[name] = Run.take(hospitals, hospitals.job(folder, rounds, its_seed, secure=secure), encoded)
    return {
        "data": hospitals.source,
        "hospitals": len(hospitals.caches),
        "image_size": hospitals.image_size,
        "rounds": rounds,
        "training_images": [len(cache.split("train")) for cache in hospitals.caches.values()],
        "test_images": len(hospitals.test),
        "test_patients": len(np.unique(hospitals.test_patients)),
        "runs": {name: run.figures(hospitals) for name, run in runs.items()},
        "secure_minus_plain": _compared(hospitals, runs["secure"], runs["plain"]),
        "plain_minus_other_seed": _compared(hospitals, runs["plain"], runs["other_seed"]),
        "one_round": sum_again(hospitals, runs["secure"]),
    }


def _compared(hospitals: Hospitals, first: Run, second: Run) -> dict[str, Any]:
    truth, classes = hospitals.test.labels, len(hospitals.classes)
    difference = mcc(first.confusion(hospitals)) - mcc(second.confusion(hospitals))

    def figure(patients: Sequence[str] | None) -> dict[str, Any]:
        low, high = mcc_difference_interval(
            truth, first.labels, second.labels, classes=classes, seed=INTERVAL_SEED, patients=patients
        )
        return {**Figure(value=difference, low=low, high=high).model_dump(), "holds_0": low <= 0 <= high}

    return {
        "mcc_difference": figure(None),
        "mcc_difference_by_patient": figure(hospitals.test_patients),
        "kappa": kappa(confusion_matrix(first.labels, second.labels, classes=classes)),
        "labelled_otherwise": int(np.count_nonzero(first.labels != second.labels)),
    }


def _show(figures: Mapping[str, Any], console: Console) -> None:
    console.print(_runs(figures))
    console.print(_differences(figures))
    console.print(_round(one := figures["one_round"]))
    console.print("without masks:", "the same bits" if one["same_bits_without_masks"] else "OTHER BITS")
    console.print(f"labels against the exact mean: kappa {one['kappa']:.3f}, {one['labelled_otherwise']} otherwise")


def _runs(figures: Mapping[str, Any]) -> Table:
    title = f"{figures['test_images']} test images of {figures['test_patients']} patients ({figures['data']})"
    table = _table(title, "", "seed", "accuracy", "MCC", "validation MCC by round", "chosen", "seconds")
    for name, run in figures["runs"].items():
        curve = " ".join(f"{value:.3f}" for value in run["validation_mcc"])
        scores = (_interval(run["accuracy"]), _interval(run["mcc"]))
        table.add_row(
            name.replace("_", " "), str(run["seed"]), *scores, curve, str(run["chosen_round"]), str(run["seconds"])
        )
    return table


def _differences(figures: Mapping[str, Any]) -> Table:
    table = _table("Pairs", "", "difference of MCC", "resampling patients", "kappa", "labelled otherwise")
    for name in ("secure_minus_plain", "plain_minus_other_seed"):
        pair = figures[name]
        intervals = (_interval(pair["mcc_difference"]), _interval(pair["mcc_difference_by_patient"]))
        table.add_row(name.replace("_", " "), *intervals, f"{pair['kappa']:.3f}", str(pair["labelled_otherwise"]))
    return table


def _round(one: Mapping[str, Any]) -> Table:
    table = _table(
        f"Round {one['round']}, the same updates", "", "values", "largest error", "bound", "beyond", "clipped"
    )
    for group, error in one["groups"].items():
        sizes = (f"{error['largest_error']:.3g}", f"{error['bound']:.3g}")
        name, clipped = group.replace("_", " "), str(one["clipped"][group])
        table.add_row(name, f"{error['values']:,}", *sizes, str(error["beyond"]), clipped)
    return table


def _table(title: str, *headings: str) -> Table:
    table = Table(title=title, title_justify="left", box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for heading in headings:
        table.add_column(heading, no_wrap=True)
    return table


def _interval(figure: Mapping[str, float]) -> str:
    return f"{figure['value']:.3f} [{figure['low']:.3f}, {figure['high']:.3f}]"


if __name__ == "__main__":
    main()
