"""Pictures of a cohort as numbered cases of a reader study, in an order that says nothing of their classes."""

import csv
import io
import os
import secrets
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from primia_core.cli.output import SettingsError
from primia_core.evaluation.study_cases import MAX_CASES, StudyCase
from primia_core.imaging import Cohort
from primia_core.imaging.cohort import file_sha256

if TYPE_CHECKING:
    from primia_core.cli.predictions import Prediction

LONG_AGO = (0, 0)


@dataclass(frozen=True)
class NumberedPictures:
    """Cases with the file of each.

    Attributes:
        repeated: pictures that were there more than once, under one label.
    """

    cases: tuple[StudyCase, ...]
    files: tuple[Path, ...] = field(repr=False)
    classes: tuple[str, ...]
    repeated: int

    def per_class(self) -> dict[str, int]:
        """Return how many cases each class has."""
        counts = Counter(one.truth for one in self.cases)
        return {name: counts[name] for name in self.classes}


def number_pictures(cohort: Cohort, *, split: str | None) -> NumberedPictures:
    """Number pictures in an order drawn by the operating system.

    Args:
        split: take its pictures alone; ``None`` takes all.
    Raises:
        SettingsError: no picture, too many, one that cannot be read, or one file under two labels.
    """
    records = cohort.records if split is None else cohort.of_split(split)
    labels: dict[str, str] = {}
    files: dict[str, Path] = {}
    for record in records:
        if record.sha256 is None:
            raise SettingsError(f"{record.path} cannot be read; restore it, or take it out of the cohort")
        if labels.setdefault(record.sha256, record.label) != record.label:
            raise SettingsError(f"{record.path} is the same file as one of another class; one of the labels is wrong")
        files.setdefault(record.sha256, cohort.file(record))
    if not 1 <= len(files) <= MAX_CASES:
        raise SettingsError(f"{len(files)} pictures{f' in {split}' if split else ''}; a study has 1 to {MAX_CASES}")
    order = list(files)
    secrets.SystemRandom().shuffle(order)
    digits = max(4, len(str(len(order))))
    return NumberedPictures(
        cases=tuple(StudyCase(f"{n:0{digits}}", digest, labels[digest]) for n, digest in enumerate(order, 1)),
        files=tuple(files[digest] for digest in order),
        classes=cohort.classes,
        repeated=len(records) - len(files),
    )


def copy_pictures(numbered: NumberedPictures, folder: Path) -> None:
    """Copy every picture under its number, all with one time stamp, so that nothing beside the pixels tells a class.

    Raises:
        SettingsError: the folder holds something.
    """
    if folder.exists() and any(folder.iterdir()):
        raise SettingsError(f"{folder} is not empty; name a new folder, so that readers find these pictures alone")
    folder.mkdir(parents=True, exist_ok=True)
    for one, file in zip(numbered.cases, numbered.files, strict=True):
        copy = folder / f"{one.case}{file.suffix.lower()}"
        copy.write_bytes(file.read_bytes())
        os.utime(copy, LONG_AGO)


def write_predictions(predictions: Sequence["Prediction"], classes: Sequence[str], root: Path) -> str:
    """Return what a model said as the text of a CSV: the SHA-256 of each file, a label, and each class' probability."""
    text = io.StringIO()
    table = csv.writer(text, lineterminator="\n")
    table.writerow(("sha256", "label", *classes))
    for one in predictions:
        table.writerow((file_sha256(root / one.path), one.label, *(f"{p:.9f}" for p in one.probabilities or ())))
    return text.getvalue()
