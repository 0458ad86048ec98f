"""Of whom an image is, as far as evaluations may ask: age, sex, view; as groups that are the same everywhere.

What is not known is the group ``unknown``, never left out. Knows no pictures and no labels.
"""

import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from primia_core.imaging.cohort import Cohort, Record

UNKNOWN = "unknown"
AGES = ((0, "0-4"), (5, "5-17"), (18, "18-39"), (40, "40-64"), (65, "65-79"), (80, "80+"))
SEXES = MappingProxyType({"f": "female", "m": "male", "w": "female", "o": "other"})
VIEWS = MappingProxyType({"PA": "PA", "AP": "AP", "LL": "lateral", "RL": "lateral", "LATERAL": "lateral"})
OLDEST = 130

GROUPS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "age": (*(name for _, name in AGES), UNKNOWN),
        "sex": ("female", "male", "other", UNKNOWN),
        "view": ("PA", "AP", "lateral", "other", UNKNOWN),
    }
)
ATTRIBUTES = tuple(GROUPS)


def age_of(text: str) -> int | None:
    """Return whole years of an age as tables (``34``, ``34.5``) or DICOM (``034Y``, ``010M``) write it."""
    found = re.fullmatch(r"\s*(\d{1,3})(?:\.\d+)?\s*([YMWD]?)\s*", text.upper())
    if found is None:
        return None
    a_year = {"": 1, "Y": 1, "M": 12, "W": 52, "D": 365}[found[2]]
    years = int(found[1]) // a_year
    return years if years <= OLDEST else None


def sex_of(text: str) -> str | None:
    """Return a sex by its first letter; ``None`` for what is none."""
    return SEXES.get(text.strip().lower()[:1])


def view_of(text: str) -> str | None:
    """Return a projection by its DICOM code; another code is ``other``, nothing is ``None``."""
    code = text.strip().upper()
    return VIEWS.get(code, "other") if code and code.lower() != UNKNOWN else None


def group_of(record: "Record", attribute: str) -> str:
    """Return the group of a record, e.g. ``65-79`` for the attribute ``age``."""
    if attribute == "age":
        return UNKNOWN if record.age is None else next(name for least, name in reversed(AGES) if record.age >= least)
    value = record.sex if attribute == "sex" else record.view
    return value or UNKNOWN


def from_headers(cohort: "Cohort") -> "Cohort":
    """Return the cohort with what its DICOM headers tell of age, sex and view where its table says nothing."""
    from primia_core.imaging.dicom import header_values

    def filled(record: "Record") -> "Record":
        if Path(record.path).suffix.lower() not in {".dcm", ".dicom", ""}:
            return record
        told = header_values(cohort.file(record), ("PatientAge", "PatientSex", "ViewPosition"))
        return replace(
            record,
            age=age_of(told["PatientAge"]) if record.age is None else record.age,
            sex=record.sex or sex_of(told["PatientSex"]),
            view=record.view or view_of(told["ViewPosition"]),
        )

    return cohort.with_records(filled(record) for record in cohort.records)
