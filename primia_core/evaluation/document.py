"""An evaluation as one document: every figure with its interval, where it is from, and what was not shown.

`primia evaluate --json` prints one, a job of kind ``evaluate`` ends with one, reports and screens read it. It computes
nothing; ``documenting`` fills it in.
"""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from primia_core.evaluation.report import Figure
from primia_core.evaluation.score_report import Bin

FORMAT: Literal["primia evaluation 1"] = "primia evaluation 1"
ROC_POINTS = 200
"""Most points that a curve is drawn with; its area is of all of them."""


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Roc(_Part):
    """A receiver operating characteristic, from (0, 0) to (1, 1)."""

    fpr: tuple[float, ...]
    tpr: tuple[float, ...]


class ClassEvaluation(_Part):
    """One class against the others.

    Attributes:
        auc: with DeLong's interval; undefined where a side has fewer than two images.
        net_benefit: of acting on this class, at each of the document's ``thresholds``.
        net_benefit_of_all: of acting on everybody.
        roc: ``None`` where a side has no image.
    """

    name: str
    n: int
    sensitivity: Figure
    specificity: Figure
    ppv: Figure
    npv: Figure
    f1: Figure
    auc: Figure
    net_benefit: tuple[float, ...]
    net_benefit_of_all: tuple[float, ...]
    roc: Roc | None


class Subgroup(_Part):
    """The images of one group, e.g. of attribute ``age`` and group ``65-79``.

    Attributes:
        suppressed: fewer images than the plan's smallest cell; then nothing is told of it, not even how many.
    """

    attribute: str
    group: str
    n: int | None
    accuracy: Figure | None
    mcc: Figure | None
    suppressed: bool


class SiteEvaluation(_Part):
    """One site's own figures, which are public only where the plan said so and the site allowed it."""

    site: str
    n: int
    accuracy: Figure
    mcc: Figure
    sensitivity: tuple[Figure, ...] = Field(description="in the order of the document's classes")


class ModelRef(_Part):
    """The model that was evaluated."""

    hash: str
    name: str
    number: int | None = Field(default=None, description="of the registry's version, where it is in one")


class CohortRef(_Part):
    """On which images: the hash of each cohort, by site where there are several."""

    versions: tuple[str, ...]


class EvaluationDocument(_Part):
    """What one model is worth on one split.

    Attributes:
        patients: of whom the images are; ``None`` where nobody counted them.
        confusion: rows are the truth.
        accuracy: with Wilson's interval; ``accuracy_clopper_pearson`` and ``accuracy_by_patient`` are the same share
            with the exact interval and with one that draws whole patients.
        intervals: what the methods that figures name mean, in words.
        quantised_bins: scores were sorted into so many bins of equal width before they were ranked; ``None``: exact.
        smallest_cell: groups of fewer images are not shown; ``None`` where there was no such rule.
        made: who computed it: ``local`` or ``secure sum of k sites``.
    """

    format: Literal["primia evaluation 1"] = FORMAT
    model: ModelRef
    cohort: CohortRef
    split: str
    made: str
    n: int
    patients: int | None
    classes: tuple[str, ...]
    confusion: tuple[tuple[int, ...], ...]
    accuracy: Figure
    accuracy_clopper_pearson: Figure
    accuracy_by_patient: Figure | None
    balanced_accuracy: float
    mcc: Figure
    mcc_by_patient: Figure | None
    kappa: float
    kappa_linear: float
    kappa_quadratic: float
    mean_loss: float | None
    per_class: tuple[ClassEvaluation, ...]
    auc_ovr_macro: float | None
    auc_ovr_weighted: float | None
    auc_ovo_macro: float | None
    auc_ovo_weighted: float | None
    auc_hardlabel_ovr_macro: float | None
    brier: float
    log_loss: float
    expected_calibration_error: float
    reliability: tuple[Bin, ...]
    thresholds: tuple[float, ...]
    subgroups: tuple[Subgroup, ...] = ()
    sites: tuple[SiteEvaluation, ...] = ()
    quantised_bins: int | None
    smallest_cell: int | None = None
    intervals: dict[str, str]
    notes: tuple[str, ...] = Field(default=(), description="what else a reader should know, a sentence each")
