"""Everything that can go wrong in one site's local work, as one tree.

TrainingError
├── Cancelled              somebody asked the work to stop
├── EmptyDataError         there is no image to work on
└── DivergedError          the loss is no number any more
"""

from primia_core.errors import PrimiaError


class TrainingError(PrimiaError):
    """Local work cannot be done."""

    code = "training.error"


class Cancelled(TrainingError):
    """The caller's ``should_stop`` said so; nothing of the work is kept."""

    code = "training.cancelled"


class EmptyDataError(TrainingError):
    """A split holds no image."""

    code = "training.no_images"


class DivergedError(TrainingError):
    """The training loss is infinite or not a number."""

    code = "training.diverged"
