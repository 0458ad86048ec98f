"""What an audit found at one place: figures, which may be summed over sites, apart from pictures, which stay."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from primia_core.attacks.document import AuditDocument, AuditedImages, AuditedModel, Picture
from primia_core.attacks.plan import AuditPlan, Control, Part
from primia_core.attacks.reading import document_of
from primia_core.attacks.sums import (
    REFERENCES,
    AuditSums,
    Measured,
    Words,
    fixed,
    pairs_name,
    products_of,
    row_name,
    row_of,
)


@dataclass(frozen=True)
class Guesses:
    """One part's figures, image by image: the attack's first, then each control's, in the same order of images."""

    part: Part
    by_control: Mapping[Control, Sequence[Measured]] = field(repr=False)

    def integers(self) -> dict[str, tuple[int, ...]]:
        """Return its rows and products."""
        rows = {row_name(self.part, control): row_of(found) for control, found in self.by_control.items()}
        attack, *others = (self.by_control[control] for control in self.part.controls)
        return {**rows, pairs_name(self.part): products_of(attack, others)}


@dataclass(frozen=True)
class Baseline:
    """z-MSE of the mean image and of a blindly drawn other patient's, for each image that was attacked."""

    mean_image: Sequence[float] = field(repr=False)
    other_patient: Sequence[float] = field(repr=False)


@dataclass(frozen=True)
class AuditFindings:
    """An audit at one place. Everything but the sums over several sites is secret there; pictures never leave."""

    plan: AuditPlan
    guesses: tuple[Guesses, ...] = field(repr=False)
    baseline: Baseline = field(repr=False)
    pictures: tuple[Picture, ...] = field(repr=False, default=())

    def sums(self) -> AuditSums:
        """Return the figures as integers that add over sites."""
        integers = {name: values for each in self.guesses for name, values in each.integers().items()}
        base = self.baseline
        sums = (len(base.mean_image), fixed(sum(base.mean_image)), fixed(sum(base.other_patient)))
        return AuditSums({**integers, REFERENCES: sums})

    def to_vectors(self) -> dict[str, Words]:
        """Return the figures as words for secure aggregation; ``AuditSums.of_vectors`` reads their sum."""
        return self.sums().to_vectors()

    def document(self, *, model: AuditedModel, images: AuditedImages) -> AuditDocument:
        """Return the document of this place alone, with its pictures unless they are of real patients."""
        pictures = () if images.kind == "real" else self.pictures
        return document_of(self.plan, self.sums(), model=model, images=images, pictures=pictures)
