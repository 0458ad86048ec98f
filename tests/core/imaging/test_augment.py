"""Augmentation equals torchvision's v2 image by image, obeys its generator, and hangs no chest upside down."""

import math

import pytest
import torch
from torchvision.transforms import InterpolationMode
from torchvision.transforms.v2 import functional as reference

from primia_core.imaging import augment
from primia_core.training.config import Augmentation

NOTHING = Augmentation(
    rotation_degrees=0, translation_fraction=0, scale_fraction=0, shear_degrees=0, brightness=0, contrast=0
)


def _generator(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def _smooth(n: int = 4, size: int = 64) -> torch.Tensor:
    coarse = torch.rand(n, 1, 6, 6, generator=_generator(9))
    return torch.nn.functional.interpolate(coarse, (size, size), mode="bicubic").clamp(0, 1)


@pytest.mark.parametrize(
    ("degrees", "right", "down", "scale"), [(10, 0, 0, 1), (0, 5, -3, 1), (0, 0, 0, 1.2), (-15, 4, 6, 0.9)]
)
def test_affine_is_that_of_torchvision(degrees: float, right: int, down: int, scale: float) -> None:
    images = _smooth(1)
    matrix = augment.inverse_matrices(
        torch.tensor([math.radians(degrees)]),
        torch.zeros(1),
        torch.full((1, 2), scale),
        torch.tensor([[right / 32, down / 32]]),
        torch.ones(1),
    )
    want = reference.affine(
        images,
        angle=degrees,
        translate=[right, down],
        scale=scale,
        shear=[0.0, 0.0],
        interpolation=InterpolationMode.BILINEAR,
    )
    assert (augment.affine(images, matrix) - want).abs()[..., 4:-4, 4:-4].max() < 1e-3


def test_shear_is_that_of_torchvision() -> None:
    images = _smooth(1)
    zero, one = torch.zeros(1), torch.ones(1)
    matrix = augment.inverse_matrices(
        zero, torch.tensor([math.radians(12.0)]), torch.ones(1, 2), torch.zeros(1, 2), one
    )
    found = augment.affine(images, matrix)
    sheared = [
        reference.affine(
            images,
            angle=0,
            translate=[0, 0],
            scale=1,
            shear=[sign * 12.0, 0.0],
            interpolation=InterpolationMode.BILINEAR,
        )
        for sign in (1, -1)
    ]
    assert min(float((found - want).abs()[..., 8:-8, 8:-8].max()) for want in sheared) < 1e-2


def test_flip_is_the_mirror_image() -> None:
    images = _smooth(1)
    one = torch.ones(1)
    matrix = augment.inverse_matrices(0 * one, 0 * one, torch.ones(1, 2), torch.zeros(1, 2), -one)
    torch.testing.assert_close(augment.affine(images, matrix), images.flip(3), atol=1e-5, rtol=0)


def test_flip_alone_is_exact_and_takes_about_half() -> None:
    images = _smooth(200, 16)
    found = augment.build(NOTHING.model_copy(update={"horizontal_flip": True}))(images, _generator())
    flipped = sum(bool(torch.equal(a, b.flip(2))) for a, b in zip(found, images, strict=True))
    assert all(torch.equal(a, b) or torch.equal(a, b.flip(2)) for a, b in zip(found, images, strict=True))
    assert 70 < flipped < 130


def test_settings_of_nothing_change_nothing() -> None:
    images = _smooth()
    assert torch.equal(augment.build(NOTHING)(images, _generator()), images)


def test_the_generator_fixes_the_result_and_images_differ_from_each_other() -> None:
    images = _smooth(1).expand(3, -1, -1, -1).contiguous()
    change = augment.build(Augmentation(noise_std=0.05, shear_degrees=5, horizontal_flip=True))
    before = torch.get_rng_state()
    first = change(images, _generator(1))
    assert torch.equal(first, change(images, _generator(1)))
    assert not torch.equal(first, change(images, _generator(2)))
    assert not torch.equal(first[0], first[1])
    assert torch.equal(torch.get_rng_state(), before)  # the global generator is not touched


def test_the_result_stays_in_range_and_the_input_as_it_was() -> None:
    images = _smooth()
    kept = images.clone()
    found = augment.build(Augmentation(brightness=1, contrast=1, noise_std=0.5))(images, _generator())
    assert found.dtype == images.dtype
    assert found.shape == images.shape
    assert 0 <= float(found.min()) <= float(found.max()) <= 1
    assert torch.equal(images, kept)


def test_no_chest_is_hung_upside_down() -> None:
    images = torch.zeros(300, 1, 32, 32)
    images[:, :, :8] = 1  # bright shoulders
    strongest = Augmentation(
        horizontal_flip=True, rotation_degrees=45, translation_fraction=0.1, scale_fraction=0.3, shear_degrees=30
    )
    found = augment.build(strongest)(images, _generator())
    assert bool((found[:, :, :16].sum((1, 2, 3)) > found[:, :, 16:].sum((1, 2, 3))).all())


def test_each_axis_is_scaled_by_itself_so_that_the_aspect_ratio_blurs() -> None:
    images = torch.zeros(100, 1, 64, 64)
    images[:, :, 16:48, 16:48] = 1
    found = augment.build(NOTHING.model_copy(update={"scale_fraction": 0.2}))(images, _generator())
    width, height = found.amax(2).sum((1, 2)), found.amax(3).sum((1, 2))
    ratio = width / height
    assert float(ratio.min()) < 0.85
    assert float(ratio.max()) > 1.15
