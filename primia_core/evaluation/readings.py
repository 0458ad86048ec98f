"""Readings of the same cases by several raters, people or models, from one table. Knows no images.

The table is a CSV with the columns `case` and `truth` and one column for each rater, with the names of classes in it.
"""

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from primia_core.evaluation.errors import ReadingsError

CASE, TRUTH = "case", "truth"
SHOWN = 5


@dataclass(frozen=True)
class Readings:
    """What every rater said of every case.

    Attributes:
        cases: their names, in the order of the table.
        classes: their names, in the order of their indices.
        truth: class indices (n,).
        raters: class indices (n,) by name, in the order of the columns.
    """

    cases: tuple[str, ...] = field(repr=False)
    classes: tuple[str, ...]
    truth: NDArray[np.int64] = field(repr=False)
    raters: Mapping[str, NDArray[np.int64]] = field(repr=False)


def read_readings(path: Path, *, classes: Sequence[str] | None = None) -> Readings:
    """Read a table.

    Args:
        classes: all of them in their order; without it those that the truth names, by the alphabet.
    Raises:
        ReadingsError: no such table, a column missing, a case twice, a reading left empty or of no class. The message
            names cases by their row, since a case may be named after a patient.
    """
    try:
        with path.open(newline="", encoding="utf-8-sig") as file:
            table = csv.DictReader(file)
            columns, rows = list(table.fieldnames or ()), list(table)
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise ReadingsError(f"{path} cannot be read as CSV ({type(error).__name__}); save it as UTF-8") from error
    raters = [column for column in columns if column not in (CASE, TRUTH)]
    if CASE not in columns or TRUTH not in columns or not raters or not rows:
        raise ReadingsError(
            f"{path} has the columns {columns} and {len(rows)} rows; it needs `case`, `truth`, a column for each "
            "rater, and a row for each case"
        )
    cases = tuple(row[CASE] or "" for row in rows)
    twice = [number for number, case in enumerate(cases, 2) if not case or cases.index(case) != number - 2]
    if twice:
        raise ReadingsError(f"rows {twice[:SHOWN]} name no case, or one that was named before; give each case one row")
    known = tuple(classes) if classes else tuple(sorted({row[TRUTH] for row in rows if row[TRUTH]}))
    if len(known) < 2:
        raise ReadingsError(f"the truth has the classes {list(known)}; two or more are needed, name all of them")
    return Readings(
        cases=cases,
        classes=known,
        truth=_indices(rows, TRUTH, known),
        raters={rater: _indices(rows, rater, known) for rater in raters},
    )


def write_readings(readings: Readings) -> str:
    """Return the table that ``read_readings`` reads, as text."""
    text = io.StringIO()
    table = csv.writer(text, lineterminator="\n")
    table.writerow((CASE, TRUTH, *readings.raters))
    columns = (readings.truth, *readings.raters.values())
    for case, row in zip(readings.cases, np.stack(columns, axis=1).tolist(), strict=True):
        table.writerow((case, *(readings.classes[k] for k in row)))
    return text.getvalue()


def _indices(rows: Sequence[Mapping[str, str | None]], column: str, classes: Sequence[str]) -> NDArray[np.int64]:
    place = {name: k for k, name in enumerate(classes)}
    given = [(row[column] or "").strip() for row in rows]
    wrong = [(number, value) for number, value in enumerate(given, 2) if value not in place]
    if wrong:
        number, value = wrong[0]
        what = f"{value!r}, which is none of {list(classes)}" if value else "nothing"
        raise ReadingsError(
            f"column {column!r} has {what} in row {number}, and {len(wrong)} such rows in all; "
            "leave a case out for everybody, or complete it"
        )
    return np.array([place[value] for value in given], np.int64)
