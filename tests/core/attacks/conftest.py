"""Phantoms of one class and small networks for attacks; nothing is read from disk."""

from functools import cache

import numpy as np
import pytest
from torch import nn

from primia_core.attacks.plan import AuditPlan
from primia_core.imaging import Normalisation, Pixels, PixelSums, pooled
from primia_core.imaging.phantoms import phantom
from primia_core.models import ModelSpec, build_model

SIDE = 16
PATIENTS = 124


@cache
def phantoms() -> Pixels:
    """Return one small picture of each of 124 patients of one class."""
    large = np.stack([phantom("normal", size=32, seed=(patient, 1)) for patient in range(PATIENTS)])
    small = large.reshape(PATIENTS, SIDE, 2, SIDE, 2).mean((2, 4)).astype(np.uint8)
    return Pixels(small[:, None], np.zeros(PATIENTS, np.int64))


def scale() -> Normalisation:
    """Return the normalisation of exactly these pictures."""
    return pooled(PixelSums.of(phantoms().images))


def patients() -> list[str]:
    """Return a name for each."""
    return [f"p{number}" for number in range(PATIENTS)]


def network(normalisation: str = "batch", *, seed: int = 0) -> nn.Module:
    """Return a small network with random weights; average pools are easier to attack in few iterations."""
    spec = ModelSpec.model_validate({"name": "small_cnn", "normalisation": normalisation, "stem_pool": "average"})
    return build_model(spec, seed=seed)


@pytest.fixture
def plan() -> AuditPlan:
    """Return an audit that is over in seconds, and too short to succeed."""
    return AuditPlan(batch_sizes=(2,), victims=1, positive_victims=1, iterations=12, restarts=1, local_steps=2)
