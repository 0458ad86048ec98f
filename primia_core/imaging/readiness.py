"""Is a cohort ready to train on? Checks with their reasons for the hospital, and a bare verdict for everybody else.

What a check found (counts, paths) stays at the site; ``ReadinessReport.public`` holds the verdicts alone.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping
from itertools import islice
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from primia_core.imaging.cohort import SPLITS, Cohort
from primia_core.imaging.decode import Frames
from primia_core.imaging.survey import Survey, survey

Status = Literal["pass", "warn", "fail"]
NARROW, WIDE = 0.5, 2.0
"""Aspect ratios outside these are strips, composites or photographs of a screen."""
SHOWN = 20
"""How many paths a check lists; the number of all of them stands in its message."""


class Check(BaseModel):
    """One question and its answer. ``paths`` are examples for whoever mends the cohort."""

    model_config = ConfigDict(frozen=True)

    name: str
    status: Status
    message: str
    paths: tuple[str, ...] = ()


class ReadinessReport(BaseModel):
    """The hospital's own report. ``ready`` means that no check failed."""

    model_config = ConfigDict(frozen=True)

    version: str
    classes: tuple[str, ...]
    checks: tuple[Check, ...]
    quarantined: tuple[tuple[str, str], ...]
    images: int
    patients: int
    images_per_class: dict[str, int]
    images_per_split: dict[str, int]
    median_side: int = Field(description="of the shorter sides, in pixels; 0 where nothing decodes")

    @property
    def ready(self) -> bool:
        """Say whether no check failed."""
        return all(check.status != "fail" for check in self.checks)

    def public(self) -> dict[str, object]:
        """Return what may leave the site: verdicts by name, and no count, path, name or size."""
        return {
            "ready": self.ready,
            "version": self.version,
            "checks": [{"name": check.name, "status": check.status} for check in self.checks],
        }


def readiness_report(
    cohort: Cohort,
    *,
    image_size: int = 64,
    min_images_per_class: int = 10,
    frames: Frames = "refuse",
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> ReadinessReport:
    """Decode a whole cohort and say whether it is ready to train on.

    Args:
        cohort: with splits, if it is to be ready.
        image_size: the side of the square that training will use.
        min_images_per_class: below it a class warns.
        frames: what to do with files of several frames.
        progress: told (images seen, images in all).
    Returns:
        The report; its checks are always the same ones in the same order.
    """
    seen = survey(cohort, frames=frames, progress=progress)
    checks = (
        _classes(cohort, seen, min_images_per_class),
        _splits(cohort, seen),
        _patients(cohort),
        _duplicates(cohort),
        _unreadable(cohort, seen),
        _resolution(seen, image_size),
        _aspect(seen),
        _sideways(seen),
        _flat(seen),
    )
    records = [finding.record for finding in seen.findings]
    sides = sorted(min(finding.height, finding.width) for finding in seen.findings)
    return ReadinessReport(
        version=cohort.version,
        classes=cohort.classes,
        checks=checks,
        quarantined=seen.quarantined,
        images=len(records),
        patients=len({record.patient_id for record in records}),
        images_per_class=_counted(Counter(record.label for record in records), cohort.classes),
        images_per_split=_counted(Counter(record.split or "none" for record in records), (*SPLITS, "none")),
        median_side=sides[len(sides) // 2] if sides else 0,
    )


def _classes(cohort: Cohort, seen: Survey, least: int) -> Check:
    counts = Counter(finding.record.label for finding in seen.findings)
    missing = [name for name in cohort.classes if not counts[name]]
    rare = [f"{name} ({counts[name]})" for name in cohort.classes if 0 < counts[name] < least]
    if len(missing) == len(cohort.classes):
        return Check(name="classes", status="fail", message="no readable image of any class; check the paths")
    if missing:
        return Check(name="classes", status="warn", message=f"no readable image of {', '.join(missing)}; is it meant?")
    if rare:
        return Check(name="classes", status="warn", message=f"fewer than {least} images: {', '.join(rare)}")
    return Check(name="classes", status="pass", message="every class is there")


def _splits(cohort: Cohort, seen: Survey) -> Check:
    present = {finding.record.split for finding in seen.findings}
    if None in present:
        message = "some images are in no split; run `primia data split`"
        return Check(name="splits", status="fail", message=message, paths=_some(r.path for r in cohort.of_split(None)))
    missing = [name for name in SPLITS if name not in present]
    if "train" in missing or "validation" in missing:
        return Check(name="splits", status="fail", message=f"no readable image in {', '.join(missing)}; split again")
    if missing:
        return Check(name="splits", status="warn", message="no test images; this site cannot take part in the test")
    return Check(name="splits", status="pass", message="training, validation and test images are there")


def _patients(cohort: Cohort) -> Check:
    splits: dict[str, set[str | None]] = defaultdict(set)
    for record in cohort.records:
        splits[record.patient_id].add(record.split)
    shared = {patient for patient, where in splits.items() if len(where) > 1}
    if not shared:
        return Check(name="patients", status="pass", message="no patient is in two splits")
    return Check(
        name="patients",
        status="fail",
        message=f"patients in more than one split: {len(shared)}; tests would be too kind, so split by patient",
        paths=_some(record.path for record in cohort.records if record.patient_id in shared),
    )


def _duplicates(cohort: Cohort) -> Check:
    same: dict[str, list[int]] = defaultdict(list)
    for index, record in enumerate(cohort.records):
        if record.sha256:
            same[record.sha256].append(index)
    groups = [[cohort.records[index] for index in indices] for indices in same.values() if len(indices) > 1]
    if not groups:
        return Check(name="duplicates", status="pass", message="no file is there twice")
    paths = _some(record.path for group in groups for record in group)
    clashing = sum(len({(record.label, record.split) for record in group}) > 1 for group in groups)
    if clashing:
        message = f"the same file under another label or in another split: {clashing}; keep one of each"
        return Check(name="duplicates", status="fail", message=message, paths=paths)
    return Check(
        name="duplicates", status="warn", message=f"files that are there more than once: {len(groups)}", paths=paths
    )


def _unreadable(cohort: Cohort, seen: Survey) -> Check:
    bad = len(seen.quarantined)
    if not bad:
        return Check(name="readable", status="pass", message="every file could be read")
    return Check(
        name="readable",
        status="fail" if bad * 2 > len(cohort.records) + len(cohort.rejected) else "warn",
        message=f"{bad} in quarantine, taking no part; their reasons are listed",
        paths=_some(path for path, _ in seen.quarantined),
    )


def _resolution(seen: Survey, image_size: int) -> Check:
    small = [f.record.path for f in seen.findings if min(f.height, f.width) < image_size]
    message = f"smaller than {image_size} pixels, so they would be enlarged: {len(small)}"
    return _hint("resolution", small, message, f"every image has at least {image_size} pixels a side")


def _aspect(seen: Survey) -> Check:
    odd = [f.record.path for f in seen.findings if not NARROW <= f.aspect <= WIDE]
    message = f"narrower than 1:2 or wider than 2:1: {len(odd)}; are they single chest X-rays?"
    return _hint("aspect", odd, message, "no image has an odd shape")


def _sideways(seen: Survey) -> Check:
    lying = [f.record.path for f in seen.findings if f.sideways]
    return _hint("upright", lying, f"look as if they lay on their side: {len(lying)}", "no image lies on its side")


def _flat(seen: Survey) -> Check:
    flat = [f.record.path for f in seen.findings if f.flat]
    return _hint("contrast", flat, f"nearly one grey only: {len(flat)}", "every image shows something")


def _hint(name: str, paths: list[str], message: str, otherwise: str) -> Check:
    if not paths:
        return Check(name=name, status="pass", message=otherwise)
    return Check(name=name, status="warn", message=message, paths=_some(paths))


def _some(paths: Iterable[str]) -> tuple[str, ...]:
    return tuple(islice(paths, SHOWN))


def _counted(counts: Mapping[str, int], names: tuple[str, ...]) -> dict[str, int]:
    return {name: counts.get(name, 0) for name in names}
