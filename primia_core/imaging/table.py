"""Cohorts as CSV files: path, label, patient_id and split, and age, sex and view where told. Knows no pictures."""

import csv
from collections.abc import Sequence
from pathlib import Path

from primia_core.imaging.cohort import SPLITS, Cohort, Quarantined, Record, class_order, file_sha256
from primia_core.imaging.errors import CohortError
from primia_core.imaging.people import age_of, sex_of, view_of

COLUMNS = ("path", "label", "patient_id", "split")
PEOPLE = ("age", "sex", "view")
SPLIT_NAMES = {"val": "validation", "valid": "validation", "training": "train", "testing": "test"}


def cohort_from_csv(
    path: Path | str, root: Path | str | None = None, *, classes: Sequence[str] | None = None
) -> Cohort:
    """Read a cohort from a table.

    Args:
        path: CSV in UTF-8 with the columns path, label, patient_id and, where wanted, split, age, sex and view;
            others are ignored.
        root: the folder that paths are relative to; by default the folder of the CSV.
        classes: class names in the order of their indices; by default those that occur, ``normal`` first. Give them
            where a site may lack a class, or its indices would differ from the other sites'.
    Returns:
        The cohort. A row that names no label, no patient, an unknown class or split, or a file outside ``root``, is
        in ``rejected`` with its reason; a file that is missing is a record without ``sha256``.
    Raises:
        CohortError: no such file, columns missing, or no usable row.
    """
    path = Path(path)
    folder = Path(root) if root is not None else path.parent
    rows = _rows(path)
    labels = tuple(classes) if classes is not None else class_order(row["label"] for row in rows if row["label"])
    records: dict[str, Record] = {}
    rejected: list[Quarantined] = []
    for row in rows:
        reason = _fault(row, labels, folder) or ("is listed twice" if row["path"] in records else None)
        if reason:
            rejected.append(Quarantined(row["path"], reason))
            continue
        split = SPLIT_NAMES.get(row["split"], row["split"]) or None
        digest = file_sha256(folder / row["path"])
        records[row["path"]] = Record(
            row["path"], row["label"], row["patient_id"], split, digest,
            age=age_of(row["age"]), sex=sex_of(row["sex"]), view=view_of(row["view"]),
        )  # fmt: skip
    if not records:
        raise CohortError(f"{path.name} has no usable row of {len(rows)}; {_example(rejected)}")
    return Cohort(folder, labels, tuple(sorted(records.values(), key=lambda record: record.path)), tuple(rejected))


def write_csv(cohort: Cohort, path: Path | str) -> Path:
    """Write the table that ``cohort_from_csv`` reads back; its paths stay relative to the cohort's root."""
    path = Path(path)
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        told = [name for name in PEOPLE if any(getattr(record, name) is not None for record in cohort.records)]
        writer.writerow((*COLUMNS, *told))
        for record in cohort.records:
            people = ["" if (value := getattr(record, name)) is None else value for name in told]
            writer.writerow((record.path, record.label, record.patient_id, record.split or "", *people))
    return path


def _rows(path: Path) -> list[dict[str, str]]:
    try:
        with path.open(newline="", encoding="utf-8-sig") as file:
            reader = csv.DictReader(file)
            missing = [name for name in COLUMNS[:3] if name not in (reader.fieldnames or ())]
            if missing:
                raise CohortError(f"{path.name} lacks the columns {missing}; its first line is {reader.fieldnames}")
            return [{name: (row.get(name) or "").strip() for name in (*COLUMNS, *PEOPLE)} for row in reader]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise CohortError(f"{path.name} cannot be read as CSV in UTF-8: {error}") from error


def _fault(row: dict[str, str], classes: Sequence[str], folder: Path) -> str | None:
    if not row["path"]:
        return "the row names no path"
    if not (folder / row["path"]).resolve().is_relative_to(folder.resolve()):
        return "the path leads out of the cohort's folder"
    if row["label"] not in classes:
        return f"the label {row['label']!r} is none of {list(classes)}"
    if not row["patient_id"]:
        return "the row names no patient, and splits are by patient"
    if row["split"] and SPLIT_NAMES.get(row["split"], row["split"]) not in SPLITS:
        return f"the split {row['split']!r} is none of {list(SPLITS)}"
    return None


def _example(rejected: Sequence[Quarantined]) -> str:
    return f"the first: {rejected[0].path}: {rejected[0].reason}" if rejected else "the table is empty"
