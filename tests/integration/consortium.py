"""Hospitals on a running platform for tests: enrolled for real, with cohorts drawn once, and what the hub's rows say.

What a test waits for is a fact in the database, read without the platform's help: so it can be waited for while any
part of the platform is dead.
"""

import os
import signal
import subprocess
import sys
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, Literal

import psutil
import psycopg2

from primia_core.client import Client
from primia_core.imaging import phantoms
from tests.integration.harness import ROOT, RunningPlatform, wait_for
from tests.integration.training_job import TrainingJob
from workers.demo.consortium import Access, enrol_hospitals, found_consortium, wait_until_ready
from workers.demo.hospitals import Hospital, lay_out
from workers.site.policy import SitePolicy
from workers.supervisor.embedded import EmbeddedServices
from workers.supervisor.hub_variables import hub_variables

NAMES = {"aalborg": "Aalborg", "basel": "Basel", "coimbra": "Coimbra", "dresden": "Dresden"}
THREE, FOUR = tuple(NAMES)[:3], tuple(NAMES)
PATIENTS, SEED, PIXELS = 80, 11, 64
STILL = {"rotation_degrees": 0, "translation_fraction": 0, "scale_fraction": 0, "brightness": 0, "contrast": 0}
SETTINGS: dict[str, Any] = {
    "data": {"image_size": 32},
    "model": {"name": "small_cnn"},
    "training": {"steps": 40, "batch_size": 8, "augmentation": STILL},
    "strategy": {"rounds": 2},
    "selection": {"first_round": 1},
}


@dataclass
class Consortium:
    """A running platform, its coordinator, and hospitals that enrol when a test first needs them."""

    platform: RunningPlatform
    folder: Path
    enrolled: set[str] = field(default_factory=set)
    patients: int = PATIENTS
    policy: SitePolicy = field(default_factory=lambda: SitePolicy(approval="auto"))

    @property
    def url(self) -> str:
        return self.platform.url

    @property
    def sites(self) -> Path:
        return self.platform.state.sites

    def manage(self, *arguments: str, **variables: str) -> str:
        """Run a management command as the hub and return what it printed."""
        hub = hub_variables(self.platform.state, EmbeddedServices(self.platform.state.path), {})
        done = subprocess.run(
            [sys.executable, "-m", "django", *arguments],
            env={**os.environ, **hub, **variables},
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr[-2000:]
        return done.stdout

    @cached_property
    def access(self) -> Access:
        return found_consortium(self, self.folder)

    @cached_property
    def client(self) -> Client:
        return Client(self.url, self.access.token)

    def close(self) -> None:
        """Drop the client's connections."""
        if "client" in vars(self):
            self.client.close()

    @cached_property
    def hospitals(self) -> list[Hospital]:
        """Return every hospital that may enrol, its images drawn."""
        hospitals = [Hospital(slug, name, self.folder / "images" / slug) for slug, name in NAMES.items()]
        lay_out(phantoms.draw(self.folder / "drawn", patients=self.patients, seed=SEED, size=PIXELS), hospitals)
        return hospitals

    def enrol(self, slugs: Iterable[str]) -> None:
        """Enrol these hospitals, unless they are, and wait until their images are ready."""
        wanted = self.enrolled | set(slugs)
        if wanted > self.enrolled:
            hospitals = [hospital for hospital in self.hospitals if hospital.slug in wanted]
            enrol_hospitals(self, self.client, self.access, hospitals, classes=phantoms.CLASSES, policy=self.policy)
            wait_until_ready(self.client, self.access, wanted, say=lambda line: None)
            self.enrolled = wanted

    def job(self, **settings: Any) -> TrainingJob:
        """Create and submit a job."""
        parts = {name: {**SETTINGS.get(name, {}), **settings.get(name, {})} for name in {*SETTINGS, *settings}}
        draft = self.client.create_job(self.access.federation, "Phantoms", parts)
        self.client.submit_job(draft["id"])
        return TrainingJob(self, draft["id"])

    def examination(self, model: str, kind: Literal["evaluate", "audit"], settings: Mapping[str, Any]) -> TrainingJob:
        """Create and submit a job that evaluates or audits a model version."""
        draft = self.client.examine(self.access.federation, f"To {kind}", model, kind, settings)
        self.client.submit_job(draft["id"])
        return TrainingJob(self, draft["id"])

    def rows(self, question: str, *values: Any) -> list[tuple[Any, ...]]:
        """Ask the hub's database."""
        connection = self.connect()
        try:
            with connection, connection.cursor() as cursor:
                cursor.execute(question, values)
                return cursor.fetchall()
        finally:
            connection.close()

    def connect(self) -> Any:
        """Open a connection to the hub's database."""
        return psycopg2.connect(EmbeddedServices(self.platform.state.path).addresses.database_url)

    def holds(self, question: str, *values: Any) -> bool:
        """Say whether a question has an answer. A database that is away has none."""
        with suppress(psycopg2.OperationalError, psycopg2.InterfaceError):
            return bool(self.rows(question, *values))
        return False

    def wait_for_row(self, question: str, *values: Any, within_s: float) -> None:
        """Wait until a question has an answer."""
        what = f"{question} {values}: {self.platform.output()[-2000:]}"
        wait_for(lambda: self.holds(question, *values), within_s=within_s, what=lambda: what)

    def kill(self, name: str) -> None:
        """Kill a process and whatever it started, the hard way."""
        process = psutil.Process(self.platform.wait_for_process(name))
        for each in [process, *process.children(recursive=True)]:
            with suppress(psutil.NoSuchProcess):
                each.send_signal(signal.SIGKILL)

    def kill_supervisors(self) -> None:
        """Kill `primia up` and its supervisor; whatever they ran is left to itself."""
        assert self.platform.process is not None
        supervisord = int(self.platform.state.pid_file.read_text())
        self.platform.process.kill()
        os.kill(supervisord, signal.SIGKILL)
        self.platform.process.wait()

    def bury(self, slug: str) -> None:
        """Kill a hospital's agent and see to it that it is never started again."""
        (self.sites / slug / "credential").unlink()
        with suppress(AssertionError):
            self.kill(f"site-{slug}")
        self.enrolled.discard(slug)
        gone = f"site-{slug}"
        wait_for(lambda: self.platform.process_of(gone) is None, within_s=30, what=lambda: f"{gone} is gone")
