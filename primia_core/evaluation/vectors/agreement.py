"""When a computed value is the expected one. Knows no figure and no file."""

from collections.abc import Sequence
from math import inf, isclose, isfinite, isnan, nan
from typing import Any, Final

import numpy as np

from primia_core.evaluation.vectors.shape import Printed

Json = Any
TOLERANCE: Final = 1e-9
"""Relative."""
NOISE: Final = 1e-12
NOISE_OF_P: Final = 1e-15
"""What is left of 0 when floats cancel. A p value may itself be tiny, so that less of it is forgiven."""
PRINTED_DECIMALS: Final = range(3, 7)
SPELT: Final = {"nan": nan, "inf": inf, "infinity": inf, "-inf": -inf, "-infinity": -inf}
"""Numbers that JSON has no way to write."""


def alike(found: Json, wanted: Json, *, tolerance: float, is_p: bool) -> bool:
    """Say whether a value agrees.

    Args:
        tolerance: relative; one that is wider than usual is absolute too, since a file that states it may mean either.
        is_p: whether it is a p value.
    Edge cases: undefined is undefined, whether it is written `null`, NaN or `"nan"`; nothing defined agrees with it.
    """
    absolute = max(NOISE_OF_P if is_p else NOISE, tolerance if tolerance > TOLERANCE else 0.0)
    return _alike(found, wanted, tolerance, absolute)


def plain(value: Json) -> Json:
    """Return a value as JSON would hold it."""
    if isinstance(value, np.ndarray | np.generic):
        return value.tolist()
    return [plain(one) for one in value] if isinstance(value, tuple | list) else value


def _alike(found: Json, wanted: Json, relative: float, absolute: float) -> bool:
    if isinstance(wanted, Sequence) and not isinstance(wanted, str):
        same = isinstance(found, Sequence | np.ndarray) and len(found) == len(wanted)
        return same and all(_alike(a, b, relative, absolute) for a, b in zip(found, wanted, strict=True))
    found, wanted = _defined(plain(found)), _defined(wanted)
    if wanted is None or found is None or isinstance(wanted, bool):
        return found is wanted
    if not isinstance(wanted, int | float) or not isinstance(found, int | float):
        return bool(found == wanted)
    if not (isfinite(wanted) and isfinite(found)):
        return wanted == found
    if isinstance(found, Printed) and (decimals := len(repr(wanted).partition(".")[2])) in PRINTED_DECIMALS:
        return round(float(found), decimals) == wanted
    return isclose(found, wanted, rel_tol=relative, abs_tol=absolute)


def _defined(value: Json) -> Json:
    """Return a number as it is meant where JSON cannot write it; what is undefined, however it is said, is nothing."""
    meant = SPELT.get(value.lower(), value) if isinstance(value, str) else value
    return None if isinstance(meant, float) and isnan(meant) else meant
