"""Which reconstruction is of which image, and how alike they are. Knows no attack and no gallery."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

from primia_core.evaluation.pictures import mse, psnr, ssim
from primia_core.imaging import Normalisation

Floats = NDArray[np.float64]
Pictures = Floats
"""(n, S, S), pixels in [0, 1]."""


@dataclass(frozen=True)
class Alike:
    """How alike two pictures are: error in z units, PSNR in dB, SSIM."""

    mse: float
    psnr: float
    ssim: float


def compared(truth: NDArray[np.float64], guess: NDArray[np.float64], normalisation: Normalisation) -> Alike:
    """Compare two pictures of pixels in [0, 1]."""
    return Alike(mse(truth, guess, scale=normalisation.std), psnr(truth, guess), ssim(truth, guess))


def errors(truths: Pictures, guesses: Pictures) -> NDArray[np.float64]:
    """Return the mean squared difference of each truth (row) and each guess (column)."""
    squares: Floats = (truths[:, None] - guesses[None]) ** 2  # (truth, guess, S, S)
    means: Floats = squares.mean((2, 3))
    return means


def assigned(truths: Pictures, guesses: Pictures) -> Pictures:
    """Put guesses in the order of the truths that they are of, so that the sum of errors is least.

    A release says nothing about the order of a batch, so an attack may not be blamed for it.
    """
    rows, columns = linear_sum_assignment(errors(truths, guesses))
    matched: Pictures = guesses[columns[np.argsort(rows)]]
    return matched
