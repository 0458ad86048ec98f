"""The errors of imaging. Their messages tell what is wrong with a picture and never which patient it belongs to."""

from primia_core.errors import PrimiaError


class ImagingError(PrimiaError):
    """Root of this package's errors."""

    code = "imaging.error"


class UnreadableImageError(ImagingError):
    """The file is missing, empty, cut short or corrupt."""

    code = "imaging.unreadable"


class UnsupportedImageError(ImagingError):
    """The file is whole, but of a kind that a chest X-ray does not come in."""

    code = "imaging.unsupported"


class OversizedImageError(UnsupportedImageError):
    """The picture has more pixels than anybody should decode."""

    code = "imaging.oversized"


class MultiFrameError(ImagingError):
    """The file holds several frames, and nobody chose one."""

    code = "imaging.multi_frame"


class ChangedImageError(ImagingError):
    """The file is not the one that the cohort's version names."""

    code = "imaging.changed"


class CohortError(ImagingError):
    """A folder or CSV does not describe a cohort."""

    code = "imaging.cohort"


class SplitError(ImagingError):
    """A cohort cannot be divided as asked."""

    code = "imaging.split"


class StatisticsError(ImagingError):
    """There are no pixels to take a mean of, or sums that no pixels could have."""

    code = "imaging.statistics"


class CacheError(ImagingError):
    """A pixel cache cannot be built or read."""

    code = "imaging.cache"
