"""Canaries in real private work: the promise stands, and missing noise is caught where it is made."""

from dataclasses import replace

import numpy as np
import pytest

from primia_core.attacks.canaries import check_power
from primia_core.attacks.canary_sum import CanarySum
from primia_core.attacks.canary_training import CanaryTraining
from primia_core.attacks.errors import CanaryError
from primia_core.imaging import Normalisation, Pixels
from primia_core.models import ModelSpec
from primia_core.privacy import PrivacyPlan
from primia_core.training import LocalTraining
from primia_core.training.config import Augmentation

STILL = Augmentation(rotation_degrees=0, translation_fraction=0, scale_fraction=0, brightness=0, contrast=0)


@pytest.mark.parametrize(("multiplier", "clip"), [(1.0, 1.0), (2.0, 0.1), (0.5, 5.0)])
def test_a_sum_with_its_noise_is_not_refuted_and_gives_away_what_it_may(multiplier: float, clip: float) -> None:
    privacy = PrivacyPlan(noise_multiplier=multiplier, clip=clip, sample_rate=0.1, delta=1e-5)
    found = CanarySum(privacy, 1000).audit()
    assert found.claimed is not None
    assert not found.refuted
    assert 0.1 * found.claimed < found.epsilon_at_least < found.claimed, "the audit has power, and the promise stands"


def test_a_sum_with_an_eighth_of_its_noise_is_caught() -> None:
    privacy = PrivacyPlan(noise_multiplier=1.0, sample_rate=0.1, delta=1e-5)
    assert CanarySum(privacy, 1000).control().refuted


def test_too_few_canaries_to_refute_a_promise_are_refused() -> None:
    with pytest.raises(CanaryError, match="take 48 canaries"):
        check_power(8, claimed=1.99, delta=1e-5)
    check_power(48, claimed=1.99, delta=1e-5)


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
        count=60,
    )


def test_a_whole_training_is_not_refuted(training: CanaryTraining) -> None:
    found = training.audit()
    assert found.claimed is not None
    assert found.epsilon_at_least <= found.claimed
    assert not found.refuted


def test_canaries_are_the_same_for_the_same_seed(training: CanaryTraining) -> None:
    assert training.canaries.images.shape == (60, 1, 16, 16)
    assert np.array_equal(replace(training).canaries.images, training.canaries.images)
    assert not np.array_equal(replace(training, seed=1).canaries.images, training.canaries.images)
