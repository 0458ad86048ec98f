"""The demonstration's table of results and its JSON report, from what the API says of the finished job."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

Json = Mapping[str, Any]


def build_report(job: Json, rounds: Sequence[Json], *, source: str, wall_seconds: float) -> dict[str, Any]:
    """Collect what the run showed.

    Args:
        job: the finished job, as the API returns it.
        rounds: its rounds, as the API returns them.
        source: ``kermany`` or ``phantom``.
        wall_seconds: from the first command to the result, set-up included.
    """
    trained = [row for row in rounds if row["kind"] == "train"]
    lanes = [lane for row in trained for attempt in row["attempts"] for lane in attempt["lanes"]]
    uploads = [lane["size_bytes"] for lane in lanes if lane["size_bytes"]]
    return {
        "data": source,
        "state": job["state"],
        "sites": len(job["plan"]["roster"]) if job["plan"] else 0,
        "rounds": len(trained),
        "secure": bool(job["plan"] and job["plan"]["aggregation"]["secure"]),
        "round_seconds": [row["seconds"] for row in trained],
        "upload_bytes_per_site_round": max(uploads, default=0),
        "curve": job["curve"],
        "best": job["best"],
        "test": job["test"],
        "wall_seconds": round(wall_seconds, 2),
        "failure": job["failure"],
        "diagnosis": None,
    }


def print_table(report: Json, console: Console) -> None:
    """Print the results as a person would want to read them."""
    table = Table(title="Three hospitals, one model, no picture shared", title_justify="left", show_header=False)
    rows = {
        "images": "paediatric chest X-rays (Kermany)" if report["data"] == "kermany" else "phantoms drawn here",
        "sites and rounds": f"{report['sites']} sites, {report['rounds']} rounds",
        "secure aggregation": "yes" if report["secure"] else "no",
        "seconds a round": " ".join(f"{seconds:.1f}" for seconds in report["round_seconds"]),
        "up from each site, a round": f"{report['upload_bytes_per_site_round'] / 1e6:.1f} MB",
        "validation MCC by round": " ".join(f"{point['mcc']:.2f}" for point in report["curve"]),
    }
    if test := report["test"]:
        rows["test images"] = str(test["n"])
        rows["test accuracy"] = f"{test['accuracy']:.3f}"
        rows["test MCC"] = f"{test['mcc']:.3f} (95 % interval {test['interval'][0]:.2f} to {test['interval'][1]:.2f})"
    if failure := report["failure"]:
        rows["failed"] = f"{failure['phase']}, {failure['site'] or 'hub'}: {failure['reason']}. {failure['next_step']}"
    rows["wall time"] = f"{report['wall_seconds']:.0f} s"
    for name, value in rows.items():
        table.add_row(name, value)
    console.print(table)


def print_diagnosis(report: Json, console: Console) -> None:
    """Print the second act's result: the encrypted answer beside the plain one, and seconds by step."""
    found = report["diagnosis"]
    picture = found["picture"]
    answers = Table("probability of", "encrypted", "in the clear")
    for name, probability in found["probabilities"].items():
        answers.add_row(name, f"{probability:.4f}", f"{found['plain_probabilities'][name]:.4f}")
    console.print()
    console.print(answers)
    steps = ", ".join(f"{name} {seconds:.2f}" for name, seconds in found["seconds"].items())
    lines = (
        f"one held-out picture of class {picture['class']}; the scales come from {found['calibrated_on']}",
        f"{found['total_seconds']:.2f} s from file to result: {steps}",
        "It is the answer of a model and not a diagnosis.",
        f"all in all {report['wall_seconds']:.0f} s",
    )
    for line in lines:
        console.print(f"  {line}", soft_wrap=True)


def write_report(report: Json, path: Path) -> None:
    """Write the report as JSON, whole or not at all."""
    part = path.with_name(path.name + ".part")
    part.write_text(json.dumps(report, indent=2) + "\n")
    part.replace(path)
