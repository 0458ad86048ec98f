"""What a patient waits for in the browser: from the click on *Seal and send* to painted probabilities, step by step.

A platform with four nodes is started in a temporary folder and a ResNet-18 with drawn weights published; or a running
demonstration is asked. Chromium opens the portal's real page, chooses a real X-ray and sends it, with filled stock.
Run it with ``python -m tests.bench.diagnosis_click --json FILE``. What a step's name means:

decode     decode, shrink and normalise the picture in the page's worker
seal       split it and seal both halves
keep       keep the request and the key of its answer in IndexedDB
send       post both sealed shares, until the platform takes them up
queued     until both parties compute
computing  both parties open, compute and seal, and the platform has both answers
noticed    until the page has heard and asks for them
collected  the sealed answers come
opened     keep them, check signatures, open, add up, paint
"""

import argparse
import io
import json
import os
import subprocess
import tarfile
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

from PIL import Image

from primia_core.client import Client
from tests.bench.diagnosis_steps import STOCK
from tests.bench.drawn_model import write_weights
from workers.demo.consortium import found_consortium
from workers.demo.institutions import enrol_institutions, wait_until_online
from workers.demo.people import Person, make_people
from workers.demo.service import publish, wait_until_stocked
from workers.supervisor.running import running_platform

ROOT = Path(__file__).resolve().parents[2]
FRONTEND, NODE = ROOT / "frontend", ROOT / ".node" / "bin"
X_RAYS = "kermany224.tar"


@dataclass(frozen=True)
class Asked:
    """A platform, one of its open services, and who asks."""

    url: str
    service: str
    person: Person


def main() -> None:
    """Measure and print, or write JSON."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--url", help="a running demonstration; by default a platform of its own is started")
    parser.add_argument("--state", type=Path, default=ROOT / ".primia", help="the running demonstration's folder")
    parser.add_argument("--size", type=int, default=224, help="pixels of the own platform's network")
    parser.add_argument("--side", type=int, help="enlarge the X-ray to this many pixels, as hospitals' originals have")
    parser.add_argument("--runs", type=int, default=7, help="clicks, one after another")
    parser.add_argument("--json", type=Path, help="also write the figures here")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="primia-bench-") as place:
        folder = Path(place)
        picture = write_x_ray(folder, options.side)
        running = shown(options.url, options.state) if options.url else own_platform(folder, options.size)
        with running as asked:
            runs = click(asked, picture, folder / "times.json", options.runs)
    figures = {"side": options.side, **summary(runs), "all": runs}
    print(json.dumps(figures, indent=2))
    if options.json:
        options.json.write_text(json.dumps(figures, indent=2) + "\n")


@contextmanager
def own_platform(folder: Path, size: int) -> Iterator[Asked]:
    """Run a platform with a published network of drawn weights until the block ends."""
    with running_platform(folder / "state", say=print) as platform:
        access = found_consortium(platform, folder)
        with Client(platform.url, access.token) as client:
            nodes = enrol_institutions(platform.url, platform.nodes, client, access)
            slug = client.get(f"federations/{access.federation}")["slug"]
            person = make_people(platform, slug, folder)["patient"]
            weights = write_weights(folder / "weights.safetensors", size)
            code = f"from tests.bench.drawn_model import register; register({str(weights)!r}, {slug!r})"
            version = json.loads(platform.manage("shell", "-v", "0", "-c", code))["version"]
            wait_until_online(client, access, say=print)
            service = publish(client, version, nodes, title="Drawn ResNet-18", stock=STOCK)["id"]
            wait_until_stocked(client, service, say=print)
        yield Asked(platform.url, service, person)


@contextmanager
def shown(url: str, state: Path) -> Iterator[Asked]:
    """Ask the newest open service of a demonstration that runs already, as its patient."""
    person = Person(**json.loads((state / "demo" / "people.json").read_text())["patient"])
    with Client(url, person.token) as client:
        services = sorted(client.all("services", state="open"), key=lambda one: str(one["created_at"]))
    if not services:
        raise SystemExit(f"no service is open at {url}; let the demonstration publish one first")
    yield Asked(url, services[-1]["id"], person)


def click(asked: Asked, picture: Path, times: Path, runs: int) -> list[dict[str, Any]]:
    """Let Chromium send the picture ``runs`` times and return the seconds of each."""
    subprocess.run(
        [FRONTEND / "node_modules" / ".bin" / "playwright", "test", "--project=clock"],
        cwd=FRONTEND,
        env={
            **os.environ,
            "PATH": f"{NODE}{os.pathsep}{os.environ['PATH']}",
            "PRIMIA_URL": asked.url,
            "PRIMIA_USER": asked.person.username,
            "PRIMIA_PASSWORD": asked.person.password,
            "PRIMIA_SERVICE": asked.service,
            "PRIMIA_PICTURE": str(picture),
            "PRIMIA_RUNS": str(runs),
            "PRIMIA_TIMES": str(times),
        },
        check=True,
    )
    found: list[dict[str, Any]] = json.loads(times.read_text())
    return found


def summary(runs: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Return median, least and most of each figure and of each step."""
    totals = {name: _spread([run[name] for run in runs]) for name in ("from_click", "from_choice", "shown")}
    steps = {name: _spread([run["steps"][name] for run in runs]) for name in runs[0]["steps"]}
    return {**totals, "steps": steps}


def _spread(seconds: Sequence[float]) -> dict[str, float]:
    return {"median": round(median(seconds), 3), "min": min(seconds), "max": max(seconds)}


def write_x_ray(folder: Path, side: int | None) -> Path:
    """Take one real chest X-ray out of the data folder's archive, enlarged if asked for."""
    data = Path(os.environ.get("PRIMIA_DATA") or ROOT.parent / "shared" / "data")
    with tarfile.open(data / X_RAYS) as archive:
        member = next(one for one in archive if one.name.endswith(".jpeg"))
        content = archive.extractfile(member)
        assert content is not None
        path, encoded = folder / Path(member.name).name, content.read()
    if side is None:
        path.write_bytes(encoded)
    else:
        Image.open(io.BytesIO(encoded)).resize((side, side), Image.Resampling.BICUBIC).save(path, quality=92)
    return path


if __name__ == "__main__":
    main()
