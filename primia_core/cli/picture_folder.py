"""A folder of images without labels, as a model takes them. What cannot be read is named, and ends nothing."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from primia_core.cli.output import SettingsError
from primia_core.imaging import ImagingError, load_square
from primia_core.imaging.folders import pictures_below
from primia_core.models.weights import Manifest


@dataclass(frozen=True)
class Pictures:
    """Images ready for a network.

    Attributes:
        paths: of those that could be read, relative to the folder.
        pixels: (number, channel, height, width) float32, normalised as in training.
        left_out: the others, with the reason.
    """

    paths: tuple[str, ...]
    pixels: NDArray[np.float32]
    left_out: tuple[tuple[str, str], ...]


def read_pictures(source: Path, manifest: Manifest, *, first_frame: bool = False) -> Pictures:
    """Read an image, or every image below a folder.

    Args:
        source: a file or a folder; hidden files are passed over.
        manifest: of the model: size, channels, normalisation.
        first_frame: take the first of several frames instead of refusing the file.
    Raises:
        SettingsError: there is no such file or folder.
    """
    if not source.exists():
        raise SettingsError(f"{source} does not exist; give an image or a folder of images")
    root = source if source.is_dir() else source.parent
    squares: list[NDArray[np.uint8]] = []
    paths, left_out = [], []
    for file in pictures_below(source):
        name = file.relative_to(root).as_posix()
        try:
            squares.append(load_square(file, manifest.image_size, frames="first" if first_frame else "refuse"))
            paths.append(name)
        except ImagingError as error:
            left_out.append((name, error.message))
    return Pictures(tuple(paths), _normalised(squares, manifest), tuple(left_out))


def _normalised(squares: list[NDArray[np.uint8]], manifest: Manifest) -> NDArray[np.float32]:
    size, scale = manifest.image_size, manifest.normalisation
    grey = np.stack(squares) if squares else np.empty((0, size, size), np.uint8)
    values = (grey.astype(np.float32) / 255 - np.float32(scale.mean)) / np.float32(scale.std)
    return np.repeat(values[:, None], manifest.spec.channels, axis=1)
