"""Every image of a cohort decoded once, as small squares of bytes on disk. Knows no models and no sites."""

import fcntl
import json
import shutil
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from itertools import islice
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from primia_core.imaging.cohort import SPLITS, Cohort, Quarantined, Record
from primia_core.imaging.decode import Frames
from primia_core.imaging.errors import CacheError, ImagingError
from primia_core.imaging.square import load_square
from primia_core.imaging.threads import decoding_threads

FORMAT = 1
"""Raise it whenever decoding changes, so that no cache outlives the code that made it."""
BATCH = 512

Load = Callable[[Record], "NDArray[np.uint8] | Quarantined"]
Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Pixels:
    """Images (n, 1, S, S) as uint8 and their labels (n,) as int64. ``images`` may be a memory map: read-only."""

    images: NDArray[np.uint8] = field(repr=False)
    labels: NDArray[np.int64] = field(repr=False)

    def __post_init__(self) -> None:
        if len(self.images) != len(self.labels):
            raise CacheError(f"{len(self.images)} images have {len(self.labels)} labels; they belong in pairs")

    def __len__(self) -> int:
        return len(self.labels)


@dataclass(frozen=True)
class PixelCache:
    """The decoded cohort. Made by ``build``; splits are contiguous, so taking one copies nothing."""

    images: NDArray[np.uint8] = field(repr=False)
    labels: NDArray[np.int64] = field(repr=False)
    paths: tuple[str, ...] = field(repr=False)
    bounds: Mapping[str, tuple[int, int]] = field(repr=False)
    quarantined: tuple[Quarantined, ...]

    @classmethod
    def build(
        cls,
        cohort: Cohort,
        image_size: int,
        folder: Path | str,
        *,
        frames: Frames = "refuse",
        progress: Progress = lambda done, total: None,
    ) -> "PixelCache":
        """Decode a cohort, or open what an earlier call decoded.

        Args:
            cohort: what to decode.
            image_size: side of the square, 8 to 4096.
            folder: where caches live; one of its folders is used, named by the cohort's version, size and frames.
            frames: what to do with files of several frames.
            progress: told (images done, images in all) after each batch.
        Returns:
            The cache. Files that cannot be decoded are in ``quarantined`` with their reason, and nowhere else; a cache
            is made anew once one of them can be, since a disk or a network share that was away comes back.
        Raises:
            CacheError: a size out of range.
        Cost: image_size**2 bytes an image on disk; decoding uses every core that this process may run on.
        """
        if not 8 <= image_size <= 4096:
            raise CacheError(f"image_size is {image_size}, outside 8 to 4096 pixels")
        target = Path(folder) / f"{cohort.version}-{image_size}-{frames}-v{FORMAT}"
        load = partial(_load, cohort, image_size, frames)
        if not target.exists():
            _decode_into(target, cohort, load, progress)
        cache = cls._open(target, image_size)
        lost = {path for path, _ in cache.quarantined}
        if all(isinstance(load(record), Quarantined) for record in cohort.records if record.path in lost):
            return cache
        _decode_into(target, cohort, load, progress, instead_of=cache.quarantined)
        return cls._open(target, image_size)

    @classmethod
    def _open(cls, folder: Path, size: int) -> "PixelCache":
        index = json.loads((folder / "index.json").read_text())
        labels = np.asarray(index["labels"], np.int64)
        shape = (len(labels), 1, size, size)
        images = np.memmap(folder / "images.u8", np.uint8, "r", shape=shape) if len(labels) else np.empty(shape, "u1")
        bounds = {name: (first, last) for name, (first, last) in index["bounds"].items()}
        return cls(images, labels, tuple(index["paths"]), bounds, _quarantined(folder))

    def __len__(self) -> int:
        return len(self.labels)

    @property
    def splits(self) -> tuple[str, ...]:
        """Return the names of the splits that hold an image."""
        return tuple(name for name, (first, last) in self.bounds.items() if last > first)

    def split(self, name: str) -> Pixels:
        """Return the images of one split; a split that nobody is in is empty."""
        first, last = self.bounds.get(name, (0, 0))
        return Pixels(self.images[first:last], self.labels[first:last])

    def paths_of(self, name: str) -> tuple[str, ...]:
        """Return the paths of the images of one split, in their order."""
        first, last = self.bounds.get(name, (0, 0))
        return self.paths[first:last]

    def all(self) -> Pixels:
        """Return every image, whatever its split."""
        return Pixels(self.images, self.labels)


def _decode_into(
    target: Path, cohort: Cohort, load: Load, progress: Progress, *, instead_of: tuple[Quarantined, ...] | None = None
) -> None:
    """Decode beside ``target`` and move it there whole: a reader sees all of a cache or none.

    ``instead_of`` is what the cache that is to be replaced lacks; one that another process replaced stays.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    with _alone(target.with_name(f"{target.name}.lock")):
        if target.exists() and _quarantined(target) != instead_of:
            return
        unfinished = target.with_name(f"{target.name}.unfinished")
        shutil.rmtree(unfinished, ignore_errors=True)  # of a process that was killed
        unfinished.mkdir()
        index = _decode(unfinished / "images.u8", cohort, load, progress)
        (unfinished / "index.json").write_text(json.dumps(index))
        shutil.rmtree(target, ignore_errors=True)
        unfinished.rename(target)


def _quarantined(folder: Path) -> tuple[Quarantined, ...]:
    index = json.loads((folder / "index.json").read_text())
    return tuple(Quarantined(path, reason) for path, reason in index["quarantined"])


@contextmanager
def _alone(lock: Path) -> Iterator[None]:
    """Hold a lock that the system releases should this process die."""
    with lock.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _decode(file: Path, cohort: Cohort, load: Load, progress: Progress) -> dict[str, object]:
    records = sorted(cohort.records, key=lambda record: (_rank(record.split), record.path))
    kept: list[Record] = []
    quarantined: list[Quarantined] = []
    with file.open("wb") as out, ThreadPoolExecutor(decoding_threads()) as pool:
        waiting = iter(records)
        while batch := list(islice(waiting, BATCH)):
            for record, found in zip(batch, pool.map(load, batch), strict=True):
                if isinstance(found, Quarantined):
                    quarantined.append(found)
                    continue
                kept.append(record)
                out.write(found.tobytes())
            progress(len(kept) + len(quarantined), len(records))
    return {
        "labels": [cohort.classes.index(record.label) for record in kept],
        "paths": [record.path for record in kept],
        "bounds": dict(_bounds(kept)),
        "quarantined": quarantined,
    }


def _load(cohort: Cohort, size: int, frames: Frames, record: Record) -> NDArray[np.uint8] | Quarantined:
    try:
        return load_square(cohort.unchanged_file(record), size, frames=frames)
    except ImagingError as error:
        return Quarantined(record.path, f"{error.code}: {error.message}")


def _rank(split: str | None) -> int:
    return SPLITS.index(split) if split in SPLITS else len(SPLITS)


def _bounds(records: list[Record]) -> Iterator[tuple[str, tuple[int, int]]]:
    first = 0
    for name in SPLITS:
        last = first + sum(record.split == name for record in records)
        yield name, (first, last)
        first = last
