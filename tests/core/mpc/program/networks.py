"""Modules and images for tests. Randomness is numpy's and torch's, with fixed seeds."""

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from primia_core.mpc.profile import FAST, Profile
from primia_core.mpc.program import SecureModel, prepare, replay
from tests.core.mpc.program.bounds import rounding_bound


def images(shape: tuple[int, int, int], number: int = 8, seed: int = 0) -> NDArray[np.float32]:
    """Return normalised images, each with a mean and a texture of its own."""
    rng = np.random.default_rng(seed)
    means = rng.normal(0, 0.5, (number, 1, 1, 1))
    return np.clip(rng.normal(means, 1.0, (number, *shape)), -3, 3).astype(np.float32)


def settled(module: nn.Module, seed: int = 0) -> nn.Module:
    """Give normalisations statistics that differ between channels, as training does."""
    generator = torch.Generator().manual_seed(seed)
    for layer in module.modules():
        if isinstance(layer, nn.BatchNorm1d | nn.BatchNorm2d):
            size = layer.num_features
            layer.running_mean = torch.randn(size, generator=generator) * 0.2
            layer.running_var = torch.rand(size, generator=generator) + 0.5
            if layer.affine:
                layer.weight.data = torch.rand(size, generator=generator) + 0.5
                layer.bias.data = torch.randn(size, generator=generator) * 0.2
    return module.eval()


def real_logits(module: nn.Module, given: NDArray[np.float32]) -> NDArray[np.float64]:
    """Return the module's own answer in float64."""
    kind = next((p.dtype for p in module.parameters()), torch.float32)
    with torch.inference_mode():
        out = module.to(torch.float64)(torch.from_numpy(given.astype(np.float64))).flatten(1).numpy()
    module.to(kind)
    return out


def check_against_torch(
    module: nn.Module, given: NDArray[np.float32], profile: Profile = FAST, *, slack: float = 1e-9
) -> SecureModel:
    """Assert that the program agrees with the module to its rounding bound, for each rounding."""
    model = prepare(module, given, profile=profile)
    want, bound = real_logits(module, given), rounding_bound(model)
    for rounding in ("floor", "above", "random"):
        got = replay(model.program, model.weights, given, rounding=rounding)
        worst = np.abs(got.logits - want).max()
        assert worst <= bound + slack, f"{rounding}: {worst} > {bound}"
    return model
