"""Draw cohorts of chest X-ray phantoms, for when there are no images. They teach software, never medicine.

Three classes that a radiologist would name by their intent: ``normal``; ``bacterial``, a focal consolidation;
``viral``, diffuse interstitial change. Every picture differs in anatomy, pose, exposure, noise and collimation; mild
disease overlaps with prominent vessels in the healthy, so no classifier is perfect.
"""

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.random import Generator, SeedSequence, default_rng
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from primia_core.imaging.chest import Anatomy, Chest, Field, Pose
from primia_core.imaging.cohort import Cohort, Record, file_sha256
from primia_core.imaging.disease import consolidation, filled, interstitial
from primia_core.imaging.errors import CohortError
from primia_core.imaging.table import write_csv

CLASSES = ("normal", "bacterial", "viral")
SHARES = {"normal": 0.30, "bacterial": 0.40, "viral": 0.30}


@dataclass(frozen=True)
class _Sitting:
    """One image still to be drawn."""

    path: str
    label: str
    patient_id: str
    seed: tuple[int, ...]


def draw(
    folder: Path | str,
    patients: int,
    seed: int,
    *,
    size: int = 128,
    classes: Sequence[str] = CLASSES,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> Cohort:
    """Draw a cohort into ``folder``: a folder of PNG files for each class, and ``cohort.csv``.

    Args:
        folder: made where it does not exist.
        patients: how many, >= 1; about a third have two or three images.
        seed: the same seed draws the same cohort; each patient depends on the seed and its own number alone.
        size: pixels of each side, >= 32.
        classes: which of ``CLASSES``, in the order of their indices.
        progress: told (images drawn, images in all).
    Returns:
        The cohort, without splits.
    Raises:
        CohortError: an unknown class, no patient, or a size below 32.
    Cost: about 12 ms an image of 128 pixels, on one core.
    """
    unknown = sorted(set(classes) - set(CLASSES))
    if unknown or not classes or patients < 1 or size < 32:
        raise CohortError(
            f"cannot draw {patients} patients of {list(classes)} at {size} pixels; "
            f"need 1 or more of {list(CLASSES)} at 32 or more"
        )
    root = Path(folder)
    for name in classes:
        (root / name).mkdir(parents=True, exist_ok=True)
    sittings = list(_sittings(patients, seed, tuple(classes)))

    records = []
    for done, sitting in enumerate(sittings, start=1):
        file = root / sitting.path
        Image.fromarray(phantom(sitting.label, size=size, seed=sitting.seed)).save(file, compress_level=4)
        records.append(Record(sitting.path, sitting.label, sitting.patient_id, None, file_sha256(file)))
        progress(done, len(sittings))
    cohort = Cohort(root, tuple(classes), ()).with_records(records)
    write_csv(cohort, root / "cohort.csv")
    return cohort


def phantom(label: str, *, size: int, seed: Sequence[int]) -> NDArray[np.uint8]:
    """Draw one picture.

    Args:
        label: one of ``CLASSES``.
        size: pixels of each side.
        seed: entropy; the last number is the image's, those before it are the patient's.
    Returns:
        uint8, (size, size).
    """
    of_patient = default_rng(SeedSequence(list(seed[:-1])))
    of_image = default_rng(SeedSequence(list(seed)))
    anatomy = Anatomy.draw(of_patient)
    severity = 0.12 + 0.88 * float(of_patient.beta(1.6, 1.3))
    chest = Chest(anatomy, Pose.draw(of_image), size)
    disease_seed = int(of_patient.integers(2**31))
    fraction = _fraction(label, chest, default_rng(disease_seed), severity)
    return _exposed(filled(chest, fraction), of_image)


def _fraction(label: str, chest: Chest, rng: Generator, severity: float) -> Field:
    """Return how much air is replaced. Every class has a little of the others' signs."""
    faint = rng.uniform(0.0, 0.30)
    if label == "normal":
        return 0.45 * faint * interstitial(chest, rng, 0.3)
    if label == "bacterial":
        return np.maximum(consolidation(chest, rng, severity), faint * interstitial(chest, rng, 0.4))
    change = interstitial(chest, rng, severity)
    if rng.random() < 0.25:  # a small patch of collapse, as viral disease often has
        change = np.maximum(change, 0.5 * consolidation(chest, rng, 0.0))
    return change


def _exposed(attenuation: Field, rng: Generator) -> NDArray[np.uint8]:
    """Turn attenuation into a film: exposure, contrast, scatter, noise, collimation and the side marker."""
    size = attenuation.shape[0]
    gamma, gain, offset = rng.uniform(0.8, 1.3), rng.uniform(0.95, 1.25), rng.uniform(-0.03, 0.05)
    film = np.clip(attenuation / 0.95, 0, 1.2) ** gamma * gain + offset
    noise = rng.standard_normal(film.shape, np.float32)
    film = film + noise * rng.uniform(0.012, 0.035)
    bytes_ = (np.clip(film, 0, 1) * 255).astype(np.uint8)
    image = Image.fromarray(bytes_)
    _mark(image, rng)
    return _collimated(np.array(image), rng, size)


def _mark(image: Image.Image, rng: Generator) -> None:
    if rng.random() < 0.7:
        size = image.size[0]
        at = (size * rng.uniform(0.88, 0.94), size * rng.uniform(0.03, 0.25))
        ImageDraw.Draw(image).text(at, rng.choice(["L", "S"]), fill=235)


def _collimated(film: NDArray[np.uint8], rng: Generator, size: int) -> NDArray[np.uint8]:
    for edge in range(4):
        width = int(rng.uniform(0.0, 0.05) * size) if rng.random() < 0.3 else 0
        if width:
            np.rot90(film, edge)[:width] = rng.integers(0, 12)
    return film


def _sittings(patients: int, seed: int, classes: tuple[str, ...]) -> Iterator[_Sitting]:
    weights = np.array([SHARES[name] for name in classes])
    digits = max(4, math.ceil(math.log10(patients + 1)))
    for number in range(patients):
        rng = default_rng(SeedSequence([seed, number]))
        label = classes[int(rng.choice(len(classes), p=weights / weights.sum()))]
        patient = f"phantom-{number:0{digits}d}"
        for image in range(int(rng.choice([1, 2, 3], p=[0.66, 0.26, 0.08]))):
            yield _Sitting(f"{label}/{patient}-{image}.png", label, patient, (seed, number, 1, image))
