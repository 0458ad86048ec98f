"""Look at every image of a cohort once, and note what a readiness report needs. Judges nothing."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import cache, partial

import numpy as np
from numpy.typing import NDArray

from primia_core.imaging.cohort import Cohort, Quarantined, Record
from primia_core.imaging.decode import Frames, decode_image
from primia_core.imaging.errors import ImagingError
from primia_core.imaging.square import squash
from primia_core.imaging.threads import decoding_threads

THUMB = 48
FLAT = 0.02
"""Standard deviation, in units of [0, 1], below which a picture shows nothing."""
SIDEWAYS_MARGIN = 0.1
"""How much better a chest must fit on its side than upright. On the 5,856 Kermany images this names 1 upright one,
and 97 % of them once they are turned by 90 degrees."""


@dataclass(frozen=True)
class Finding:
    """What one decoded image looks like."""

    record: Record = field(repr=False)
    height: int
    width: int
    flat: bool
    sideways: bool

    @property
    def aspect(self) -> float:
        """Return width / height."""
        return self.width / self.height


@dataclass(frozen=True)
class Survey:
    """The findings of all images that decode, and the others with their reasons."""

    findings: tuple[Finding, ...]
    quarantined: tuple[Quarantined, ...]


def survey(
    cohort: Cohort, *, frames: Frames = "refuse", progress: Callable[[int, int], None] = lambda done, total: None
) -> Survey:
    """Decode every image at full size and look at it.

    Args:
        cohort: which images; what its making already rejected is quarantined here too.
        frames: what to do with files of several frames.
        progress: told (images seen, images in all).
    Returns:
        The survey, in the order of the records.
    Cost: one full decoding of the cohort, on every core that this process may run on.
    """
    findings: list[Finding] = []
    quarantined = list(cohort.rejected)
    with ThreadPoolExecutor(decoding_threads()) as pool:
        for seen, found in enumerate(pool.map(partial(_look, cohort, frames), cohort.records), start=1):
            if isinstance(found, Finding):
                findings.append(found)
            else:
                quarantined.append(found)
            progress(seen, len(cohort.records))
    return Survey(tuple(findings), tuple(quarantined))


def looks_sideways(thumb: NDArray[np.uint8]) -> bool:
    """Say whether two dark lungs beside a bright spine fit a square picture better when it is turned by 90 degrees.

    A hint for a person to look, not a verdict.
    """
    upright = _lungs(len(thumb))
    fits = [_likeness(thumb, turned) for turned in (upright, np.rot90(upright), np.rot90(upright, 3))]
    return max(fits[1:]) > fits[0] + SIDEWAYS_MARGIN


@cache
def _lungs(size: int) -> NDArray[np.float64]:
    axis = (np.arange(size) + 0.5) * (2 / size) - 1
    x, y = np.meshgrid(axis, axis)
    return np.asarray(-np.exp(-(((np.abs(x) - 0.45) / 0.22) ** 2) - ((y + 0.1) / 0.5) ** 2))


def _look(cohort: Cohort, frames: Frames, record: Record) -> Finding | Quarantined:
    try:
        picture = decode_image(cohort.unchanged_file(record), frames=frames)
    except ImagingError as error:
        return Quarantined(record.path, f"{error.code}: {error.message}")
    thumb = squash(picture, THUMB)
    flat = float(picture.std()) < FLAT
    height, width = picture.shape
    return Finding(record, height, width, flat, sideways=not flat and looks_sideways(thumb))


def _likeness(thumb: NDArray[np.uint8], template: NDArray[np.float64]) -> float:
    """Return the correlation of a picture with a template."""
    one, other = thumb - thumb.mean(), template - template.mean()
    scale = float(np.sqrt((one**2).sum() * (other**2).sum()))
    return float((one * other).sum()) / scale if scale else 0.0
