"""The demonstration's job in one process: its three hospitals, its settings, and what a run of it leaves behind.

Knows the simulation and the test images; compares nothing.
"""

import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from time import perf_counter
from typing import Any

import numpy as np
import torch

from primia_core.evaluation import confusion_matrix, report
from primia_core.federation.plan import Aggregation, Plan, PlanSite
from primia_core.federation.simulation import SimulatedSite, Simulation
from primia_core.federation.site_work import SiteWork, normalisation_of
from primia_core.federation.state import RunState, StepResult
from primia_core.federation.steps import Step
from primia_core.imaging import Cohort, Normalisation, PixelCache, Pixels, demo_cohort, partition_by_patient
from primia_core.models import ModelSpec, build_model
from primia_core.models.weights import state_hash
from primia_core.secagg import Identity
from primia_core.training import predict
from tests.core.federation.encoded import Encoded
from workers.demo.hospitals import NAMES, PARTITION_SEED
from workers.demo.run import settings

INTERVAL_SEED = 0
"""Of every bootstrap, so that the same answers always give the same intervals."""

State = Mapping[str, torch.Tensor]


@dataclass(frozen=True)
class Hospitals:
    """The demonstration's three cohorts, decoded."""

    source: str
    image_size: int
    cohorts: Mapping[str, Cohort]
    caches: Mapping[str, PixelCache]

    @classmethod
    def open(cls, folder: Path, image_size: int) -> "Hospitals":
        """Divide the demonstration's images as the demonstration does, and decode them to squares of a size."""
        cohort, source = demo_cohort(folder / "images")
        parts = partition_by_patient(cohort, len(NAMES), seed=PARTITION_SEED)
        cohorts = dict(zip(NAMES, parts, strict=True))
        caches = {name: PixelCache.build(part, image_size, folder / "pixels") for name, part in cohorts.items()}
        return cls(source, image_size, cohorts, caches)

    @property
    def classes(self) -> tuple[str, ...]:
        """Return the names of the classes, the same everywhere."""
        return next(iter(self.cohorts.values())).classes

    @cached_property
    def test(self) -> Pixels:
        """Return all held-out test images, one hospital after the other."""
        parts = [cache.split("test") for cache in self.caches.values()]
        return Pixels(np.concatenate([part.images for part in parts]), np.concatenate([part.labels for part in parts]))

    @cached_property
    def test_patients(self) -> list[str]:
        """Return whose each test image is."""
        patients: list[str] = []
        for name, cache in self.caches.items():
            of = {record.path: record.patient_id for record in self.cohorts[name].records}
            patients += [of[path] for path in cache.paths[slice(*cache.bounds["test"])]]
        return patients

    def job(self, folder: Path, rounds: int, seed: int, *, secure: bool) -> "Job":
        """Return the demonstration's job with fresh keys and the weights that it starts from."""
        chosen = settings(rounds)
        spec = ModelSpec(**chosen["model"], classes=len(self.classes))
        start = build_model(spec, seed=seed).state_dict()
        keys = Path(tempfile.mkdtemp(dir=folder))
        hub = Identity.create(keys / "hub", "coordinator")
        sites = {n: SimulatedSite(n, Identity.create(keys / n, n), cache) for n, cache in self.caches.items()}
        roster = tuple(
            PlanSite(
                site=name,
                name=NAMES[name],
                fingerprint=site.identity.public.fingerprint,
                identity=site.identity.public.to_json(),
                dataset_version=self.cohorts[name].version,
            )
            for name, site in sites.items()
        )
        plan = Plan(
            title="Secure and plain",
            federation="simulation",
            coordinator=hub.public.to_json(),
            roster=roster,
            data={**chosen["data"], "classes": self.classes, "image_size": self.image_size},
            model=spec,
            initial_model=state_hash(start),
            training={**chosen["training"], "seed": seed},
            strategy=chosen["strategy"],
            selection=chosen["selection"],
            aggregation=Aggregation(secure=secure),
        )
        return Job(plan, sites, hub, start)


@dataclass(frozen=True)
class Job:
    """A plan with the parties and the weights that it names."""

    plan: Plan
    sites: Mapping[str, SimulatedSite]
    hub: Identity
    start: State


@dataclass(frozen=True)
class Round:
    """One training round from the inside: what went in and what came out."""

    step: Step
    state: RunState
    start: State
    works: Mapping[str, SiteWork]
    encoded: Sequence[Encoded]
    result: StepResult
    after: State


class Recorded(Simulation):
    """A simulation that keeps what its last training round was made of."""

    def __init__(self, job: Job, encoded: list[Encoded]) -> None:
        super().__init__(job.plan, job.sites, job.hub, job.start)
        self._encoded, self._works = encoded, dict[str, SiteWork]()
        self.last: Round | None = None

    def take(self, step: Step) -> StepResult:
        """Take one step and remember it if it trained."""
        state = self.state
        self._works, self.last = {}, None if step.kind == "train" else self.last
        self._encoded.clear()
        result = super().take(step)
        if step.kind == "train":
            start, after = self._models[result.model_before], self._models[result.model_after]
            self.last = Round(step, state, start, self._works, tuple(self._encoded), result, after)
        return result

    def answer(self, step: Step, name: str) -> SiteWork:
        """Perform a step at one site and keep the answer."""
        self._works[name] = super().answer(step, name)
        return self._works[name]


@dataclass(frozen=True)
class Run:
    """A finished job: the model that it chose, and that model's answers for the test images."""

    plan: Plan
    state: RunState
    best_round: int
    labels: np.ndarray
    last: Round = field(repr=False)
    seconds: float

    @classmethod
    def take(cls, hospitals: Hospitals, job: Job, encoded: list[Encoded]) -> "Run":
        """Run a job to its end."""
        began, simulation = perf_counter(), Recorded(job, encoded)
        done = simulation.run(_say)
        seconds = perf_counter() - began
        assert simulation.last is not None
        scale = normalisation_of(job.plan, done.state)
        labels = labels_of(job.plan.model, done.model, hospitals.test, scale)
        return cls(job.plan, done.state, done.finished.best_round, labels, simulation.last, seconds)

    def confusion(self, hospitals: Hospitals) -> np.ndarray:
        """Count its answers for the test images."""
        return confusion_matrix(hospitals.test.labels, self.labels, classes=len(hospitals.classes))

    def figures(self, hospitals: Hospitals) -> dict[str, Any]:
        """Return accuracy and MCC on the test images, and how the run went."""
        found = report(self.confusion(hospitals), hospitals.classes, seed=INTERVAL_SEED)
        return {
            "seed": self.plan.training.seed,
            "secure": self.plan.aggregation.secure,
            "precision": self.plan.training.precision,
            "validation_mcc": [round(each.mcc, 4) for each in self.state.evaluations("validation")],
            "chosen_round": self.best_round,
            "accuracy": found.accuracy.model_dump(),
            "mcc": found.mcc.model_dump(),
            "seconds": round(self.seconds, 1),
        }


def labels_of(spec: ModelSpec, state: State, pixels: Pixels, scale: Normalisation) -> np.ndarray:
    """Return the classes that a model gives to images."""
    network = build_model(spec, seed=0)
    network.load_state_dict(state)
    return predict(network, pixels, scale).probabilities.argmax(1)


def _say(result: StepResult) -> None:
    for found in result.evaluations:
        print(f"  model of round {found.round}, {found.split}: MCC {found.mcc:.3f}", flush=True)
