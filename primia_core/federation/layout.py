"""How a model's tensors become the flat vectors that sites submit, and back.

It knows names, shapes and order; it knows nothing of fixed point, masks or optimisers.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from math import prod
from typing import Literal

import numpy as np
import torch
from numpy.typing import NDArray

from primia_core.federation.errors import LayoutError

GroupName = Literal["weights", "batch_norm_means", "batch_norm_variances"]
GROUPS: tuple[GroupName, ...] = ("weights", "batch_norm_means", "batch_norm_variances")

State = Mapping[str, torch.Tensor]
Floats = NDArray[np.float32]


@dataclass(frozen=True)
class Layout:
    """The float tensors of a model by group, in name order; ``local`` names stay at the site (FedBN)."""

    shapes: Mapping[str, tuple[int, ...]]
    groups: Mapping[GroupName, tuple[str, ...]]
    local: tuple[str, ...] = ()

    @classmethod
    def of(cls, state: State, *, batch_norm: Literal["aggregate", "local"] = "aggregate") -> "Layout":
        """Read the layout off a state dict.

        Args:
            state: the model's state dict; float tensors travel, integer buffers (batch counters) never do.
            batch_norm: ``local`` keeps every tensor of a layer with running statistics at the site.
        """
        layers = {name.rpartition(".")[0] for name in state if name.endswith(".running_mean")}
        local = tuple(sorted(n for n in state if batch_norm == "local" and n.rpartition(".")[0] in layers))
        shared = sorted(name for name in state if name not in local and state[name].is_floating_point())
        groups: dict[GroupName, tuple[str, ...]] = dict.fromkeys(GROUPS, ())
        for name in shared:
            groups[_group_of(name)] += (name,)
        return cls({name: tuple(state[name].shape) for name in shared}, groups, local)

    def length(self, group: GroupName) -> int:
        """Return the number of coordinates of a group."""
        return sum(prod(self.shapes[name]) for name in self.groups[group])

    def flatten(self, state: State, group: GroupName) -> Floats:
        """Concatenate a group's tensors in name order into one float32 vector."""
        if missing := [name for name in self.groups[group] if name not in state]:
            raise LayoutError(f"the model lacks {missing[:3]}; it is not the architecture of the plan")
        parts = []
        for name in self.groups[group]:
            if tuple(state[name].shape) != self.shapes[name]:
                raise LayoutError(f"{name} has shape {tuple(state[name].shape)}, the plan {self.shapes[name]}")
            parts.append(state[name].detach().to(torch.float32).contiguous().numpy().ravel())
        return np.concatenate(parts) if parts else np.zeros(0, np.float32)

    def unflatten(self, vector: Floats, group: GroupName) -> dict[str, torch.Tensor]:
        """Cut a flat vector back into named tensors, each with memory of its own."""
        if vector.size != self.length(group):
            raise LayoutError(f"{group} has {vector.size} coordinates, the plan {self.length(group)}")
        tensors, start = {}, 0
        for name in self.groups[group]:
            shape = self.shapes[name]
            tensors[name] = torch.from_numpy(vector[start : start + prod(shape)].reshape(shape).copy())
            start += prod(shape)
        return tensors


def _group_of(name: str) -> GroupName:
    if name.endswith(".running_mean"):
        return "batch_norm_means"
    if name.endswith(".running_var"):
        return "batch_norm_variances"
    return "weights"
