"""Results of diagnoses as files: a table for spreadsheets, and FHIR reports for hospital systems."""

import csv
import json
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from primia_core.cli.output import SettingsError
from primia_core.client.flight import Diagnosed
from primia_core.diagnosis.fhir import diagnostic_report

BEFORE = ("picture", "class")
AFTER = ("certainty", "margin", "entropy", "implausible", "diagnosis", "error", "message")
FORMULA = ("=", "+", "-", "@", "\t", "\r")


def write_csv(rows: Sequence[Diagnosed], path: Path) -> None:
    """Write a row for each picture, whole or not at all.

    Raises:
        SettingsError: the file cannot be written.
    """
    classes = list(dict.fromkeys(name for row in rows if row.result for name in row.result.probabilities or {}))
    part = path.with_name(path.name + ".part")
    try:
        with part.open("w", newline="", encoding="utf-8") as file:
            table = csv.writer(file)
            table.writerow([*BEFORE, *(f"probability of {name}" for name in classes), *AFTER])
            table.writerows(_cells(row, classes) for row in rows)
        part.replace(path)
    except OSError as error:
        raise SettingsError(f"{path} cannot be written ({error.strerror}); name a folder that exists") from error


def write_reports(rows: Sequence[Diagnosed], folder: Path) -> None:
    """Write a DiagnosticReport for each result, named after its diagnosis.

    Raises:
        SettingsError: the folder cannot be written to.
    """
    now = datetime.now(UTC)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for row in rows:
            if row.result is not None and row.descriptor is not None:
                report = diagnostic_report(row.result, row.descriptor, issued=now, source=row.path)
                (folder / f"DiagnosticReport-{row.diagnosis}.json").write_text(json.dumps(report, indent=2) + "\n")
    except OSError as error:
        raise SettingsError(f"{folder} cannot be written to ({error.strerror}); name another folder") from error


def _cells(row: Diagnosed, classes: Sequence[str]) -> list[str]:
    result = row.result
    if result is None:
        blank = [""] * len(classes)
        return [_text(row.path), "", *blank, "", "", "", "", row.diagnosis or "", row.code or "", _text(row.message)]
    probabilities = result.probabilities or {}
    shown = [f"{probabilities[name]:.6f}" if name in probabilities else "" for name in classes]
    figures = ["" if value is None else f"{value:.6f}" for value in (result.margin, result.entropy)]
    implausible = "yes" if result.implausible else "no"
    return [
        _text(row.path), _text(result.label), *shown, result.certainty, *figures, implausible, row.diagnosis or "",
        "", "",
    ]  # fmt: skip


def _text(text: str | None) -> str:
    """Return text that no spreadsheet takes for a formula."""
    return f"'{text}" if text and text.startswith(FORMULA) else text or ""
