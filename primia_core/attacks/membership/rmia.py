"""The robust membership inference attack: how much surer a model is of an image than of other images like it.

Knows confidences only: neither models nor images.
"""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import ArrayLike, NDArray

from primia_core.attacks.errors import MembershipError

Floats = NDArray[np.float64]
LEAST_CONFIDENCE = 1e-12
"""A confidence of zero would make a ratio infinite; nothing is learned from how small a probability below this is."""


@dataclass(frozen=True)
class Confidences:
    """The probability that each model gives to the true class of each of n images.

    Attributes:
        target: (n,), of the model under attack.
        references: (k, n), of models that the attacker trained. Each image was in the training set of half of them, so
            that their mean is what a model says that may or may not have seen it.
    """

    target: Floats = field(repr=False)
    references: Floats = field(repr=False)

    @classmethod
    def of(cls, target: ArrayLike, references: ArrayLike) -> "Confidences":
        """Check and keep both.

        Raises:
            MembershipError: shapes that do not fit, no reference, or a number that is no probability.
        """
        t, r = np.asarray(target, np.float64), np.asarray(references, np.float64)
        if t.ndim != 1 or r.ndim != 2 or r.shape[1:] != t.shape or not r.size:
            raise MembershipError(
                f"confidences of shapes {t.shape} and {r.shape}; give (images,) and (references, images)"
            )
        both = np.concatenate([t[None], r])
        if not (np.isfinite(both).all() and both.min() >= 0 and both.max() <= 1 + 1e-6):
            raise MembershipError(f"confidences run from {both.min():.4g} to {both.max():.4g}, outside 0 to 1")
        return cls(np.maximum(t, LEAST_CONFIDENCE), np.maximum(r, LEAST_CONFIDENCE))

    @property
    def ratios(self) -> Floats:
        """Return for each image the target's confidence over what models say on average: (n,)."""
        ratios: Floats = self.target / self.references.mean(0)
        return ratios


def rmia(images: Confidences, population: Confidences, *, gamma: float = 1.0) -> Floats:
    """Score images: the higher, the surer that the target was trained on them.

    Args:
        images: n images to be judged.
        population: m images of the same kind that the target was surely not trained on, and that are not judged.
        gamma: >= 1, by what factor an image must stand out against another one.
    Returns:
        (n,), the share of the population against which the likelihood ratio of an image is at least ``gamma``.
    Raises:
        MembershipError: a gamma below 1, or nobody to compare with.
    Source: Zarifzadeh, Liu, Shokri, "Low-Cost High-Power Membership Inference Attacks", ICML 2024, equations 2 to 4,
        with references of both kinds for every image (their online form).
    """
    if gamma < 1 or not population.target.size:
        raise MembershipError(f"gamma is {gamma} and the population {population.target.size}; give >= 1 of both")
    others = np.sort(gamma * population.ratios)
    return np.searchsorted(others, images.ratios, side="right") / others.size


def ranked(images: Confidences, population: Confidences, *, gamma: float = 1.0) -> Floats:
    """Return scores in the order of ``rmia``, in which the surer image comes first among those that it holds for equal.

    A population of m tells m + 1 levels apart. More than one image in m may well be on the highest, and then no
    threshold has fewer false alarms: a rate of 0.1 % would read as nothing found, whatever there is to find.

    Returns:
        (n,), in units of one image of the population.
    """
    finer = images.ratios / (1 + images.ratios)
    return population.target.size * rmia(images, population, gamma=gamma) + finer
