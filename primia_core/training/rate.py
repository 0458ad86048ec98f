"""The learning rate over a whole job. Knows no optimiser."""

from primia_core.training.config import LocalTraining


def learning_rate_at(config: LocalTraining, progress: float) -> float:
    """Return the learning rate at a point of the job.

    Args:
        config: first and final rate.
        progress: 0 at the first step of the first round, 1 after the last step of the last.
    Returns:
        first * (final / first) ** progress: a straight line on a logarithmic axis.
    """
    ratio = config.final_learning_rate / config.learning_rate
    return float(config.learning_rate * ratio ** min(max(progress, 0.0), 1.0))
