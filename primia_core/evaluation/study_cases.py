"""The cases of a reader study: a number, the SHA-256 of the picture's file, and the truth. Knows no pictures.

The table is a CSV with the columns `case`, `sha256` and `truth`. Whoever reads is never shown it.
"""

import csv
import io
import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice

from primia_core.evaluation.errors import ReadingsError

CASE, SHA256, TRUTH = "case", "sha256", "truth"
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,39}")
HEX_64 = re.compile(r"[0-9a-f]{64}")
MAX_CASES = 5_000
SHOWN = 5
Row = Mapping[str, str | None]


@dataclass(frozen=True)
class StudyCase:
    """One picture to be read.

    Attributes:
        case: an opaque number, unique in its study.
        sha256: of the file, by which a reader's own copy is recognised.
        truth: name of a class.
    """

    case: str
    sha256: str
    truth: str = field(repr=False)


def write_cases(cases: Iterable[StudyCase]) -> str:
    """Return the table as text."""
    text = io.StringIO()
    table = csv.writer(text, lineterminator="\n")
    table.writerow((CASE, SHA256, TRUTH))
    table.writerows((one.case, one.sha256, one.truth) for one in cases)
    return text.getvalue()


def parse_cases(text: str, *, classes: Sequence[str]) -> tuple[StudyCase, ...]:
    """Read a table.

    Args:
        classes: all of them in their order.
    Raises:
        ReadingsError: a column missing, no rows or too many, a number or a file twice, a truth of no class.
    """
    columns, rows = read_table(text)
    if not {CASE, SHA256, TRUTH}.issubset(columns):
        raise ReadingsError(
            f"the table has the columns {columns[:SHOWN]}; it needs `case`, `sha256` and `truth`, as "
            "`primia readings prepare` writes them"
        )
    cases = tuple(StudyCase(*((row[column] or "").strip() for column in (CASE, SHA256, TRUTH))) for row in rows)
    if not 1 <= len(cases) <= MAX_CASES:
        found = "more rows" if cases else "0 rows"
        raise ReadingsError(f"the table has {found}; a study has 1 to {MAX_CASES} cases")
    names, files = Counter(one.case for one in cases), Counter(one.sha256 for one in cases)
    _refuse(cases, lambda one: not NAME.fullmatch(one.case), "name no case: number it, such as 0001")
    _refuse(cases, lambda one: names[one.case] > 1, "name a case that another row names: number them anew")
    _refuse(cases, lambda one: not HEX_64.fullmatch(one.sha256), "lack a SHA-256 of 64 small hexadecimal digits")
    _refuse(cases, lambda one: files[one.sha256] > 1, "have the file of another row: leave one of them out")
    _refuse(cases, lambda one: one.truth not in classes, f"have a truth that is none of {list(classes)}: correct it")
    return cases


def read_table(text: str) -> tuple[list[str], list[Row]]:
    """Return the columns of a CSV and its rows, one more than a study may have at most.

    Raises:
        ReadingsError: it is no CSV.
    """
    table = csv.DictReader(io.StringIO(text.removeprefix("\ufeff")))
    try:
        return list(table.fieldnames or ()), list(islice(table, MAX_CASES + 1))
    except csv.Error as error:
        raise ReadingsError(f"the table is no CSV ({error}); save it as CSV in UTF-8, with commas") from error


def _refuse(cases: Sequence[StudyCase], is_wrong: Callable[[StudyCase], bool], what: str) -> None:
    rows = [number for number, one in enumerate(cases, 2) if is_wrong(one)]
    if rows:
        raise ReadingsError(f"{len(rows)} of {len(cases)} rows, the first of them row {rows[0]}, {what}")
