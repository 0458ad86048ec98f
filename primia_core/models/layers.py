"""Layers that every network here chooses between: which normalisation, which pool. Knows no architecture."""

from math import gcd

from torch import nn

from primia_core.models.spec import ModelSpec

GROUPS = 32
"""Of GroupNorm, as in Wu and He 2018; fewer where a layer has fewer channels."""


def norm(spec: ModelSpec, channels: int) -> nn.Module:
    """Return the normalisation that a spec names, for so many channels."""
    if spec.normalisation == "batch":
        return nn.BatchNorm2d(channels)
    return nn.GroupNorm(gcd(GROUPS, channels), channels)


def pool(spec: ModelSpec, *, kernel: int, stride: int, padding: int = 0) -> nn.Module:
    """Return the pool that a spec names; an average pool is linear, so encrypted inference has it for nothing."""
    if spec.stem_pool == "max":
        return nn.MaxPool2d(kernel, stride, padding)
    return nn.AvgPool2d(kernel, stride, padding)


def initialise(module: nn.Module) -> None:
    """Set convolutions as He et al. 2015 do for ReLU (fan out), normalisations to the identity; leave the rest."""
    for layer in module.modules():
        if isinstance(layer, nn.Conv2d):
            nn.init.kaiming_normal_(layer.weight, mode="fan_out", nonlinearity="relu")
            if layer.bias is not None:
                nn.init.zeros_(layer.bias)
        elif isinstance(layer, nn.BatchNorm2d | nn.GroupNorm):
            nn.init.ones_(layer.weight)
            nn.init.zeros_(layer.bias)
