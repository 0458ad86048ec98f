"""The figures of one rater's answers by the words of their names, and how each is computed."""

from typing import Final

from primia_core.evaluation.vectors.cases import Rated
from primia_core.evaluation.vectors.label_figures import LABELS
from primia_core.evaluation.vectors.score_figures import SCORES
from primia_core.evaluation.vectors.table import Table, table

FIGURES: Final[Table[Rated]] = table({**LABELS, **SCORES})
"""What one rater's answers say. A figure of each class stands for the positive class alone where a file of two classes
expects one number."""
