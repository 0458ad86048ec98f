"""The three hospitals of the demonstration: who they are and which patients came to which. Knows nothing of the hub."""

import shutil
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from primia_core.imaging import Cohort, demo_cohort, partition_by_patient, write_csv

NAMES = {"aalborg": "Aalborg", "basel": "Basel", "coimbra": "Coimbra"}
PARTITION_SEED = 2020


@dataclass(frozen=True)
class Hospital:
    """One site of the demonstration and the folder that holds its images."""

    slug: str
    name: str
    images: Path


def lay_out_hospitals(folder: Path) -> tuple[list[Hospital], str]:
    """Give each hospital a folder with a cohort of its own: disjoint patients, a split into three, a CSV.

    Real X-rays are used where there are some (see ``imaging.demo_cohort``), else phantoms. A second call finds the
    folders and changes nothing.

    Args:
        folder: where the hospitals' image folders go.
    Returns:
        The hospitals in the order of their names, and which images they hold: ``kermany``, ``folders``, ``phantom``.
    """
    marker = folder / "source"
    hospitals = [Hospital(slug, name, folder / slug) for slug, name in NAMES.items()]
    if marker.exists():
        return hospitals, marker.read_text()
    cohort, source = demo_cohort(folder / "all")
    lay_out(cohort, hospitals)
    shutil.rmtree(folder / "all", ignore_errors=True)
    marker.write_text(source)
    return hospitals, source


def lay_out(cohort: Cohort, hospitals: Sequence[Hospital]) -> None:
    """Divide a cohort among hospitals by patient and copy each one's images into its folder."""
    for hospital, part in zip(
        hospitals, partition_by_patient(cohort, len(hospitals), seed=PARTITION_SEED), strict=True
    ):
        _copy(part, hospital.images)


def _copy(part: Cohort, folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    for record in part.records:
        target = folder / record.path
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(part.file(record), target)
    write_csv(replace(part, root=folder), folder / "cohort.csv")
