"""Phantoms are the same for the same seed, carry patients, and teach a small network without being trivial."""

from collections import Counter
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import nn

from primia_core.imaging import CohortError, PixelCache, Pixels, cohort_from_csv, phantoms, pooled, split_by_patient
from primia_core.imaging.statistics import PixelSums


def test_the_same_seed_draws_the_same_cohort_and_another_seed_another(tmp_path: Path) -> None:
    first, again, other = (
        phantoms.draw(tmp_path / name, 12, seed=seed, size=64) for name, seed in (("a", 1), ("b", 1), ("c", 2))
    )
    assert first.version == again.version != other.version


def test_a_patient_is_the_same_in_a_larger_cohort(tmp_path: Path) -> None:
    few, many = (phantoms.draw(tmp_path / str(n), n, seed=1, size=64) for n in (5, 15))
    assert set(few.records) < set(many.records)


def test_the_table_beside_the_images_is_the_cohort(tmp_path: Path) -> None:
    drawn = phantoms.draw(tmp_path, 12, seed=1, size=64)
    assert cohort_from_csv(tmp_path / "cohort.csv", classes=phantoms.CLASSES) == drawn


def test_some_patients_have_several_images_and_no_two_images_are_the_same(tmp_path: Path) -> None:
    cohort = phantoms.draw(tmp_path, 60, seed=3, size=32)
    images = Counter(record.patient_id for record in cohort.records)
    assert len(images) == 60
    assert set(images.values()) == {1, 2, 3}
    assert len({record.sha256 for record in cohort.records}) == len(cohort)
    assert {record.label for record in cohort.records} == set(phantoms.CLASSES)


def test_two_classes_keep_the_indices_that_were_asked_for(tmp_path: Path) -> None:
    assert phantoms.draw(tmp_path, 6, seed=3, size=32, classes=("viral", "normal")).classes == ("viral", "normal")


@pytest.mark.parametrize("wrong", [{"patients": 0}, {"size": 16}, {"classes": ("normal", "plague")}, {"classes": ()}])
def test_what_cannot_be_drawn_is_refused(tmp_path: Path, wrong: dict[str, object]) -> None:
    arguments = {"patients": 3, "seed": 1, **wrong}
    with pytest.raises(CohortError, match="cannot draw"):
        phantoms.draw(tmp_path, **arguments)  # type: ignore[arg-type]


def test_a_phantom_has_lungs_darker_than_the_heart_between_them() -> None:
    pictures = [phantoms.phantom("normal", size=96, seed=(1, n)).astype(float) / 255 for n in range(20)]
    for picture in pictures:
        lungs = (picture[30:55, 18:32].mean() + picture[30:55, 64:78].mean()) / 2
        assert picture[50:65, 44:56].mean() > lungs + 0.15


@pytest.mark.slow
def test_a_small_network_learns_the_three_classes_and_not_perfectly(tmp_path: Path) -> None:
    cohort = split_by_patient(phantoms.draw(tmp_path / "images", 400, seed=2021, size=96), seed=1)
    cache = PixelCache.build(cohort, 64, tmp_path / "cache")
    scale = pooled(PixelSums.of(cache.split("train").images))

    def tensors(pixels: Pixels) -> tuple[torch.Tensor, torch.Tensor]:
        images = torch.from_numpy(np.array(pixels.images)).float() / 255
        return (images - scale.mean) / scale.std, torch.from_numpy(pixels.labels)

    torch.manual_seed(0)
    blocks = [
        layer
        for width, wider in ((1, 16), (16, 32), (32, 64), (64, 96))
        for layer in (nn.Conv2d(width, wider, 3, padding=1), nn.BatchNorm2d(wider), nn.ReLU(), nn.MaxPool2d(2))
    ]
    network = nn.Sequential(*blocks, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(96, 3))
    optimizer = torch.optim.Adam(network.parameters(), 1e-3)
    schedule = torch.optim.lr_scheduler.ExponentialLR(optimizer, 0.8)
    images, labels = tensors(cache.split("train"))
    for _ in range(10):
        for batch in torch.randperm(len(images)).split(32):
            optimizer.zero_grad()
            nn.functional.cross_entropy(network(images[batch]), labels[batch]).backward()
            optimizer.step()
        schedule.step()
    held_out = [tensors(cache.split(name)) for name in ("validation", "test")]
    with torch.no_grad():
        network.eval()
        right = [network(images).argmax(1) == labels for images, labels in held_out]
    accuracy = float(torch.cat(right).float().mean())
    assert 0.6 < accuracy < 0.97
