"""How alike two pictures are, or two sets of features. Knows no attack and no network."""

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import linalg
from skimage.metrics import structural_similarity

from primia_core.evaluation.errors import PictureError

Floats = NDArray[np.float64]
GAUSSIAN_SIGMA = 1.5


def mse(first: ArrayLike, second: ArrayLike, *, scale: float = 1.0) -> float:
    """Return the mean squared difference, of pictures in units of ``scale``: of the standard deviation for z units."""
    a, b = _alike(first, second)
    return float(((a - b) ** 2).mean()) / scale**2


def psnr(first: ArrayLike, second: ArrayLike, *, data_range: float = 1.0) -> float:
    """Return the peak signal-to-noise ratio in dB; infinite for equal pictures."""
    error = mse(first, second)
    return float("inf") if error == 0 else float(10 * np.log10(data_range**2 / error))


def ssim(first: ArrayLike, second: ArrayLike, *, data_range: float = 1.0, gaussian: bool = True) -> float:
    """Return the structural similarity of two grey pictures.

    Args:
        gaussian: windows as in Wang, Bovik, Sheikh, Simoncelli 2004 (sigma 1.5, population covariances); else uniform
            ones of 7 pixels with sample covariances, which is scikit-image's default.
    """
    a, b = _alike(first, second)
    options = {"gaussian_weights": True, "sigma": GAUSSIAN_SIGMA, "use_sample_covariance": False} if gaussian else {}
    return float(structural_similarity(a, b, data_range=data_range, **options))  # type: ignore[no-untyped-call]


def frechet_distance(first: ArrayLike, second: ArrayLike, *, ddof: int = 1) -> float:
    """Return the Frechet distance of two sets of features, taken for normal.

    Args:
        first, second: (n, features) and (m, features); name the extractor wherever the number is shown.
        ddof: of the covariances.
    Returns:
        |mean - mean'|**2 + tr(S + S' - 2 (S S')**(1/2)).
    Source: Dowson and Landau 1982; as FID, Heusel et al. 2017.
    """
    a, b = np.asarray(first, np.float64), np.asarray(second, np.float64)
    if a.ndim != 2 or b.ndim != 2 or a.shape[1] != b.shape[1] or min(len(a), len(b)) < 2:
        raise PictureError(f"features of shapes {a.shape} and {b.shape}; give (pictures, features), 2 of each at least")
    one, other = (np.atleast_2d(np.cov(x, rowvar=False, ddof=ddof)) for x in (a, b))
    root = linalg.sqrtm(one @ other)
    distance = ((a.mean(0) - b.mean(0)) ** 2).sum() + np.trace(one + other - 2 * np.real(root))
    return float(distance)


def _alike(first: ArrayLike, second: ArrayLike) -> tuple[Floats, Floats]:
    a, b = np.asarray(first, np.float64), np.asarray(second, np.float64)
    if a.shape != b.shape or not a.size or not (np.isfinite(a).all() and np.isfinite(b).all()):
        raise PictureError(f"pictures of shapes {a.shape} and {b.shape}; give two of one shape with finite pixels")
    return a, b
