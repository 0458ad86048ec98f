"""What a job has shown so far, read off its stored results.

It reads the JSON as it is, so that the web process needs no torch.
"""

from collections.abc import Iterator
from typing import Any

from backend.apps.jobs.models import Job

Json = dict[str, Any]


def rounds_done(job: Job) -> int:
    """Return the number of closed training rounds."""
    return sum(result["kind"] == "train" for result in _results(job))


def rounds_total(job: Job) -> int:
    """Return the number of training rounds that the settings ask for."""
    if job.kind != Job.Kind.TRAIN:
        return 0
    return int(job.settings.get("strategy", {}).get("rounds", 0))


def curve(job: Job) -> list[Json]:
    """Return the validation of each round's model, in the order of the rounds."""
    points = {e["round"]: e for e in _evaluations(job, "validation")}
    wanted = ("round", "mcc", "accuracy", "low", "high")
    return [{name: points[number][name] for name in wanted} for number in sorted(points)]


def best(job: Job) -> Json | None:
    """Return the best validated round so far, by the plan's rule: the earliest of the highest MCC."""
    first = min(job.settings.get("selection", {}).get("first_round", 1), max(rounds_total(job), 1))
    candidates = [point for point in curve(job) if point["round"] >= first]
    if not candidates:
        return None
    top = max(candidates, key=lambda point: (point["mcc"], -point["round"]))
    found = {name: top[name] for name in ("round", "mcc", "low", "high")}
    return {**found, "interval": [top["low"], top["high"]]}


def test(job: Job) -> Json | None:
    """Return the evaluation of the chosen model on the test images, once there is one."""
    for found in _evaluations(job, "test"):
        wanted = ("round", "n", "accuracy", "mcc", "low", "high", "mean_loss", "confusion")
        return {**{name: found[name] for name in wanted}, "interval": [found["low"], found["high"]]}
    return None


def _results(job: Job) -> list[Json]:
    return list(job.run_state.get("results", []))


def _evaluations(job: Job, split: str) -> Iterator[Json]:
    return (e for result in _results(job) for e in result["evaluations"] if e["split"] == split)
