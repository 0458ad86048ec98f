"""What can be wrong with a table of results.

EvaluationError
├── ConfusionError     a confusion matrix is not one, or holds nothing
├── ScoreError         probabilities or scores that are none
├── PictureError       pictures or features that cannot be compared
├── ReadingsError      a table of readings has gaps, or names what it does not know
└── VectorsError       a file of expected values cannot be read
"""

from primia_core.errors import PrimiaError


class EvaluationError(PrimiaError):
    """Results cannot be evaluated."""

    code = "evaluation.error"


class ConfusionError(EvaluationError):
    """A confusion matrix is not square, not of counts, or empty."""

    code = "evaluation.confusion"


class ScoreError(EvaluationError):
    """Scores are no probabilities, or do not fit the cases."""

    code = "evaluation.scores"


class PictureError(EvaluationError):
    """Pictures or features have different shapes, or hold no numbers."""

    code = "evaluation.pictures"


class VectorsError(EvaluationError):
    """A file of expected values is not one."""

    code = "evaluation.vectors"


class ReadingsError(EvaluationError):
    """A table of readings cannot be used."""

    code = "evaluation.readings"
