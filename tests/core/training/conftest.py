"""Small cohorts that training's tests share."""

import numpy as np
import pytest
import torch

from primia_core.imaging import Normalisation, Pixels
from primia_core.training import Augmentation

SIDE = 16
STILL = Augmentation(rotation_degrees=0, translation_fraction=0, scale_fraction=0, brightness=0, contrast=0)
SCALE = Normalisation(mean=0.25, std=0.2)


@pytest.fixture(autouse=True)
def one_thread() -> None:
    """Keep sums in one order, and leave the other cores to others."""
    torch.set_num_threads(1)


def squares(images: int, seed: int, *, noise: int = 90) -> Pixels:
    """Draw a bright square in one of three places on noise: learnable in a few steps."""
    rng = np.random.default_rng(seed)
    labels = rng.permutation(np.arange(images, dtype=np.int64) % 3)
    pixels = rng.integers(0, noise, (images, 1, SIDE, SIDE), dtype=np.uint8)
    for image, label in zip(pixels, labels, strict=True):
        image[0, 4:12, 1 + 5 * label : 5 + 5 * label] += 140
    return Pixels(images=pixels, labels=labels)
