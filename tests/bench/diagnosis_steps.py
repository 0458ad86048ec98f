"""What a diagnosis takes through the whole platform, from the picture file to the opened result, step by step.

A platform with four nodes is started in a temporary folder, a ResNet-18 with drawn weights is registered and published,
and drawn chests are diagnosed: one after another with filled stock, then ten at once.
Run it with ``python -m tests.bench.diagnosis_steps --json FILE``. What a step's name means:

seal     decode, shrink, normalise, split and seal the picture, and keep the request durably
send     post both sealed shares
wait     the platform's queue, both parties' work, and the client's polling; below it what the parties say of themselves
collect  take the sealed answers home and keep them
open     check signatures, open, add up
"""

import argparse
import asyncio
import json
import tempfile
from collections.abc import Sequence
from pathlib import Path
from statistics import median
from time import monotonic
from typing import Any

from PIL import Image

from primia_core.client import Client
from primia_core.client.diagnosis import AsyncDiagnosisClient, DiagnosisClient
from primia_core.client.flight import Diagnosed
from primia_core.imaging.phantoms import CLASSES, phantom
from tests.bench.drawn_model import write_weights
from workers.demo.consortium import Access, found_consortium
from workers.demo.institutions import enrol_institutions, wait_until_online
from workers.demo.people import Person, make_people
from workers.demo.service import publish, wait_until_stocked
from workers.supervisor.platform import Platform
from workers.supervisor.running import running_platform

AT_ONCE = 10
STOCK = (12, 12)
PICTURE_SIDE = 1024
"""Pixels of the pictures' sides: decoding and shrinking are part of the way."""


def main() -> None:
    """Measure and print, or write JSON."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--size", type=int, default=224, help="pixels of the network's input")
    parser.add_argument("--runs", type=int, default=5, help="diagnoses one after another")
    parser.add_argument("--json", type=Path, help="also write the figures here")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="primia-bench-") as folder:
        figures = measure(Path(folder), options.size, options.runs)
    print(json.dumps(figures, indent=2))
    if options.json:
        options.json.write_text(json.dumps(figures, indent=2) + "\n")


def measure(folder: Path, size: int, runs: int) -> dict[str, Any]:
    """Run a platform of its own and return the figures."""
    pictures = _draw(folder, max(runs, AT_ONCE))
    with running_platform(folder / "state", say=print) as platform:
        access = found_consortium(platform, folder)
        with Client(platform.url, access.token) as client:
            service, person, publishing = _publish(platform, client, access, folder, size)
            one_by_one = _one_after_another(platform, client, service, person, pictures[:runs])
            wait_until_stocked(client, service, say=print)
            together = asyncio.run(_at_once(platform, service, person, pictures[:AT_ONCE]))
            operations = client.get(f"services/{service}/operations")
    return {
        "size": size,
        "publishing_seconds": publishing,
        "one_after_another": one_by_one,
        "at_once": together,
        "operations": {name: operations[name] for name in ("steps", "failures", "answered") if name in operations},
    }


def _publish(
    platform: Platform, client: Client, access: Access, folder: Path, size: int
) -> tuple[str, Person, dict[str, float]]:
    nodes = enrol_institutions(platform.url, platform.nodes, client, access)
    slug = client.get(f"federations/{access.federation}")["slug"]
    person = make_people(platform, slug, folder)["patient"]
    weights = write_weights(folder / "weights.safetensors", size)
    code = f"from tests.bench.drawn_model import register; register({str(weights)!r}, {slug!r})"
    version = json.loads(platform.manage("shell", "-v", "0", "-c", code))["version"]
    wait_until_online(client, access, say=print)
    service = publish(client, version, nodes, title="Drawn ResNet-18", stock=STOCK)["id"]
    return service, person, wait_until_stocked(client, service, say=print)


def _one_after_another(
    platform: Platform, client: Client, service: str, person: Person, pictures: Sequence[Path]
) -> dict[str, Any]:
    found = []
    with DiagnosisClient(platform.url, person.token, keep=platform.state.path / "kept") as asker:
        asked = asker.service(service)
        for picture in pictures:
            wait_until_stocked(client, service, say=lambda line: None)
            found.append(asker.diagnose_in_detail(picture, asked))
    return _figures(found)


async def _at_once(platform: Platform, service: str, person: Person, pictures: Sequence[Path]) -> dict[str, Any]:
    async with AsyncDiagnosisClient(platform.url, person.token, keep=platform.state.path / "kept") as asker:
        asked, began = await asker.service(service), monotonic()
        found = await asyncio.gather(*(asker.diagnose_in_detail(picture, asked) for picture in pictures))
        wall = monotonic() - began
    return {"requests": len(found), "wall_seconds": round(wall, 3), **_figures(found)}


def _figures(found: Sequence[Diagnosed]) -> dict[str, Any]:
    totals = [sum(one.seconds.values()) for one in found]
    steps = {step: round(median(one.seconds[step] for one in found), 3) for step in found[0].seconds}
    return {
        "answered": sum(one.result is not None for one in found),
        "total_seconds": round(median(totals), 3),
        "total_seconds_all": [round(total, 3) for total in totals],
        "seconds": steps,
        "platform": [dict(one.platform) for one in found],
    }


def _draw(folder: Path, count: int) -> list[Path]:
    (folder / "pictures").mkdir()
    files = []
    for number in range(count):
        picture = phantom(CLASSES[number % len(CLASSES)], size=PICTURE_SIDE, seed=(number,))
        files.append(folder / "pictures" / f"{number}.png")
        Image.fromarray(picture).save(files[-1], compress_level=1)
    return files


if __name__ == "__main__":
    main()
