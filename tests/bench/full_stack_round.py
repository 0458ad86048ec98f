"""What a round costs through the whole platform: secure and plain, the same work, one after the other in one run.

A platform with three hospitals is started in a temporary folder. Their images are few and small and a round trains one
batch of two, so that what is left is the round itself: keys, encoding, masks, uploads, sums, downloads, applying.
Run it with ``make bench-round`` or ``python -m tests.bench.full_stack_round --json FILE``.
"""

import argparse
import json
import statistics
import tempfile
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import psutil

from primia_core.client import Client
from primia_core.imaging import phantoms
from workers.demo.consortium import Access, enrol_hospitals, found_consortium, wait_until_ready
from workers.demo.hospitals import NAMES, PARTITION_SEED, Hospital, lay_out
from workers.site.database import Database
from workers.site.folder import SiteFolder
from workers.site.journal import Journal
from workers.site.policy import SitePolicy
from workers.supervisor.platform import Platform
from workers.supervisor.running import running_platform

CLASSES = ("normal", "bacterial", "viral")
IMAGES_OF = 45
FOLLOW_EVERY_S = 1.0
"""Each look costs the web server processor time that is none of the round's. Events bring their own times."""


def main() -> None:
    """Measure and print a table, or JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=6, help="training rounds of each job, at least 3")
    parser.add_argument("--json", type=Path, help="also write the figures here")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="primia-bench-") as folder:
        figures = measure(Path(folder), options.rounds)
    for name, value in figures.items():
        print(f"{name:34s} {value}")
    if options.json:
        options.json.write_text(json.dumps(figures, indent=2) + "\n")


def measure(folder: Path, rounds: int) -> dict[str, Any]:
    """Run a secure and a plain job on a platform of their own and return the figures of both."""
    hospitals = [Hospital(slug, name, folder / "images" / slug) for slug, name in NAMES.items()]
    lay_out(phantoms.draw(folder / "drawn", patients=IMAGES_OF, seed=PARTITION_SEED, size=64), hospitals)
    with running_platform(folder / "state", say=print) as platform:
        access = found_consortium(platform, folder)
        with Client(platform.url, access.token) as client:
            policy = SitePolicy(approval="auto", require_secure=False)
            enrol_hospitals(platform, client, access, hospitals, classes=CLASSES, policy=policy)
            wait_until_ready(client, access, set(NAMES), say=print)
            secure = _job(platform, client, access, rounds, secure=True)
            plain = _job(platform, client, access, rounds, secure=False)
    return {
        **{f"secure_{name}": value for name, value in secure.items()},
        **{f"plain_{name}": value for name, value in plain.items()},
        "wall_ratio": round(secure["round_seconds"] / plain["round_seconds"], 3),
        "cpu_ratio": round(secure["cpu_seconds_a_round"] / plain["cpu_seconds_a_round"], 3),
    }


def _job(platform: Platform, client: Client, access: Access, rounds: int, *, secure: bool) -> dict[str, Any]:
    settings = {
        "data": {"image_size": 32},
        "training": {"steps": 1, "batch_size": 2, "seed": int(secure)},
        "strategy": {"rounds": rounds},
        "selection": {"first_round": 1},
        "aggregation": {"secure": secure},
    }
    job = client.create_job(access.federation, "secure" if secure else "plain", settings)["id"]
    sent = _bytes_sent(platform)
    client.submit_job(job)
    opened: dict[int, datetime] = {}
    trained: dict[int, dict[str, float]] = {}
    cpu: list[float] = []
    for event in client.follow(job, poll_s=FOLLOW_EVERY_S):
        if event["kind"] == "round.opened" and event["payload"]["kind"] == "train":
            cpu.append(_cpu(platform))
        _note(event, opened, trained)
    done = client.job(job)
    if done["state"] != "succeeded":
        raise SystemExit(f"the {'secure' if secure else 'plain'} job ended {done['state']}: {done['failure']}")
    walls = [(opened[n + 1] - opened[n]).total_seconds() for n in sorted(opened)[1:] if n + 1 in opened]
    local = [max(trained[n].values(), default=0.0) for n in sorted(opened)[1:] if n + 1 in opened]
    return {
        "round_seconds": round(statistics.median(walls), 3),
        "round_seconds_all": [round(wall, 3) for wall in walls],
        "of_which_local_work": round(statistics.median(local), 3),
        "without_local_work": round(statistics.median(w - x for w, x in zip(walls, local, strict=True)), 3),
        "cpu_seconds_a_round": round((cpu[-1] - cpu[1]) / (len(cpu) - 2), 2),
        "upload_bytes_per_site_round": round((_bytes_sent(platform) - sent) / len(NAMES) / rounds),
        "coordinator_peak_bytes": _peak(platform, "coordinator"),
    }


def _note(event: dict[str, Any], opened: dict[int, datetime], trained: dict[int, dict[str, float]]) -> None:
    """Keep when each step opened, and from when to when each site was busy with its own images."""
    payload, now = event["payload"], datetime.fromisoformat(event["time"])
    if event["kind"] == "round.opened" and (payload["kind"] == "train" or opened):
        opened[payload["number"]] = now
        trained[payload["number"]] = {}
    if event["kind"] == "site.phase" and payload["number"] in trained:
        spans = trained[payload["number"]]
        if payload["phase"] == "training":
            spans.setdefault(event["site"], now.timestamp())
        elif payload["phase"] == "masking" and spans.get(event["site"], 0) > 1e6:
            spans[event["site"]] = now.timestamp() - spans[event["site"]]


def _bytes_sent(platform: Platform) -> int:
    total = 0
    for slug in NAMES:
        database = Database(SiteFolder(platform.sites / slug).database)
        total += Journal(database).total_bytes()
        database.close()
    return total


def _processes(platform: Platform) -> Iterator[psutil.Process]:
    for process in platform.control.processes():
        if process.pid:
            parent = psutil.Process(process.pid)
            yield parent
            yield from parent.children(recursive=True)


def _cpu(platform: Platform) -> float:
    return sum(sum(process.cpu_times()[:4]) for process in _processes(platform))


def _peak(platform: Platform, name: str) -> int:
    pids = [process.pid for process in platform.control.processes() if process.name == name and process.pid]
    family = [child for pid in pids for child in (psutil.Process(pid), *psutil.Process(pid).children(recursive=True))]
    status = [Path(f"/proc/{process.pid}/status").read_text() for process in family]
    return max(int(text.split("VmHWM:")[1].split()[0]) * 1024 for text in status)


if __name__ == "__main__":
    main()
