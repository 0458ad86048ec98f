"""The demonstration itself: hospitals train, then institutions diagnose. It decides the settings, and nothing else."""

import time
from pathlib import Path
from typing import Any

from rich.console import Console

from primia_core.client import Client
from primia_core.errors import PrimiaError
from primia_core.training import native_precision
from workers.demo.consortium import Access, enrol_hospitals, found_consortium, wait_until_ready
from workers.demo.display import Progress
from workers.demo.hospitals import lay_out_hospitals
from workers.demo.report import build_report, print_diagnosis, print_table, write_report
from workers.demo.second_act import SecondAct
from workers.site.policy import SitePolicy
from workers.supervisor.platform import Platform

CLASSES = ("normal", "bacterial", "viral")
LOOK_EVERY_S = 1.0
"""How often the terminal asks for news; each look costs the web server time that the hospitals here train in."""


IMAGE_SIZE = 64
"""Pixels of a side, at which two cores train six rounds in minutes."""


def settings(rounds: int, image_size: int = IMAGE_SIZE) -> dict[str, Any]:
    """Return the job's settings: half an epoch a round."""
    return {
        "data": {"image_size": image_size},
        "model": {"name": "resnet18"},
        "training": {
            "steps": 24,
            "batch_size": 32,
            "precision": native_precision(),
            "learning_rate": 1e-3,
            "final_learning_rate": 2e-4,
            "augmentation": {"rotation_degrees": 5, "translation_fraction": 0.03, "scale_fraction": 0.05},
        },
        "strategy": {"name": "fedavg", "rounds": rounds},
        "selection": {"first_round": min(3, rounds)},
    }


def run_demo(
    platform: Platform, console: Console, *, rounds: int, image_size: int, report: Path | None, started: float
) -> bool:
    """Run the demonstration on a running platform.

    Args:
        platform: running; hospitals are added to it.
        console: where to print.
        rounds: training rounds.
        image_size: pixels of a side of what the network reads.
        report: where to write the results as JSON.
        started: when set-up began, in seconds since 1970.
    Returns:
        Whether the job succeeded and the picture was diagnosed.
    """
    folder = platform.state.path / "demo"
    folder.mkdir(mode=0o700, exist_ok=True)
    access = found_consortium(platform, folder)
    _say_where(console, platform, access)
    hospitals, source = lay_out_hospitals(folder / "hospitals")
    with Client(platform.url, access.token) as client:
        policy = SitePolicy(approval="auto")
        enrol_hospitals(platform, client, access, hospitals, classes=CLASSES, policy=policy)
        wait_until_ready(client, access, {hospital.slug for hospital in hospitals}, say=console.print)
        draft = client.create_job(access.federation, "Pneumonia, three hospitals", settings(rounds, image_size))
        console.print(f"\nTraining. Watch it live: [bold]{platform.url}/jobs/{draft['id']}[/]", soft_wrap=True)
        client.submit_job(draft["id"])
        second = SecondAct(platform, console, access, hospitals, source)
        second.prepare()
        Progress(console, rounds).show(client.follow(draft["id"], poll_s=LOOK_EVERY_S))
        job, rows = client.job(draft["id"]), list(client.all(f"jobs/{draft['id']}/rounds"))
        result = build_report(job, rows, source=source, wall_seconds=time.time() - started)
        console.print()
        print_table(result, console)
        good = job["state"] == "succeeded" and _play(second, client, _model_of(client, access, draft["id"]), result)
    result["wall_seconds"] = round(time.time() - started, 2)
    if result["diagnosis"]:
        print_diagnosis(result, console)
    if report is not None:
        write_report(result, report)
    return good


def _play(second: SecondAct, client: Client, model: dict[str, Any], result: dict[str, Any]) -> bool:
    """Play the second act into the report. Its failure is told and ends nothing: the training stands."""
    try:
        result["diagnosis"] = second.play(client, model)
    except PrimiaError as error:
        second.console.print(f"  [red]no diagnosis[/]: {error.message}", soft_wrap=True)
        result["diagnosis_failure"] = {"code": error.code, "message": error.message}
        return False
    return True


def _model_of(client: Client, access: Access, job: str) -> dict[str, Any]:
    return next(row for row in client.all("models", federation=access.federation) if row["job"]["id"] == job)


def _say_where(console: Console, platform: Platform, access: Access) -> None:
    console.print(f"\nThe dashboard is at [bold]{platform.url}[/]")
    console.print(f"  user name [bold]{access.username}[/], password [bold]{access.password}[/]\n")
