"""An open diagnosis service on a running platform: four nodes, a network with drawn weights, ten pictures."""

import json
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PIL import Image

from primia_core.cli.picture_folder import read_pictures
from primia_core.cli.predictions import in_the_clear
from primia_core.imaging.phantoms import CLASSES, phantom
from primia_core.models.weights import load
from tests.bench.drawn_model import write_weights
from tests.integration.consortium import Consortium
from tests.integration.harness import RunningPlatform
from workers.demo.institutions import enrol_institutions, wait_until_online
from workers.demo.people import Person, make_people
from workers.demo.service import publish, wait_until_stocked

SIZE, STOCK = 32, (2, 6)
TOLERANCE = 0.01
"""Between encrypted and plain probabilities."""


@dataclass(frozen=True)
class Offered:
    """An open service, and what its network says in the clear."""

    consortium: Consortium
    service: str
    person: Person
    weights: Path
    pictures: list[Path]
    version: str
    nodes: dict[str, dict[str, Any]]

    @property
    def page(self) -> str:
        return f"{self.consortium.url}/services/{self.service}"

    def plain(self, picture: Path) -> tuple[float, ...]:
        loaded = load(self.weights)
        [found] = in_the_clear(loaded, read_pictures(picture, loaded.manifest), 1)
        assert found.probabilities is not None
        return found.probabilities

    def rows(self, question: str, *values: Any) -> list[tuple[Any, ...]]:
        return self.consortium.rows(question, *values)


@contextmanager
def offered_on(platform: RunningPlatform, folder: Path) -> Iterator[Offered]:
    """Open a service on a platform that runs."""
    with closing(Consortium(platform, folder)) as consortium:
        access, client = consortium.access, consortium.client
        nodes = enrol_institutions(consortium.url, platform.state.nodes, client, access)
        slug = client.get(f"federations/{access.federation}")["slug"]
        person = make_people(consortium, slug, folder)["patient"]
        weights = write_weights(folder / "weights.safetensors", SIZE)
        code = f"from tests.bench.drawn_model import register; register({str(weights)!r}, {slug!r})"
        version = json.loads(consortium.manage("shell", "-v", "0", "-c", code))["version"]
        wait_until_online(client, access, say=print)
        service = publish(client, version, nodes, title="Drawn", stock=STOCK)["id"]
        wait_until_stocked(client, service, say=print)
        yield Offered(consortium, service, person, weights, _pictures(folder), version, nodes)


def _pictures(folder: Path) -> list[Path]:
    pictures = [folder / f"{number}.png" for number in range(10)]
    for number, path in enumerate(pictures):
        Image.fromarray(phantom(CLASSES[number % 3], size=128, seed=(number,))).save(path)
    return pictures
