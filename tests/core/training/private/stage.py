"""A few grey pictures of a few patients, and settings under which networks train on them privately."""

import numpy as np

from primia_core.imaging import Normalisation, Pixels
from primia_core.privacy import PrivacyPlan
from primia_core.training.config import Augmentation, LocalTraining

SCALE = Normalisation(mean=0.5, std=0.25)
STILL = Augmentation(rotation_degrees=0, translation_fraction=0, scale_fraction=0, brightness=0, contrast=0)
PATIENTS = ("a", "a", "b", "c", "c", "c", "d", "e")


def pictures(count: int = len(PATIENTS), side: int = 32, seed: int = 0) -> Pixels:
    rng = np.random.default_rng(seed)
    labels = np.arange(count, dtype=np.int64) % 3
    images = rng.integers(0, 120, (count, 1, side, side)) + 45 * labels[:, None, None, None]
    return Pixels(images.astype(np.uint8), labels)


def promise(**changed) -> PrivacyPlan:
    return PrivacyPlan(**{"noise_multiplier": 1.0, "sample_rate": 0.5, "delta": 1e-5, **changed})


def settings(**changed) -> LocalTraining:
    return LocalTraining(**{"steps": 2, "batch_size": 4, "optimizer": "sgd", "augmentation": STILL, **changed})
