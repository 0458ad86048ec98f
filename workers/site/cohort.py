"""The site's own cohort, as its tasks see it: read from the CSV, decoded once, never told of beyond its readiness."""

import logging
from collections.abc import Callable
from dataclasses import dataclass, field

from primia_core.errors import PrimiaError
from primia_core.imaging import Cohort, PixelCache, cohort_from_csv
from primia_core.imaging.readiness import ReadinessReport, readiness_report
from workers.link.settings_file import write_private
from workers.site.errors import DataError
from workers.site.folder import DataSettings, SiteFolder

log = logging.getLogger(__name__)


@dataclass
class SiteCohort:
    """The images of this hospital."""

    folder: SiteFolder
    settings: DataSettings
    cohort: Cohort = field(repr=False)
    _caches: dict[int, PixelCache] = field(default_factory=dict, repr=False)

    @classmethod
    def open(cls, folder: SiteFolder, settings: DataSettings) -> "SiteCohort":
        """Read the cohort that ``site.toml`` names.

        Raises:
            DataError: there is none, or it cannot be used.
        """
        try:
            cohort = cohort_from_csv(
                folder.data_file(settings.csv), folder.data_file(settings.root), classes=settings.classes
            )
        except PrimiaError as error:
            raise DataError(f"{settings.csv} cannot be used: {error.message}") from error
        return cls(folder, settings, cohort)

    @property
    def version(self) -> str:
        """Return the hash that plans name this cohort by."""
        return self.cohort.version

    def readiness(self, progress: Callable[[int, int], None] = lambda done, total: None) -> ReadinessReport:
        """Return the hospital's own report on this version of its cohort, from disk where it was made before."""
        kept = self.folder.path / "cache" / f"readiness-{self.version}.json"
        try:
            return ReadinessReport.model_validate_json(kept.read_bytes())
        except (OSError, ValueError):
            report = readiness_report(self.cohort, progress=progress)
            write_private(kept, report.model_dump_json().encode())
            return report

    def pixels(self, image_size: int, progress: Callable[[int, int], None] = lambda done, total: None) -> PixelCache:
        """Return the decoded cohort, from disk where an earlier call has put it.

        Raises:
            DataError: none of its images can be read.
        """
        if found := self._caches.get(image_size):
            return found
        cache = PixelCache.build(self.cohort, image_size, self.folder.pixels, progress=progress)
        if not cache.quarantined:
            self._caches[image_size] = cache
            return cache
        path, reason = cache.quarantined[0]
        lost = f"{len(cache.quarantined)} of {len(self.cohort.records)} images cannot be read; {path}: {reason}"
        if not len(cache):
            raise DataError(f"{lost}; look at the disk, or make the cohort again")
        log.warning("%s; the others are used", lost)
        return cache
