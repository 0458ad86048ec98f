"""What a classifier's counts say, and how surely. Knows no images, models or sites."""

from primia_core.evaluation.errors import ConfusionError, EvaluationError
from primia_core.evaluation.intervals import accuracy_interval, mcc_interval, wilson
from primia_core.evaluation.metrics import (
    accuracy,
    balanced_accuracy,
    confusion_matrix,
    f1,
    kappa,
    mcc,
    precision,
    sensitivity,
    specificity,
)
from primia_core.evaluation.paired import mcc_difference_interval
from primia_core.evaluation.report import Figure, Report, report

__all__ = [
    "ConfusionError",
    "EvaluationError",
    "Figure",
    "Report",
    "accuracy",
    "accuracy_interval",
    "balanced_accuracy",
    "confusion_matrix",
    "f1",
    "kappa",
    "mcc",
    "mcc_difference_interval",
    "mcc_interval",
    "precision",
    "report",
    "sensitivity",
    "specificity",
    "wilson",
]
