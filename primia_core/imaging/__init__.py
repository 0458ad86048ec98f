"""Pictures and cohorts: decoding, splits by patient, quality, pixel caches, exact statistics, phantoms.

Knows no models and no network. ``augment`` is imported by its own name, because it alone needs torch.
"""

from primia_core.imaging.cache import PixelCache, Pixels
from primia_core.imaging.cohort import SPLITS, Cohort, Quarantined, Record
from primia_core.imaging.cohort_pixels import CohortPixels
from primia_core.imaging.decode import decode_image
from primia_core.imaging.errors import (
    CacheError,
    ChangedImageError,
    CohortError,
    ImagingError,
    MultiFrameError,
    OversizedImageError,
    SplitError,
    StatisticsError,
    UnreadableImageError,
    UnsupportedImageError,
)
from primia_core.imaging.folders import cohort_from_folders
from primia_core.imaging.readiness import Check, ReadinessReport, readiness_report
from primia_core.imaging.sources import demo_cohort
from primia_core.imaging.splits import partition_by_patient, split_by_patient
from primia_core.imaging.square import load_square, squash
from primia_core.imaging.statistics import Normalisation, PixelSums, pooled
from primia_core.imaging.table import cohort_from_csv, write_csv

__all__ = [
    "SPLITS",
    "CacheError",
    "ChangedImageError",
    "Check",
    "Cohort",
    "CohortError",
    "CohortPixels",
    "ImagingError",
    "MultiFrameError",
    "Normalisation",
    "OversizedImageError",
    "PixelCache",
    "PixelSums",
    "Pixels",
    "Quarantined",
    "ReadinessReport",
    "Record",
    "SplitError",
    "StatisticsError",
    "UnreadableImageError",
    "UnsupportedImageError",
    "cohort_from_csv",
    "cohort_from_folders",
    "decode_image",
    "demo_cohort",
    "load_square",
    "partition_by_patient",
    "pooled",
    "readiness_report",
    "split_by_patient",
    "squash",
    "write_csv",
]
