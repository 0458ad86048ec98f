"""What an audit found, as one object that prints, serialises and is shown. Needs no torch; attacks nothing."""

from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from primia_core.attacks.plan import AuditPlan, Control, Mode, View
from primia_core.evaluation.report import Figure

DOCUMENT_VERSION: Literal[1] = 1


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Spread(_Part):
    """A measure over images: its mean, what the 5 % most exposed images reach, and the most exposed of all.

    Exposed means alike: a low error, a high PSNR or SSIM. ``p5`` and ``worst`` are read from histograms, whose bins
    are narrow (0.1 bit of the error, 0.25 dB, 1/128 of SSIM), at the edge that says more exposed.
    """

    mean: float
    p5: float
    worst: float


class Identification(_Part):
    """How often the true image was the most alike of a gallery of its class, with Clopper and Pearson's interval."""

    hits: int
    trials: int
    gallery: int = Field(description="candidates, the true image among them")
    low: float
    high: float
    chance: float


class ControlRow(_Part):
    """What one kind of guess reached: the attack's, or a control's."""

    control: Control
    n: int = Field(description="images")
    mse: Spread = Field(description="in units of the pixels' variance; see ``references`` for what guesses reach")
    psnr: Spread = Field(description="dB, of pixels in [0, 1]; at most 64")
    ssim: Spread
    identification: Identification


class LabelInference(_Part):
    """How many images' classes the last layer's bias gave away, as counts by class."""

    right: int
    images: int


class ViewFigures(_Part):
    """One view at one batch size, with its controls beside it."""

    view: View
    batch_size: int
    sites_in_sum: int
    local_steps: int = Field(description="0: a gradient was sent")
    batch_norm_mode: Mode
    images_in_release: int
    rows: tuple[ControlRow, ...]
    labels: LabelInference
    finding: Literal["identifies", "resembles", "nothing shown"] = Field(
        description="identifies: the interval lies above chance; resembles: closer than the best other patient"
    )
    reading: str = Field(description="the figures in a sentence")


class AuditTest(_Part):
    """A test of mean errors over images; images of one release are not independent, so p is on the small side."""

    method: Literal["anova", "student", "welch", "paired"]
    compared: tuple[str, ...]
    statistic: float | None = Field(description="null where all differences are equal")
    p: float | None
    p_holm: float | None = Field(description="adjusted for the other tests of this method")


class Picture(_Part):
    """One image of a public or a drawn cohort, its reconstruction, and the most alike of other patients."""

    view: View
    batch_size: int
    victim: int
    positive: bool = False
    original: str = Field(description="PNG as a data URI")
    reconstruction: str
    null: str
    mse: float
    ssim: float
    identified: bool


class MembershipFigures(_Part):
    """How surely it can be told whether an image was in training."""

    method: str
    references: int
    tpr_at_1pct: Figure
    tpr_at_0_1pct: Figure
    auc: Figure


class AuditedModel(_Part):
    """Which weights the gradients were taken at."""

    name: str
    hash: str | None
    weights: Literal["random", "trained"]
    parameters: int
    normalisation: Literal["batch", "group"]


class AuditedImages(_Part):
    """Whose images were attacked. ``kind`` decides whether pictures may leave."""

    kind: Literal["real", "public", "phantom"]
    image_size: int
    split: str


class References(_Part):
    """Errors of guesses that use nothing of the release, over the same images, to read the others against."""

    grey: float = Field(description="z-MSE of one grey everywhere, the mean of all pixels: about 1 by definition")
    mean_image: float = Field(description="z-MSE of the mean of the gallery")
    other_patient: float = Field(description="z-MSE of another patient's image of the same class, drawn blindly")


class AuditDocument(_Part):
    """An audit, complete. The same for `primia attack`, for a site's own page and for a job over several sites."""

    version: Literal[1] = DOCUMENT_VERSION
    made: str = Field(description="local, or: secure sum of k sites")
    plan: AuditPlan
    batch_norm_mode: Mode
    model: AuditedModel
    images: AuditedImages
    valid: bool = Field(
        description="whether the positive control succeeded; if not, what was not found may still be there"
    )
    verdict: Literal["audit invalid", "leak shown", "no leak shown"]
    positive: ViewFigures
    views: tuple[ViewFigures, ...]
    references: References
    tests: tuple[AuditTest, ...]
    membership: MembershipFigures | None = None
    pictures: tuple[Picture, ...] = ()
    statement: str

    @model_validator(mode="after")
    def _keeps_patients_in(self) -> Self:
        if self.pictures and self.images.kind == "real":
            raise ValueError(f"{len(self.pictures)} pictures of real patients stay at their site; leave them out")
        return self
