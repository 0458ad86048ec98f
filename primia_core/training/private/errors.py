"""What can go wrong with private local work, beside what can with any.

TrainingError
└── NotPrivate         the settings or the network cannot be private
"""

from primia_core.training.errors import TrainingError


class NotPrivate(TrainingError):
    """The settings or the network cannot be private."""

    code = "training.not_private"
