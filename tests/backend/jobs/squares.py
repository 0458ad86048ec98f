"""Synthetic cohorts whose three classes are a bright square in three places: learnable in a few steps."""

import numpy as np

from primia_core.imaging import Pixels

SIZE = 16


class Squares:
    """A cohort, the same for the same seed."""

    def __init__(self, seed: int, train: int = 24, validation: int = 9, test: int = 9) -> None:
        rng = np.random.default_rng(seed)
        counts = {"train": train, "validation": validation, "test": test}
        self._splits = {name: self._draw(rng, count) for name, count in counts.items()}

    @staticmethod
    def _draw(rng: np.random.Generator, count: int) -> Pixels:
        labels = np.arange(count, dtype=np.int64) % 3
        images = rng.integers(0, 90, (count, 1, SIZE, SIZE), dtype=np.uint8)
        for image, label in zip(images, labels, strict=True):
            image[0, 4:12, 1 + 5 * label : 5 + 5 * label] += 140
        return Pixels(images=images, labels=labels)

    def split(self, name: str) -> Pixels:
        """Return one split."""
        return self._splits[name]

    def patients(self, name: str) -> list[str]:
        """Return whose each image is: nobody has two."""
        return [f"{name}-{k}" for k in range(len(self._splits[name].labels))]

    def groups(self, name: str, attribute: str) -> list[str]:
        """Return the group of each image: nobody has told."""
        return ["unknown" for _ in self._splits[name].labels]
