"""Small plans and cohorts that the federation's tests share."""

import hashlib

import numpy as np
import pytest

from primia_core.federation.plan import DataPlan, Plan, PlanSite, Selection, Strategy
from primia_core.imaging import Normalisation, Pixels
from primia_core.models import build_model
from primia_core.models.spec import ModelSpec
from primia_core.models.weights import state_hash
from primia_core.training.config import Augmentation, LocalTraining

SITES = ("aalborg", "basel", "coimbra")
IMAGE_SIZE = 16
STILL = Augmentation(rotation_degrees=0, translation_fraction=0, scale_fraction=0, brightness=0, contrast=0)


def sha256(text: str) -> str:
    """Return a stand-in for a hash that a test only compares."""
    return hashlib.sha256(text.encode()).hexdigest()


class Squares:
    """A cohort whose three classes are a bright square in three places: learnable in a few steps."""

    def __init__(self, seed: int, images: int = 60) -> None:
        rng = np.random.default_rng(seed)
        self._splits = {name: self._draw(rng, n) for name, n in (("train", images), ("validation", 18), ("test", 15))}

    @staticmethod
    def _draw(rng: np.random.Generator, n: int) -> Pixels:
        labels = np.arange(n, dtype=np.int64) % 3
        images = rng.integers(0, 90, (n, 1, IMAGE_SIZE, IMAGE_SIZE), dtype=np.uint8)
        for image, label in zip(images, labels, strict=True):
            image[0, 4:12, 1 + 5 * label : 5 + 5 * label] += 140
        return Pixels(images=images, labels=labels)

    def split(self, name: str) -> Pixels:
        """Return one split."""
        return self._splits[name]

    def patients(self, name: str) -> list[str]:
        """Return whose each image is: two or three are one patient's."""
        return [f"{name}-{k * 2 // 5}" for k in range(len(self._splits[name].labels))]

    def groups(self, name: str, attribute: str) -> list[str]:
        """Return a made-up group of each image; only the first cohort's patients have told their sex."""
        known = ("female", "male") if attribute == "sex" else ("unknown",)
        return [known[k % len(known)] for k in range(len(self._splits[name].labels))]


@pytest.fixture
def data() -> dict[str, Squares]:
    """Return a cohort for each site, of different sizes."""
    return {site: Squares(seed, 45 + 15 * seed) for seed, site in enumerate(SITES)}


@pytest.fixture
def spec() -> ModelSpec:
    """Return the smallest network there is."""
    return ModelSpec(name="small_cnn")


@pytest.fixture
def plan(spec: ModelSpec) -> Plan:
    """Return a plan of three sites and four rounds."""
    return Plan(
        title="Squares",
        federation="alpine",
        coordinator={"name": "hub"},
        roster=tuple(
            PlanSite(
                site=s,
                name=s.title(),
                fingerprint=sha256(s),
                identity={"name": s},
                dataset_version=sha256(f"{s} data"),
            )
            for s in SITES
        ),
        data=DataPlan(image_size=IMAGE_SIZE),
        model=spec,
        initial_model=state_hash(build_model(spec, seed=1).state_dict()),
        training=LocalTraining(
            steps=6, batch_size=16, learning_rate=5e-3, final_learning_rate=2e-3, augmentation=STILL
        ),
        strategy=Strategy(rounds=4),
        selection=Selection(first_round=2),
    )


@pytest.fixture
def known_normalisation() -> Normalisation:
    """Return constants for tests that skip the statistics step."""
    return Normalisation(mean=0.25, std=0.2)
