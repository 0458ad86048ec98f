"""Random changes to training images, drawn from an explicit generator, one batch at a time. Knows no labels.

There is no vertical flip: chests do not hang upside down. The geometry of torchvision's v2 transforms draws one
change for a whole batch from a global generator; here every image has its own, from the generator that it is given,
in one ``grid_sample``. Tests hold it to ``torchvision.transforms.v2.functional``.
"""

import math
from collections.abc import Callable
from typing import Protocol

import torch
from torch import Generator, Tensor
from torch.nn.functional import affine_grid, grid_sample

Augment = Callable[[Tensor, Generator], Tensor]


class Settings(Protocol):
    """What may change, and by how much; ``primia_core.training.config.Augmentation`` is one."""

    @property
    def horizontal_flip(self) -> bool: ...
    @property
    def rotation_degrees(self) -> float: ...
    @property
    def translation_fraction(self) -> float: ...
    @property
    def scale_fraction(self) -> float: ...
    @property
    def shear_degrees(self) -> float: ...
    @property
    def brightness(self) -> float: ...
    @property
    def contrast(self) -> float: ...
    @property
    def noise_std(self) -> float: ...


def build(settings: Settings) -> Augment:
    """Return a function from a batch and a generator to a changed batch.

    The function takes images (n, channel, S, S), floating point in [0, 1], *before* normalisation, and returns the
    same shape and type in [0, 1]. Rotation, shear, shift, brightness and contrast are uniform within plus and minus
    their setting. The two axes are scaled independently within 1 +- ``scale_fraction``, which also blurs what the
    squash left of the aspect ratio. What comes in from outside the picture is black. Half of the images are mirrored
    where ``horizontal_flip`` is set; noise is normal.
    """

    def augment(images: Tensor, generator: Generator) -> Tensor:
        with torch.no_grad():
            return _shaded(_moved(images, settings, generator), settings, generator)

    return augment


def affine(images: Tensor, matrices: Tensor) -> Tensor:
    """Resample a batch: output at (x, y) is the input at ``matrices @ (x, y, 1)``, in units of half a side.

    Args:
        images: (n, channel, S, S).
        matrices: (n, 2, 3), the inverse of the change that one sees.
    Returns:
        The images, interpolated linearly, black outside.
    """
    grid = affine_grid(matrices.to(images.dtype), list(images.shape), align_corners=False)
    return grid_sample(images, grid, mode="bilinear", padding_mode="zeros", align_corners=False)


def inverse_matrices(angles: Tensor, shears: Tensor, scales: Tensor, shifts: Tensor, flips: Tensor) -> Tensor:
    """Return the matrices that undo: scale, then shear along x, then turn, then shift, then mirror.

    Args:
        angles, shears: (n,) radians, clockwise as one sees it.
        scales: (n, 2) factors along x and y.
        shifts: (n, 2) in units of half a side, to the right and down.
        flips: (n,) +1, or -1 to mirror.
    Returns:
        (n, 2, 3) for ``affine``.
    """
    cosine, sine, slope = angles.cos(), angles.sin(), shears.tan()
    x, y = scales.unbind(1)
    # Turn @ shear @ scale has this inverse; written out, because a batched solver is slower than the resampling.
    linear = torch.stack([(cosine - sine * slope) / x, (sine + cosine * slope) / x, -sine / y, cosine / y], 1).reshape(
        -1, 2, 2
    )
    offset = -(linear @ shifts[:, :, None])
    mirror = torch.stack([flips, torch.ones_like(flips)], 1)[:, None, :]
    return torch.cat([linear * mirror, offset], 2)


def _moved(images: Tensor, settings: Settings, generator: Generator) -> Tensor:
    n = len(images)
    angles = _symmetric(settings.rotation_degrees * math.pi / 180, (n,), generator)
    shears = _symmetric(settings.shear_degrees * math.pi / 180, (n,), generator)
    scales = 1 + _symmetric(settings.scale_fraction, (n, 2), generator)
    shifts = _symmetric(2 * settings.translation_fraction, (n, 2), generator)
    flips = torch.ones(n)
    if settings.horizontal_flip:
        flips -= 2.0 * torch.randint(2, (n,), generator=generator)
    if not (settings.rotation_degrees or settings.shear_degrees or settings.scale_fraction) and not shifts.any():
        return torch.where(flips[:, None, None, None] < 0, images.flip(3), images)
    return affine(images, inverse_matrices(angles, shears, scales, shifts, flips).to(images.device))


def _shaded(images: Tensor, settings: Settings, generator: Generator) -> Tensor:
    """Change contrast about each image's mean and then its brightness, in one pass, and add noise."""
    n = len(images)
    contrast = 1 + _column(settings.contrast, n, generator).to(images)
    brightness = 1 + _column(settings.brightness, n, generator).to(images)
    means = images.mean(dim=(1, 2, 3), keepdim=True)
    shaded = torch.addcmul(means * (1 - contrast) * brightness, images, contrast * brightness)
    if settings.noise_std:
        shaded += settings.noise_std * torch.randn(images.shape, generator=generator).to(images)
    return shaded.clamp_(0, 1)


def _symmetric(bound: float, shape: tuple[int, ...], generator: Generator) -> Tensor:
    return (2 * torch.rand(shape, generator=generator) - 1) * bound


def _column(bound: float, n: int, generator: Generator) -> Tensor:
    return _symmetric(bound, (n, 1, 1, 1), generator)
