"""Whose images are attacked, and among whom each is to be found. Knows indices, labels and patients; no pixels."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from primia_core.attacks.errors import GalleryError, VictimError
from primia_core.attacks.plan import Part
from primia_core.attacks.retrieval import Gallery, Indices, one_each


@dataclass(frozen=True)
class Drawn:
    """The images of one release, a gallery for each, and strangers: as many pictures of patients in neither."""

    images: Indices = field(repr=False)
    galleries: tuple[Gallery, ...] = field(repr=False)
    strangers: Indices = field(repr=False)


@dataclass(frozen=True)
class Draws:
    """Draws releases from a cohort, the same for the same seed.

    In a release, among its strangers and in each gallery is one image a patient: two of one patient are near twins,
    which stand for one candidate, so that guesses that know nothing would find the true image too often.
    """

    labels: Indices = field(repr=False)
    patients: NDArray[np.str_] = field(repr=False)
    gallery: int
    seed: int

    @classmethod
    def of(cls, labels: Indices, patients: Sequence[str], *, gallery: int, seed: int) -> "Draws":
        """Check that every image has a patient.

        Raises:
            VictimError: another number of patients than of images.
        """
        if len(labels) != len(patients):
            raise VictimError(f"{len(labels)} images have {len(patients)} patients; name the patient of each image")
        return cls(np.asarray(labels, np.int64), np.asarray(patients, np.str_), gallery, seed)

    def release(self, part: Part, number: int) -> Drawn:
        """Draw the images of one release of a part.

        Raises:
            VictimError: fewer patients than images in the release.
            GalleryError: a class has too few patients beside the release.
        """
        rng = np.random.default_rng([self.seed, *part.name.encode(), number])
        one_a_patient = one_each(np.arange(len(self.labels)), self.patients, rng)
        if len(one_a_patient) < part.images:
            raise VictimError(
                f"a release of {part.images} images ({part.sites} sites of {part.batch_size}) needs as many patients, "
                f"there are {len(one_a_patient)}; take a smaller batch or fewer sites"
            )
        images = one_a_patient[: part.images]
        strangers = self._strangers(images, rng)
        absent = ~np.isin(self.patients, self.patients[np.concatenate([images, strangers])])
        galleries = tuple(
            Gallery.draw(
                int(truth), labels=self.labels, patients=self.patients, absent=absent, size=self.gallery, rng=rng
            )
            for truth in images
        )
        return Drawn(images, galleries, strangers)

    def _strangers(self, images: Indices, rng: np.random.Generator) -> Indices:
        """Draw, for each image, one of its class and of a patient who is neither in the release nor drawn before."""
        absent = ~np.isin(self.patients, self.patients[images])
        strangers: list[int] = []
        for truth in images:
            fitting = np.flatnonzero(absent & (self.labels == self.labels[truth]))
            if not len(fitting):
                raise GalleryError(
                    f"class {self.labels[truth]} has no image left of patients outside a release of {len(images)}; "
                    "add images of this class, or take a smaller batch"
                )
            strangers.append(int(one_each(fitting, self.patients, rng)[0]))
            absent &= self.patients != self.patients[strangers[-1]]
        return np.array(strangers, np.int64)
