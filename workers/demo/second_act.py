"""After the training: one held-out picture is diagnosed by institutions that cannot see it, and the result compared."""

import json
import os
import subprocess
import sys
import time
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from rich.console import Console

from primia_core.cli.picture_folder import read_pictures
from primia_core.cli.predictions import in_the_clear
from primia_core.client import Client
from primia_core.diagnosis.answer import softmax
from primia_core.imaging import cohort_from_csv
from primia_core.models.weights import load
from workers.demo.consortium import Access, DemoError
from workers.demo.countersigning import countersign_all
from workers.demo.hospitals import Hospital
from workers.demo.institutions import enrol_institutions, wait_until_online
from workers.demo.people import Person, make_people
from workers.demo.service import PROFILE, PROTOCOL, publish, put_calibration, release, wait_until_stocked
from workers.site.folder import SiteFolder
from workers.supervisor.platform import Platform

Json = dict[str, Any]
COMMAND = (sys.executable, "-c", "from primia_core.cli.main import main; main()", "diagnose")


@dataclass(frozen=True)
class Cast:
    """Who is there for the second act."""

    nodes: dict[str, Json]
    people: dict[str, Person]
    calibrated_on: str


class SecondAct:
    """The institutions arrive in a thread of their own while the first act goes on; ``play`` waits for them."""

    def __init__(self, platform: Platform, console: Console, access: Access, hospitals: list[Hospital], source: str):
        self.platform, self.console, self.access = platform, console, access
        self.hospitals, self.source = hospitals, source
        self.folder = platform.state.path / "demo"
        self._thread = ThreadPoolExecutor(1, "institutions")
        self._cast: Future[Cast] | None = None

    def prepare(self) -> None:
        """Let the institutions enrol, and make the people, while others do something else."""
        self._cast = self._thread.submit(self._gather)
        self._thread.shutdown(wait=False)

    def play(self, client: Client, model: Json) -> Json:
        """Publish the model as a service, wait for its stock, and diagnose one picture.

        Returns:
            What the report says of it.
        """
        assert self._cast is not None
        cast, say = self._cast.result(), self.console.print
        self.console.print("\nA diagnosis that only the requester can read")
        wait_until_online(client, self.access, say=say)
        release(self.platform.url, self.access, model["id"])
        service = publish(client, model["id"], cast.nodes)
        page = f"{self.platform.url}/services/{service['id']}"
        self.console.print(f"  publishing [bold]{page}[/]", soft_wrap=True)
        publishing = wait_until_stocked(client, service["id"], say=say)
        vouched = self._vouch(client, service["id"], cast.nodes)
        picture, truth = self._held_out()
        told = self._diagnose(picture, page, cast.people["patient"])
        self._say_who(cast.people, service["id"])
        row, offered = told["results"][0], client.get(f"services/{service['id']}")
        plain = self._in_the_clear(client, model, picture, float(offered["output"]["temperature"]))
        return {
            "service": service["id"],
            "protocol": PROTOCOL,
            "profile": PROFILE,
            "calibrated_on": cast.calibrated_on,
            "countersigned_by": vouched,
            "publishing_seconds": publishing,
            "picture": {"source": self.source, "class": truth},
            "label": row["label"],
            "probabilities": row["probabilities"],
            "plain_label": max(plain, key=plain.__getitem__),
            "plain_probabilities": plain,
            "largest_difference": round(max(abs(row["probabilities"][name] - plain[name]) for name in plain), 6),
            "accuracy_of_the_service": offered["accuracy"],
            "seconds": row["seconds"],
            "total_seconds": round(sum(row["seconds"].values()), 3),
            "command_seconds": told["command_seconds"],
            "platform_steps": row["platform"],
        }

    def _gather(self) -> Cast:
        with Client(self.platform.url, self.access.token) as client:
            nodes = enrol_institutions(self.platform.url, self.platform.nodes, client, self.access)
            slug = client.get(f"federations/{self.access.federation}")["slug"]
        first = self.hospitals[0]
        count = put_calibration(first, self.platform.nodes / "owner" / "calibration")
        kind = "phantoms" if self.source == "phantom" else "public X-rays"
        people = make_people(self.platform, slug, self.folder)
        return Cast(nodes, people, f"{count} validation images of {first.name} ({kind})")

    def _vouch(self, client: Client, service: str, nodes: dict[str, Json]) -> int:
        """Let each hospital countersign what both parties have signed, with the fingerprints that it was told."""
        digest = client.get(f"services/{service}")["descriptor_digest"]
        folders = [SiteFolder(self.platform.sites / hospital.slug) for hospital in self.hospitals]
        signed = countersign_all(folders, digest, compared=[nodes[role]["fingerprint"] for role in ("p0", "p1")])
        self.console.print(f"  {signed} hospitals countersign the descriptor {digest[:12]}")
        return signed

    def _held_out(self) -> tuple[Path, str]:
        """Return the first test image of the last hospital, which neither trained nor calibrated anything."""
        cohort = cohort_from_csv(self.hospitals[-1].images / "cohort.csv")
        record = next(record for record in cohort.records if record.split == "test")
        return cohort.file(record), record.label

    def _diagnose(self, picture: Path, service: str, person: Person) -> Json:
        """Run the command as the patient would."""
        began = time.monotonic()
        done = subprocess.run(  # noqa: S603
            [*COMMAND, str(picture), "--service", service, "--json"],
            env={**os.environ, "PRIMIA_TOKEN": person.token, "PRIMIA_DIAGNOSES": str(self.folder / "diagnoses")},
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode != 0:
            raise DemoError(f"`primia diagnose` ended with {done.returncode}: {(done.stdout + done.stderr)[-800:]}")
        told: Json = json.loads(done.stdout)
        return {**told, "command_seconds": round(time.monotonic() - began, 2)}

    def _say_who(self, people: dict[str, Person], service: str) -> None:
        self.console.print(f"  ask it yourself at [bold]{self.platform.url}/diagnose/{service}[/]", soft_wrap=True)
        for role, person in people.items():
            self.console.print(f"  {role}: user name [bold]{person.username}[/], password [bold]{person.password}[/]")

    def _in_the_clear(self, client: Client, model: Json, picture: Path, temperature: float) -> dict[str, float]:
        """Return what the plain network says of the same picture, with the service's temperature."""
        weights = client.download(f"models/{model['id']}/weights", self.folder / "model.safetensors")
        loaded = load(weights)
        weights.unlink()
        [found] = in_the_clear(loaded, read_pictures(picture, loaded.manifest), 1)
        assert found.logits is not None
        probabilities = softmax(np.array(found.logits) / temperature)
        return dict(zip(loaded.manifest.classes, probabilities.tolist(), strict=True))
