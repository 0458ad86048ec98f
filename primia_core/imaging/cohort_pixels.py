"""A decoded cohort together with its table: the images of a split, and of whom each one is."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from primia_core.imaging.cache import PixelCache, Pixels
from primia_core.imaging.cohort import Cohort, Record
from primia_core.imaging.people import group_of


@dataclass(frozen=True)
class CohortPixels:
    """What a step of a job may look at. Whatever is asked by split comes in the order of that split's images."""

    cohort: Cohort = field(repr=False)
    pixels: PixelCache = field(repr=False)

    def split(self, name: str) -> Pixels:
        """Return the images and labels of one split."""
        return self.pixels.split(name)

    def patients(self, name: str) -> tuple[str, ...]:
        """Return whose each image of a split is."""
        return tuple(record.patient_id for record in self._records(name))

    def groups(self, name: str, attribute: str) -> tuple[str, ...]:
        """Return the group of each image of a split, by age, sex or view; ``unknown`` where nobody told it."""
        return tuple(group_of(record, attribute) for record in self._records(name))

    def _records(self, name: str) -> list[Record]:
        return [self._by_path[path] for path in self.pixels.paths_of(name)]

    @cached_property
    def _by_path(self) -> Mapping[str, Record]:
        return {record.path: record for record in self.cohort.records}
