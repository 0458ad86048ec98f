"""The pictures that fix a program's public scales: the owner's own, or chests that the project draws. Knows no model.

What becomes public is one scale a layer, which tells the largest magnitude that any of these pictures reached there.
So the owner's folder holds mock images, or ones that were approved for this.
"""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from primia_core.imaging import ImagingError, decode_image
from primia_core.imaging.folders import SUFFIXES
from primia_core.imaging.phantoms import CLASSES, phantom
from primia_core.imaging.square import squash
from primia_core.models.weights import Manifest
from workers.owner.errors import TooFewImages

LEAST, MOST = 32, 64
SMALLEST_CHEST = 32
DRAWN_SEED = 20
Source = Literal["folder", "phantoms"]


@dataclass(frozen=True)
class Calibration:
    """Pictures as a network takes them.

    Attributes:
        images: (number, channel, height, width) float32, normalised as in training.
        labels: class of each picture whose folder is named after one; -1 for the others.
        source: whose pictures these are.
        left_out: files in the folder that could not be read.
    """

    images: NDArray[np.float32] = field(repr=False)
    labels: NDArray[np.int64] = field(repr=False)
    source: Source
    left_out: int = 0

    def __len__(self) -> int:
        return len(self.images)


def calibration(folder: Path, manifest: Manifest) -> Calibration:
    """Read the pictures of a folder, 64 at most, or draw 32 chests where it holds none.

    Raises:
        TooFewImages: it holds some, and fewer than 32.
    Edge cases: a picture in a folder that is named after a class is of that class.
    """
    squares, labels, left_out = [], [], 0
    for path in _files(folder):
        try:
            squares.append(squash(decode_image(path), manifest.image_size))
        except ImagingError:
            left_out += 1
            continue
        labels.append(_label(path.relative_to(folder), manifest.classes))
        if len(squares) == MOST:
            break
    if not squares:
        return Calibration(_normalised(_drawn(manifest.image_size), manifest), np.full(LEAST, -1), "phantoms", left_out)
    if len(squares) < LEAST:
        raise TooFewImages(
            f"the calibration folder holds {len(squares)} readable images, and {left_out} that are not; put at least "
            f"{LEAST} there, or none: then chests are drawn"
        )
    return Calibration(_normalised(squares, manifest), np.array(labels), "folder", left_out)


def _files(folder: Path) -> list[Path]:
    found = (path for path in folder.rglob("*") if path.is_file() and path.suffix.lower() in SUFFIXES)
    return sorted(path for path in found if not any(part.startswith(".") for part in path.relative_to(folder).parts))


def _label(path: Path, classes: tuple[str, ...]) -> int:
    return classes.index(path.parts[0]) if len(path.parts) > 1 and path.parts[0] in classes else -1


def _drawn(size: int) -> list[NDArray[np.uint8]]:
    chests = (
        phantom(CLASSES[number % len(CLASSES)], size=max(size, SMALLEST_CHEST), seed=(DRAWN_SEED, number, 0))
        for number in range(LEAST)
    )
    return [squash(chest.astype(np.float32) / np.float32(255), size) for chest in chests]


def _normalised(squares: list[NDArray[np.uint8]], manifest: Manifest) -> NDArray[np.float32]:
    scale = manifest.normalisation
    values = (np.stack(squares).astype(np.float32) / 255 - np.float32(scale.mean)) / np.float32(scale.std)
    return np.repeat(values[:, None], manifest.spec.channels, axis=1)
