"""What can be wrong with a table of results.

EvaluationError
└── ConfusionError     a confusion matrix is not one, or holds nothing
"""

from primia_core.errors import PrimiaError


class EvaluationError(PrimiaError):
    """Results cannot be evaluated."""

    code = "evaluation.error"


class ConfusionError(EvaluationError):
    """A confusion matrix is not square, not of counts, or empty."""

    code = "evaluation.confusion"
