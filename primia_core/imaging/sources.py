"""Where a demonstration finds images: real ones where somebody put them, phantoms otherwise. Fetches nothing."""

import csv
import os
import shutil
import tarfile
import tempfile
from pathlib import Path
from typing import Literal

from primia_core.imaging.cohort import Cohort, Record, file_sha256
from primia_core.imaging.errors import CohortError
from primia_core.imaging.folders import KERMANY_NAMES, cohort_from_folders
from primia_core.imaging.phantoms import CLASSES, draw
from primia_core.imaging.splits import split_by_patient
from primia_core.imaging.table import SPLIT_NAMES, cohort_from_csv

Source = Literal["kermany", "folders", "phantom"]
ARCHIVE = "kermany224.tar"
NAMES = {"bacteria": "bacterial", "virus": "viral"}
PHANTOM_PATIENTS = 600
SEED = 2021


def data_folder() -> Path:
    """Return the folder that PRIMIA_DATA names, else ``shared/data`` beside the checkout; it need not exist."""
    named = os.environ.get("PRIMIA_DATA")
    return Path(named) if named else Path(__file__).resolve().parents[3] / "shared" / "data"


def demo_cohort(folder: Path | str, *, patients: int = PHANTOM_PATIENTS) -> tuple[Cohort, Source]:
    """Return a cohort with splits, and where it is from.

    Args:
        folder: a folder of our own, for what is unpacked or drawn; a second call finds it there.
        patients: how many phantoms to draw where there are no real images.
    Returns:
        The cohort, its classes ``normal``, ``bacterial``, ``viral`` for the Kermany images and for phantoms; and
        ``kermany`` for that archive or class folders of its images, ``folders`` for other class folders, or
        ``phantom``.
    """
    folder, data = Path(folder), data_folder()
    if (data / ARCHIVE).is_file():
        return _kermany(_unpacked(data / ARCHIVE, folder)), "kermany"
    if (data / Path(ARCHIVE).stem / "manifest.csv").is_file():
        return _kermany(data / Path(ARCHIVE).stem), "kermany"
    if data.is_dir():
        try:
            return _from_folders(data)
        except CohortError:  # no class folders there
            pass
    return _phantoms(folder / "phantoms", patients), "phantom"


def _kermany(root: Path) -> Cohort:
    with (root / "manifest.csv").open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    records = [
        Record(
            path=row["file"],
            label=NAMES.get(row["class"], row["class"]),
            patient_id=row["patient_id"],
            split=SPLIT_NAMES.get(row["suggested_split"], row["suggested_split"]),
            sha256=file_sha256(root / row["file"]),
        )
        for row in rows
    ]
    return Cohort(root, CLASSES, ()).with_records(records)


def _from_folders(data: Path) -> tuple[Cohort, Source]:
    cohort = cohort_from_folders(data)
    if len(cohort.classes) < 2:
        raise CohortError(f"{data} holds one class, {cohort.classes[0]}; a classifier needs two")
    names = [KERMANY_NAMES.fullmatch(Path(record.path).stem) for record in cohort.records]
    if all(names) and {NAMES.get(name, name) for name in cohort.classes} == set(CLASSES):
        return _with_splits(cohort.with_classes(NAMES, CLASSES)), "kermany"
    return _with_splits(cohort), "folders"


def _with_splits(cohort: Cohort) -> Cohort:
    return cohort if all(record.split for record in cohort.records) else split_by_patient(cohort, seed=SEED)


def _phantoms(folder: Path, patients: int) -> Cohort:
    if not (folder / "cohort.csv").is_file():
        draw(folder, patients, seed=SEED)
    return _with_splits(cohort_from_csv(folder / "cohort.csv", classes=CLASSES))


def _unpacked(archive: Path, folder: Path) -> Path:
    """Unpack beside the final name and move it there whole, so that half an archive is never taken for all."""
    target = folder / archive.stem
    if target.is_dir():
        return target
    folder.mkdir(parents=True, exist_ok=True)
    unfinished = Path(tempfile.mkdtemp(prefix=".unfinished-", dir=folder))
    try:
        with tarfile.open(archive) as tar:
            tar.extractall(unfinished, filter="data")
        try:
            (unfinished / archive.stem).rename(target)
        except OSError:
            if not target.is_dir():  # else another process was faster
                raise
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)
    return target
