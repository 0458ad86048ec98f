"""A cohort: which image belongs to which patient, with which label, in which split. Decodes nothing."""

import hashlib
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

from primia_core.canonical import sha256_hex
from primia_core.imaging.errors import ChangedImageError, CohortError

SPLITS = ("train", "validation", "test")


class Quarantined(NamedTuple):
    """An image that takes no part, and why."""

    path: str
    reason: str


@dataclass(frozen=True, slots=True)
class Record:
    """One image of one patient.

    ``path`` is relative to the cohort's root, with forward slashes. ``sha256`` is that of the file's bytes, or
    ``None`` where the file could not be read when the cohort was made; such a record ends in quarantine. ``age`` in
    whole years, ``sex`` and ``view`` are ``None`` where nobody told them.
    """

    path: str
    label: str
    patient_id: str = field(repr=False)
    split: str | None
    sha256: str | None
    age: int | None = field(default=None, repr=False)
    sex: str | None = field(default=None, repr=False)
    view: str | None = None


@dataclass(frozen=True)
class Cohort:
    """The images of one hospital for one task. Immutable: splitting or relabelling makes another cohort.

    ``rejected`` lists what was found beside the records and could not become one.
    """

    root: Path
    classes: tuple[str, ...]
    records: tuple[Record, ...] = field(repr=False)
    rejected: tuple[Quarantined, ...] = field(default=(), repr=False)

    def __post_init__(self) -> None:
        if not self.classes or len(set(self.classes)) != len(self.classes):
            raise CohortError(f"need different class names, got {list(self.classes)}")
        unknown = sorted({record.label for record in self.records} - set(self.classes))
        if unknown:
            raise CohortError(f"labels {unknown} are none of the classes {list(self.classes)}; correct them")
        paths = [record.path for record in self.records]
        if len(set(paths)) != len(paths):
            twice = next(path for path, count in Counter(paths).items() if count > 1)
            raise CohortError(f"{twice} is listed twice; an image has one label and one patient")

    def __len__(self) -> int:
        return len(self.records)

    @cached_property
    def version(self) -> str:
        """Return 64 hexadecimal digits that change with any path, file, label, patient, split, age, sex or view.

        The root is not in it: a cohort that moved is the same cohort. Patients enter under a hash of their own. A
        cohort of which no age, sex or view is told has the version that it had before these could be.
        Security: a commitment, not a secret; it says nothing to whoever cannot guess every file of the cohort.
        """
        rows = sorted(
            [record.path, record.sha256, record.label, pseudonym(record.patient_id), record.split]
            for record in self.records
        )
        told = sorted(
            [record.path, record.age, record.sex, record.view]
            for record in self.records
            if (record.age, record.sex, record.view) != (None, None, None)
        )
        said = {"schema": 1, "classes": list(self.classes), "records": rows}
        return sha256_hex({**said, "schema": 2, "people": told} if told else said)

    @property
    def patients(self) -> frozenset[str]:
        """Return the identifiers of all patients."""
        return frozenset(record.patient_id for record in self.records)

    def file(self, record: Record) -> Path:
        """Return where the image of ``record`` lies."""
        return self.root / record.path

    def unchanged_file(self, record: Record) -> Path:
        """Return where the image of ``record`` lies, after comparing its bytes with the record's hash.

        Raises:
            ChangedImageError: the file is another one than when the cohort was made, so than its version says.
        """
        file = self.file(record)
        found = file_sha256(file)
        if found is not None and found != record.sha256:
            raise ChangedImageError("has changed since the cohort was made; make the cohort again")
        return file

    def of_split(self, split: str | None) -> tuple[Record, ...]:
        """Return the records of one split; ``None`` for those in no split."""
        return tuple(record for record in self.records if record.split == split)

    def with_records(self, records: Iterable[Record]) -> "Cohort":
        """Return a cohort of the same root and classes with other records, sorted by path."""
        return replace(self, records=tuple(sorted(records, key=lambda record: record.path)))

    def with_classes(self, names: dict[str, str], order: tuple[str, ...]) -> "Cohort":
        """Return the cohort with class names replaced by ``names`` and put in ``order``."""
        renamed = tuple(replace(record, label=names.get(record.label, record.label)) for record in self.records)
        return replace(self, classes=order, records=renamed)


def pseudonym(patient_id: str) -> str:
    """Return a hash that stands for a patient inside other hashes. Not keyed, so never to be shown by itself."""
    return hashlib.sha256(b"primia patient\0" + patient_id.encode()).hexdigest()


def file_sha256(path: Path) -> str | None:
    """Return the SHA-256 of a file in hexadecimal, or ``None`` where it cannot be read."""
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        return None


def class_order(names: Iterable[str]) -> tuple[str, ...]:
    """Return class names in the order of their indices: ``normal`` first where there is one, the rest by alphabet."""
    return tuple(sorted(set(names), key=lambda name: (name.casefold() != "normal", name)))
