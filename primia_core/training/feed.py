"""From bytes on disk to what a network takes: normalised, augmented, mixed batches. Knows no network."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import torch
from torch import Generator, Tensor
from torch.nn.functional import one_hot

from primia_core.imaging import Normalisation, Pixels, augment
from primia_core.training.batches import Batches, Indices
from primia_core.training.config import Augmentation, LocalTraining
from primia_core.training.errors import EmptyDataError

STILL = Augmentation(rotation_degrees=0, translation_fraction=0, scale_fraction=0, brightness=0, contrast=0)


@dataclass(frozen=True)
class Batch:
    """Normalised images (batch, 1, S, S) and soft targets (batch, class) that sum to 1."""

    images: Tensor
    targets: Tensor


@dataclass(frozen=True)
class Feed:
    """The batches of one round at one site, the same for the same seed.

    Mixup pairs each image with another of its batch at one weight from Beta(alpha, alpha) (Zhang et al. 2018); label
    smoothing and mixup both end in the soft targets.
    """

    pixels: Pixels
    normalisation: Normalisation
    config: LocalTraining
    classes: int
    seed: int

    def __post_init__(self) -> None:
        check_not_empty(self.pixels, "training")

    def __len__(self) -> int:
        return len(Batches(len(self.pixels), self.config))

    def __iter__(self) -> Iterator[Batch]:
        rng = np.random.default_rng(self.seed)
        noise = Generator().manual_seed(self.seed)
        change = None if self.config.augmentation == STILL else augment.build(self.config.augmentation)
        for indices in Batches(len(self.pixels), self.config).draw(rng):
            images = as_floats(self.pixels, indices)
            if change is not None:
                images = change(images, noise)
            images = normalised(images, self.normalisation)
            targets = one_hot(torch.from_numpy(self.pixels.labels[indices]), self.classes).float()
            if self.config.mixup_alpha:
                images, targets = self._mixed(images, targets, rng)
            yield Batch(images, self._smoothed(targets))

    def _mixed(self, images: Tensor, targets: Tensor, rng: np.random.Generator) -> tuple[Tensor, Tensor]:
        weight = float(rng.beta(self.config.mixup_alpha, self.config.mixup_alpha))
        partner = torch.from_numpy(rng.permutation(len(images)))
        return torch.lerp(images[partner], images, weight), torch.lerp(targets[partner], targets, weight)

    def _smoothed(self, targets: Tensor) -> Tensor:
        epsilon = self.config.label_smoothing
        return targets * (1 - epsilon) + epsilon / self.classes if epsilon else targets


def check_not_empty(pixels: Pixels, what: str) -> None:
    """Raise ``EmptyDataError`` where there is nothing to work on."""
    if len(pixels) == 0:
        raise EmptyDataError(f"there are 0 {what} images; at least 1 is needed: add images, or split them again")


def as_floats(pixels: Pixels, indices: Indices | slice) -> Tensor:
    """Return some images as float32 in [0, 1]."""
    return torch.from_numpy(np.array(pixels.images[indices])).float().div_(255)


def normalised(images: Tensor, normalisation: Normalisation) -> Tensor:
    """Return (images - mean) / std."""
    return (images - normalisation.mean) / normalisation.std
