"""Cohorts from folders named after classes. Knows file names and folders, and no pictures."""

import re
from collections.abc import Sequence
from pathlib import Path, PurePosixPath

from primia_core.imaging.cohort import Cohort, Quarantined, Record, class_order, file_sha256
from primia_core.imaging.decode import is_dicom
from primia_core.imaging.errors import CohortError
from primia_core.imaging.table import SPLIT_NAMES

SUFFIXES = (".jpg", ".jpeg", ".png", ".dcm", ".dicom", "")
KERMANY_NAMES = re.compile(r"(person\d+)_(?:bacteria|virus)_\d+|((?:NORMAL2-)?IM-\d+)-\d+(?:-\d+)?")
"""``person12_virus_47``: the 12th patient of that class. ``IM-0115-0001`` and ``NORMAL2-IM-0012-0001``: healthy."""


def cohort_from_folders(root: Path | str, *, classes: Sequence[str] | None = None) -> Cohort:
    """Make a cohort of ``root/<class>/…`` or ``root/<split>/<class>/…``.

    Args:
        root: a folder with one folder a class; folders named train, val, validation or test may stand above them.
        classes: class names in the order of their indices; by default the folders' names, ``normal`` first.
    Returns:
        The cohort. An image in ``<class>/<patient>/`` belongs to that patient; else a DICOM file tells its Patient
        ID; else the patient is read from names of the Kermany data set; else every image counts as a patient of its
        own. Other files are in ``rejected``, hidden ones are passed over.
    Raises:
        CohortError: no such folder, or no image in a folder of a class.
    """
    root = Path(root)
    if not root.is_dir():
        raise CohortError(f"{root} is not a folder; give one with a folder for each class")
    found = {branch: split for branch, split in _class_folders(root) if classes is None or branch.name in classes}
    records: list[Record] = []
    rejected: list[Quarantined] = []
    for branch, split in found.items():
        for file in _files(branch):
            path = file.relative_to(root).as_posix()
            if file.suffix.lower() not in SUFFIXES:
                rejected.append(Quarantined(path, f"{file.suffix} is not the ending of a JPEG, PNG or DICOM file"))
                continue
            inside = PurePosixPath(file.relative_to(branch).as_posix())
            patient = (len(inside.parts) == 1 and _patient_in_header(file)) or patient_of(inside, branch.name)
            records.append(Record(path, branch.name, patient, split, file_sha256(file)))
    if not records:
        raise CohortError(f"{root} holds no image in a folder of a class; expected e.g. {root.name}/normal/1.png")
    order = tuple(classes) if classes is not None else class_order(record.label for record in records)
    return Cohort(root, order, tuple(sorted(records, key=lambda record: record.path)), tuple(rejected))


def pictures_below(source: Path) -> list[Path]:
    """Return a file itself, or every file below a folder that could be a picture by its name, in order.

    Hidden files and those in hidden folders are passed over.
    """
    if source.is_file():
        return [source]
    return [path for path in _files(source) if path.suffix.lower() in SUFFIXES]


def patient_of(path: PurePosixPath, label: str) -> str:
    """Return the patient that an image of class ``label`` belongs to, by its path inside the folder of that class."""
    if len(path.parts) > 1:
        return path.parts[0]
    known = KERMANY_NAMES.fullmatch(path.stem)
    return f"{label}_{known[1] or known[2]}" if known else f"{label}_{path.stem}"


def _patient_in_header(file: Path) -> str | None:
    """Return the Patient ID of a DICOM file, or ``None`` where there is none; decoding will say what is wrong."""
    if not is_dicom(file):
        return None
    from primia_core.imaging import dicom  # pydicom takes a second to import

    return dicom.patient_id(file)


def _class_folders(root: Path) -> list[tuple[Path, str | None]]:
    folders = _folders(root)
    splits = {folder: SPLIT_NAMES.get(folder.name.lower(), folder.name.lower()) for folder in folders}
    if folders and set(splits.values()) <= {"train", "validation", "test"}:
        return [(branch, splits[folder]) for folder in folders for branch in _folders(folder)]
    return [(folder, None) for folder in folders]


def _folders(root: Path) -> list[Path]:
    return sorted(path for path in root.iterdir() if path.is_dir() and not path.name.startswith("."))


def _files(branch: Path) -> list[Path]:
    hidden = (path for path in branch.rglob("*") if path.is_file())
    return sorted(path for path in hidden if not any(part.startswith(".") for part in path.relative_to(branch).parts))
