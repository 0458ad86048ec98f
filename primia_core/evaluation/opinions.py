"""What raters said of the cases of a study, from a CSV. Knows no study; keys are case numbers or SHA-256 of files.

Either a table of several raters, as `primia compare` reads it: `case`, perhaps `truth`, and a column for each rater.
Or one rater's predictions: `case` or `sha256`, `label`, and perhaps a column of probabilities for each class.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from math import isfinite

from primia_core.evaluation.errors import ReadingsError
from primia_core.evaluation.study_cases import CASE, MAX_CASES, SHA256, TRUTH, Row, read_table

LABEL = "label"
ROUNDING = 1e-3


@dataclass(frozen=True)
class Opinion:
    """Of one case: a class, and perhaps the probability of each."""

    label: str
    probabilities: tuple[float, ...] | None = None


@dataclass(frozen=True)
class Opinions:
    """One rater's.

    Attributes:
        rater: name of the column, or "" for a table of predictions.
        by_case: by case number or, where ``by_file``, by the SHA-256 of the file. A case left empty is not in it.
        truth: by the same keys, where the table says it.
    """

    rater: str
    by_file: bool
    by_case: Mapping[str, Opinion] = field(repr=False)
    truth: Mapping[str, str] = field(repr=False)


def parse_opinions(text: str, *, classes: Sequence[str]) -> tuple[Opinions, ...]:
    """Read a table of either form.

    Raises:
        ReadingsError: no key column, no rater, a key twice, a label of no class, probabilities that are none.
    """
    columns, rows = read_table(text)
    key = CASE if CASE in columns else SHA256
    if key not in columns or not rows or len(rows) > MAX_CASES:
        raise ReadingsError(
            f"the table has the columns {columns[:5]} and {len(rows)} rows; it needs `case` or `sha256`, and 1 to "
            f"{MAX_CASES} rows"
        )
    keys = [(row[key] or "").strip() for row in rows]
    twice = [number for number, one in enumerate(keys, 2) if not one or keys.index(one) != number - 2]
    if twice:
        raise ReadingsError(f"row {twice[0]} names no case, or one that was named before; give each case one row")
    truth = {k: value for k, row in zip(keys, rows, strict=True) if (value := (row.get(TRUTH) or "").strip())}
    if LABEL in columns:
        found = [("", _predictions(keys, rows, classes, scored=set(classes).issubset(columns)))]
    else:
        raters = [column for column in columns if column not in (CASE, SHA256, TRUTH)]
        found = [(rater, _labels(keys, rows, rater, classes)) for rater in raters]
    if not found:
        raise ReadingsError(f"the table has the columns {columns[:5]}; it needs `label`, or a column for each rater")
    return tuple(Opinions(rater, key == SHA256, opinions, truth) for rater, opinions in found)


def _labels(keys: Iterable[str], rows: Sequence[Row], column: str, classes: Sequence[str]) -> dict[str, Opinion]:
    given = {}
    for number, (key, row) in enumerate(zip(keys, rows, strict=True), 2):
        label = (row[column] or "").strip()
        if label and label not in classes:
            raise ReadingsError(f"column {column!r} has {label!r} in row {number}, which is none of {list(classes)}")
        if label:
            given[key] = Opinion(label)
    return given


def _predictions(
    keys: Iterable[str], rows: Sequence[Row], classes: Sequence[str], *, scored: bool
) -> dict[str, Opinion]:
    labels = _labels(keys, rows, LABEL, classes)
    if not scored:
        return labels
    by_key = dict(zip(keys, enumerate(rows, 2), strict=True))
    return {key: Opinion(one.label, _distribution(*by_key[key], classes)) for key, one in labels.items()}


def _distribution(number: int, row: Row, classes: Sequence[str]) -> tuple[float, ...]:
    try:
        values = tuple(float(row[name] or "") for name in classes)
    except ValueError:
        values = ()
    total = sum(values)
    if not values or not all(isfinite(value) and value >= 0 for value in values) or abs(total - 1) > ROUNDING:
        raise ReadingsError(
            f"row {number} has no probabilities of {list(classes)} whose sum is 1; complete it, "
            "or leave the columns out"
        )
    return tuple(value / total for value in values)
