"""Files of expected values: cases with what every figure of them must be. Recomputes each, and says what deviates.

A file holds sets; a set holds cases (`y_true`, `prob`, `pred`, several `raters`, pictures, features, groups) and, in
blocks, the figures that are expected of them. A block's name says of whom it speaks, a figure's what it is. A name that
is not known is an outcome of its own: nothing passes because nobody looked.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from math import isclose, isfinite
from pathlib import Path
from typing import Any, Final, Literal

import numpy as np

from primia_core.errors import PrimiaError
from primia_core.evaluation.errors import VectorsError
from primia_core.evaluation.vectors.expected import expected

TOLERANCE: Final = 1e-9
Json = Any
Status = Literal["agrees", "deviates", "unknown"]


@dataclass(frozen=True)
class Outcome:
    """One expected value.

    Attributes:
        where: its path in the file.
        wanted, found: both values; ``found`` is ``None`` where the name is not known, or the figure is undefined.
        reason: why it is not known, or not computed.
    """

    where: str
    status: Status
    wanted: Json
    found: Json = None
    reason: str = ""


def read(path: Path) -> dict[str, Json]:
    """Read a file.

    Raises:
        VectorsError: it is missing, no JSON, or holds no sets.
    """
    try:
        body = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise VectorsError(f"{path} cannot be read as JSON ({type(error).__name__}); give a file of vectors") from error
    if not isinstance(body, dict) or not isinstance(body.get("sets"), dict) or not body["sets"]:
        raise VectorsError(f"{path} holds no sets; give a file with an object `sets`")
    return body


def recompute(body: Mapping[str, Json], *, tolerance: float | None = None) -> list[Outcome]:
    """Compute every expected value of a file anew.

    Args:
        tolerance: absolute and relative; by default a set's own `tolerance`, the file's
            `meta.conventions.tolerance`, or 1e-9.
    """
    allowed = tolerance or body.get("meta", {}).get("conventions", {}).get("tolerance") or TOLERANCE
    found: list[Outcome] = []
    for name, content in body["sets"].items():
        of_set = tolerance or content.get("tolerance") or allowed
        found += [_judged(f"{name}.{where}", wanted, compute, of_set) for where, wanted, compute in expected(content)]
    return found


def _judged(where: str, wanted: Json, compute: Callable[[], Json] | None, tolerance: float) -> Outcome:
    if compute is None:
        return Outcome(where, "unknown", wanted, reason="no figure of this name is known")
    try:
        found = _plain(compute())
    except (PrimiaError, KeyError) as error:
        reason = error.message if isinstance(error, PrimiaError) else f"the set does not give {error}"
        return Outcome(where, "unknown", wanted, reason=reason)
    return Outcome(where, "agrees" if _alike(found, wanted, tolerance) else "deviates", wanted, found)


def _plain(value: Json) -> Json:
    if isinstance(value, np.ndarray):
        return value.tolist()
    return list(value) if isinstance(value, tuple) else value


def _alike(found: Json, wanted: Json, tolerance: float) -> bool:
    if isinstance(wanted, Sequence) and not isinstance(wanted, str):
        same = isinstance(found, Sequence) and len(found) == len(wanted)
        return same and all(_alike(_plain(a), b, tolerance) for a, b in zip(found, wanted, strict=True))
    if wanted is None or found is None or isinstance(wanted, bool):
        return found is wanted
    if not isinstance(wanted, int | float) or not isinstance(found, int | float):
        return bool(found == wanted)
    if not (isfinite(wanted) and isfinite(found)):
        return wanted == found
    return isclose(found, wanted, rel_tol=tolerance, abs_tol=tolerance)
