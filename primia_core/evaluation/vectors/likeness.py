"""How alike two pictures, or two sets of features, of a set are: by the words of a figure's name."""

from collections.abc import Callable, Mapping
from typing import Any, Final

import numpy as np

from primia_core.evaluation import pictures
from primia_core.evaluation.errors import VectorsError
from primia_core.evaluation.kernel_distance import discrepancy
from primia_core.evaluation.vectors.shape import Open
from primia_core.evaluation.vectors.table import Asked, Compute, Table, table

Json = Any
Content = Mapping[str, Json]

GIVEN: Final[Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]]] = {
    "image": (("image_a", "img_a", "image_1", "original"), ("image_b", "img_b", "image_2", "reconstruction")),
    "features": (("features_a", "feat_a", "features_1"), ("features_b", "feat_b", "features_2")),
}
"""What files call the first and the second."""


def _two(content: Content, kind: str) -> tuple[Any, Any]:
    """Return both pictures, or both sets of features.

    Raises:
        VectorsError: one is missing.
    """
    found = [next((content[name] for name in names if name in content), None) for names in GIVEN[kind]]
    if any(values is None for values in found):
        raise VectorsError(f"the set gives no two of {kind}; add {GIVEN[kind][0][0]} and {GIVEN[kind][1][0]}")
    first, second = (np.asarray(values, np.float64) for values in found)
    return first, second


def _pictures(read: Callable[[Any, Any, Asked], float]) -> Compute[Content]:
    return lambda content, asked: float(read(*_two(content, "image"), asked))


def _features(read: Callable[[Any, Any, Asked], float]) -> Compute[Content]:
    return lambda content, asked: float(read(*_two(content, "features"), asked))


def _range(asked: Asked) -> float:
    return asked.number("data_range", 1.0)


def _frechet(a: Any, b: Any, asked: Asked) -> float:
    return pictures.frechet_distance(a, b, ddof=int(asked.number("ddof", 1)))


def _either_window(content: Content, asked: Asked) -> Open:
    """Return the similarity where a name says nothing of its windows."""
    a, b = _two(content, "image")
    return Open.between(
        "windows of ssim",
        {
            "Gaussian": pictures.ssim(a, b, data_range=_range(asked)),
            "uniform": pictures.ssim(a, b, gaussian=False, data_range=_range(asked)),
        },
    )


LIKENESS: Final[Table[Content]] = table(
    {
        "mse": _pictures(lambda a, b, _: pictures.mse(a, b)),
        "mse zunits [mu] [sd] <mu> <deviation>": _pictures(
            lambda a, b, asked: pictures.mse(a, b, scale=asked.numbers["deviation"])
        ),
        "rmse": _pictures(lambda a, b, _: pictures.mse(a, b) ** 0.5),
        "mae": _pictures(lambda a, b, _: np.abs(a - b).mean()),
        "psnr": _pictures(lambda a, b, asked: pictures.psnr(a, b, data_range=_range(asked))),
        "ssim uniformwindow": _pictures(
            lambda a, b, asked: pictures.ssim(a, b, gaussian=False, data_range=_range(asked))
        ),
        "ssim gaussian": _pictures(lambda a, b, asked: pictures.ssim(a, b, data_range=_range(asked))),
        "ssim": _either_window,
        "fid [ddof] <ddof>": _features(_frechet),
        "fid same [ddof] <ddof>": _features(lambda a, b, asked: _frechet(a, a, asked)),
        "meandistance": _features(lambda a, b, _: ((a.mean(0) - b.mean(0)) ** 2).sum()),
        "kid [unbiased]": _features(lambda a, b, _: discrepancy(a, b)),
        "kid [unbiased] same": _features(lambda a, b, _: discrepancy(a, a)),
    }
)
"""What `image_a` and `image_b`, or `features_a` and `features_b`, say about each other."""
