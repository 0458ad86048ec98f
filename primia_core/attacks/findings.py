"""What an audit found at one place: figures, which may be summed over sites, apart from pictures, which stay."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from primia_core.attacks.document import AuditDocument, AuditedImages, AuditedModel, Picture
from primia_core.attacks.matching import Pictures
from primia_core.attacks.plan import AuditPlan, Control, Part
from primia_core.attacks.reading import document_of
from primia_core.attacks.sums import (
    REFERENCES,
    AuditSums,
    Measured,
    Words,
    beside_name,
    fixed,
    products_of,
    row_name,
    row_of,
)
from primia_core.evaluation.pictures import mse
from primia_core.imaging import Normalisation


@dataclass(frozen=True)
class Guesses:
    """One part's figures, image by image: the attack's first, then each control's, in the same order of images."""

    part: Part
    by_control: Mapping[Control, Sequence[Measured]] = field(repr=False)
    labels_right: int = field(repr=False)
    labels: int

    def integers(self) -> dict[str, tuple[int, ...]]:
        """Return its rows and products."""
        rows = {row_name(self.part, control): row_of(found) for control, found in self.by_control.items()}
        attack, *others = (self.by_control[control] for control in self.part.controls)
        beside = (*products_of(attack, others), self.labels_right, self.labels)
        return {**rows, beside_name(self.part): beside}


@dataclass(frozen=True)
class Baseline:
    """z-MSE of guesses that use nothing of a release, by image: one grey, the class's mean image, a stranger's."""

    grey: list[float] = field(repr=False, default_factory=list)
    mean_image: list[float] = field(repr=False, default_factory=list)
    other_patient: list[float] = field(repr=False, default_factory=list)

    def add(
        self, truths: Pictures, decoys: Sequence[Pictures], strangers: Pictures, normalisation: Normalisation
    ) -> None:
        """Take note of the images of one release, their galleries and strangers."""
        for truth, gallery, stranger in zip(truths, decoys, strangers, strict=True):
            grey = np.full_like(truth, normalisation.mean)
            self.grey.append(mse(truth, grey, scale=normalisation.std))
            self.mean_image.append(mse(truth, gallery.mean(0), scale=normalisation.std))
            self.other_patient.append(mse(truth, stranger, scale=normalisation.std))


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
        kinds = (base.grey, base.mean_image, base.other_patient)
        sums = (len(base.grey), *(fixed(sum(errors)) for errors in kinds))
        return AuditSums({**integers, REFERENCES: sums})

    def to_vectors(self) -> dict[str, Words]:
        """Return the figures as words for secure aggregation; ``AuditSums.of_vectors`` reads their sum."""
        return self.sums().to_vectors()

    def document(self, *, model: AuditedModel, images: AuditedImages) -> AuditDocument:
        """Return the document of this place alone, with its pictures unless they are of real patients."""
        pictures = () if images.kind == "real" else self.pictures
        return document_of(self.plan, self.sums(), model=model, images=images, pictures=pictures)
