"""Divide a cohort by patient: into splits, or among sites. Decodes nothing and draws no random numbers.

Patients are put in the order of a hash of their identifier and the seed, so the same cohort and seed give the same
division on every machine and in every version of every library.
"""

import hashlib
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType

from primia_core.imaging.cohort import Cohort
from primia_core.imaging.errors import SplitError

FRACTIONS: Mapping[str, float] = MappingProxyType({"train": 0.7, "validation": 0.15, "test": 0.15})


def split_by_patient(cohort: Cohort, fractions: Mapping[str, float] = FRACTIONS, *, seed: int) -> Cohort:
    """Set every record's split so that no patient is in two, with every class in about these fractions.

    Args:
        cohort: splits that it already has are forgotten.
        fractions: share of the images in each split, above 0, summing to 1.
        seed: fixes the division.
    Returns:
        The cohort with splits; by images, each class comes within one patient's images of its fractions.
    Raises:
        SplitError: fractions that are no fractions, or fewer patients than splits.
    """
    if not fractions or min(fractions.values()) <= 0 or abs(sum(fractions.values()) - 1) > 1e-9:
        raise SplitError(f"fractions are above 0 and sum to 1, got {dict(fractions)}")
    chosen = _divide(cohort, dict(fractions), seed, keep_splits=False)
    return cohort.with_records(replace(record, split=chosen[record.patient_id]) for record in cohort.records)


def partition_by_patient(cohort: Cohort, parts: int, *, seed: int) -> list[Cohort]:
    """Divide a cohort into disjoint ones of about the same size, as if they were the hospitals' own.

    Args:
        cohort: its splits are kept, and every part gets about the same share of each class in each split.
        parts: how many, >= 1.
        seed: fixes the division.
    Returns:
        ``parts`` cohorts of the same root and classes; no patient is in two.
    Raises:
        SplitError: fewer patients than parts.
    """
    if parts < 1:
        raise SplitError(f"need at least one part, got {parts}")
    chosen = _divide(cohort, {str(part): 1 / parts for part in range(parts)}, seed, keep_splits=True)
    return [
        cohort.with_records(record for record in cohort.records if chosen[record.patient_id] == str(part))
        for part in range(parts)
    ]


def _divide(cohort: Cohort, fractions: Mapping[str, float], seed: int, *, keep_splits: bool) -> dict[str, str]:
    """Give each patient to the part that is owed most, one stratum of like patients after the other."""
    strata = _strata(cohort, keep_splits)
    patients = sum(len(images) for images in strata.values())
    if patients < len(fractions):
        raise SplitError(f"{patients} patients cannot be divided into {len(fractions)} parts; add patients")
    owed = dict.fromkeys(fractions, 0.0)
    chosen: dict[str, str] = {}
    for stratum in sorted(strata):
        images = strata[stratum]
        total = sum(images.values())
        owed = {part: debt + fractions[part] * total for part, debt in owed.items()}
        for patient in _shuffled(images, seed):
            part = max(owed, key=lambda name: owed[name])
            owed[part] -= images[patient]
            chosen[patient] = part
    return chosen


def _strata(cohort: Cohort, keep_splits: bool) -> dict[tuple[str, ...], dict[str, int]]:
    """Count the images of each patient, patients grouped by their labels (and splits)."""
    images: dict[str, int] = defaultdict(int)
    kinds: dict[str, set[str]] = defaultdict(set)
    for record in cohort.records:
        images[record.patient_id] += 1
        kinds[record.patient_id].add(f"{record.split or ''}/{record.label}" if keep_splits else record.label)
    strata: dict[tuple[str, ...], dict[str, int]] = defaultdict(dict)
    for patient, count in images.items():
        strata[tuple(sorted(kinds[patient]))][patient] = count
    return strata


def _shuffled(patients: Mapping[str, int], seed: int) -> Sequence[str]:
    def key(patient: str) -> bytes:
        return hashlib.sha256(f"primia split\0{seed}\0{patient}".encode()).digest()

    return sorted(patients, key=key)
