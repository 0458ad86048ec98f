"""From a spec to a network: the one place that knows which class a name stands for."""

from collections.abc import Callable, Mapping
from types import MappingProxyType

import torch
from torch import nn

from primia_core.models.errors import ArchitectureError
from primia_core.models.layers import initialise
from primia_core.models.resnet import ResNet18
from primia_core.models.small import SmallCNN
from primia_core.models.spec import ModelName, ModelSpec
from primia_core.models.vgg import VGG16

NETWORKS: Mapping[ModelName, Callable[[ModelSpec], nn.Module]] = MappingProxyType(
    {"resnet18": ResNet18, "vgg16": VGG16, "small_cnn": SmallCNN}
)
SMALLEST_IMAGE: Mapping[ModelName, int] = MappingProxyType({"resnet18": 16, "vgg16": 32, "small_cnn": 8})
"""Pixels a side. A ResNet-18 has a single position left below 33 and needs batches of two or more to train."""


def build_model(spec: ModelSpec, *, seed: int) -> nn.Module:
    """Build the network of a spec, freshly initialised.

    Args:
        spec: the architecture.
        seed: fixes the initial weights; the global generator is left as it was.
    Returns:
        The network in training mode, float32, on the CPU; no layer works in place.
    """
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        network = NETWORKS[spec.name](spec)
        initialise(network)
    return network


def skeleton(spec: ModelSpec) -> nn.Module:
    """Build the network without memory for its weights: names, shapes and types only."""
    with torch.device("meta"):
        return NETWORKS[spec.name](spec)


def parameter_count(spec: ModelSpec) -> int:
    """Return the number of trained values, buffers apart."""
    return sum(parameter.numel() for parameter in skeleton(spec).parameters())


def check_image_size(spec: ModelSpec, side: int) -> None:
    """Raise ``ArchitectureError`` where images of ``side`` pixels vanish in the pools of a network."""
    if side < SMALLEST_IMAGE[spec.name]:
        raise ArchitectureError(
            f"images of {side} pixels vanish in the pools of {spec.name}; take {SMALLEST_IMAGE[spec.name]} or more"
        )
