"""Canaries in real private training: the promise stands, and missing noise is caught where it is made."""

from dataclasses import replace

import numpy as np
import pytest

from primia_core.attacks.canary_training import CanaryTraining
from primia_core.attacks.errors import CanaryError
from primia_core.imaging import Normalisation, Pixels
from primia_core.models import ModelSpec
from primia_core.privacy import PrivacyPlan
from primia_core.training import LocalTraining
from primia_core.training.config import Augmentation

STILL = Augmentation(rotation_degrees=0, translation_fraction=0, scale_fraction=0, brightness=0, contrast=0)


@pytest.fixture
def training() -> CanaryTraining:
    rng = np.random.default_rng(0)
    pixels = Pixels(rng.integers(0, 256, (40, 1, 16, 16), np.uint8), rng.integers(0, 3, 40))
    return CanaryTraining(
        spec=ModelSpec(name="small_cnn", normalisation="group"),
        training=LocalTraining(steps=6, batch_size=16, augmentation=STILL, learning_rate=1e-2),
        privacy=PrivacyPlan(noise_multiplier=2.0, sample_rate=0.2, delta=1e-5),
        normalisation=Normalisation(mean=0.5, std=0.29),
        pixels=pixels,
        patients=tuple(f"p{k}" for k in range(40)),
        count=120,
    )


def test_a_sum_with_its_noise_is_not_refuted_and_one_without_most_of_it_is(training: CanaryTraining) -> None:
    honest, lazy = training.sum_audit(), training.control()
    assert honest.claimed == lazy.claimed
    assert not honest.refuted
    assert honest.epsilon_at_least <= honest.claimed
    assert lazy.refuted


def test_a_whole_training_is_not_refuted(training: CanaryTraining) -> None:
    found = training.weights_audit()
    assert found.claimed is not None
    assert found.epsilon_at_least <= found.claimed
    assert not found.refuted


def test_canaries_are_the_same_for_the_same_seed(training: CanaryTraining) -> None:
    assert training.canaries.images.shape == (120, 1, 16, 16)
    assert np.array_equal(replace(training).canaries.images, training.canaries.images)
    assert not np.array_equal(replace(training, seed=1).canaries.images, training.canaries.images)


def test_too_few_canaries_to_refute_a_promise_are_refused(training: CanaryTraining) -> None:
    with pytest.raises(CanaryError, match="take 48 canaries"):
        replace(training, count=8).check()
