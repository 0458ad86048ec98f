"""Whether a release names its images: is the true one the most alike among a gallery of its class? Knows no attack.

A candidate's score is its correlation with the most alike of all guesses of its batch, true or decoy alike. So the true
image has no advantage but what the release gave away: under guesses that know nothing of it, its rank is uniform and
it comes first with probability 1 / gallery. (Matching guesses to truths first, and ranking then, would be biased.)
"""

from dataclasses import dataclass, field

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from primia_core.attacks.errors import GalleryError
from primia_core.attacks.matching import Pictures

Indices = NDArray[np.int64]
FLAT = 1e-12


@dataclass(frozen=True)
class Gallery:
    """Decoys for one image: others of its class, each of another patient, none of whom is in its release."""

    decoys: Indices = field(repr=False)

    @classmethod
    def draw(
        cls,
        truth: int,
        *,
        labels: Indices,
        patients: NDArray[np.str_],
        absent: NDArray[np.bool_],
        size: int,
        rng: Generator,
    ) -> "Gallery":
        """Draw decoys.

        Args:
            truth: index of the image.
            labels, patients: of all images.
            absent: which images are of patients who are neither in the release nor strangers to it.
            size: candidates, the true image among them.
        Raises:
            GalleryError: the class has too few other patients.
        """
        fitting = np.flatnonzero(absent & (labels == labels[truth]) & (patients != patients[truth]))
        decoys = one_each(fitting, patients, rng)
        if len(decoys) < size - 1:
            raise GalleryError(
                f"class {labels[truth]} has {len(decoys)} patients outside the release, and a gallery of {size} needs "
                f"{size - 1}; add patients of this class, or audit a larger split"
            )
        return cls(np.sort(decoys[: size - 1]))


def one_each(images: Indices, patients: NDArray[np.str_], rng: Generator) -> Indices:
    """Return one image of each patient, drawn among these, the patients in random order.

    Each patient is as likely as any other to come first, however many images there are of each, so that the true image
    and its decoys are drawn alike.
    """
    shuffled = rng.permutation(images)
    _, first = np.unique(patients[shuffled], return_index=True)
    return np.asarray(rng.permutation(shuffled[first]), np.int64)


def identified(guesses: Pictures, truth: NDArray[np.float64], decoys: Pictures, *, rng: Generator) -> bool:
    """Say whether the true image scores above every decoy; among equal scores, chance decides.

    Args:
        guesses: all guesses from one release, in any order.
        truth: (S, S).
        decoys: (gallery - 1, S, S).
    """
    scores = correlations(np.concatenate([truth[None], decoys]), guesses).max(1)
    best = np.flatnonzero(scores >= scores.max() - FLAT)
    return bool(rng.choice(best) == 0)


def correlations(candidates: Pictures, guesses: Pictures) -> NDArray[np.float64]:
    """Return Pearson's correlation of each candidate (row) and each guess (column); 0 with a flat picture."""
    return _standard(candidates) @ _standard(guesses).T


def _standard(pictures: Pictures) -> NDArray[np.float64]:
    flat = pictures.reshape(len(pictures), -1)
    centred = flat - flat.mean(1, keepdims=True)
    norm = np.linalg.norm(centred, axis=1, keepdims=True)
    return np.where(norm > FLAT, centred / np.where(norm > FLAT, norm, 1.0), 0.0)
