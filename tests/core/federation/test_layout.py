"""Tensors become flat vectors and come back, by group, in one order."""

import pytest
import torch

from primia_core.federation.errors import LayoutError
from primia_core.federation.layout import GROUPS, Layout
from primia_core.models import build_model
from primia_core.models.spec import ModelSpec


@pytest.fixture(scope="module")
def state() -> dict[str, torch.Tensor]:
    return dict(build_model(ModelSpec(name="resnet18"), seed=3).state_dict())


def test_every_float_tensor_is_in_exactly_one_group_and_comes_back_unchanged(state: dict[str, torch.Tensor]) -> None:
    layout = Layout.of(state)
    back = {n: t for group in GROUPS for n, t in layout.unflatten(layout.flatten(state, group), group).items()}
    assert set(back) == {name for name, tensor in state.items() if tensor.is_floating_point()}
    assert sum(layout.length(group) for group in GROUPS) == sum(t.numel() for t in back.values())
    assert all(torch.equal(back[name], state[name]) for name in back)


def test_a_flattened_vector_owns_its_memory(state: dict[str, torch.Tensor]) -> None:
    layout = Layout.of(state)
    flat = layout.flatten(state, "weights")
    tensors = layout.unflatten(flat, "weights")
    flat[:] = 7
    assert not any(torch.all(tensor == 7) for tensor in tensors.values())


def test_local_batch_norm_keeps_whole_layers_at_the_site(state: dict[str, torch.Tensor]) -> None:
    layout = Layout.of(state, batch_norm="local")
    assert layout.length("batch_norm_means") == layout.length("batch_norm_variances") == 0
    assert {"bn1.weight", "bn1.bias", "bn1.running_mean", "bn1.running_var"} <= set(layout.local)
    assert not set(layout.local) & set(layout.groups["weights"])


def test_another_architecture_is_refused_by_name(state: dict[str, torch.Tensor]) -> None:
    layout = Layout.of(state)
    with pytest.raises(LayoutError, match=r"fc\.bias has shape \(2,\), the plan \(3,\)"):
        layout.flatten({**state, "fc.bias": torch.zeros(2)}, "weights")
    with pytest.raises(LayoutError, match=r"lacks \['fc\.bias'\]"):
        layout.flatten({name: t for name, t in state.items() if name != "fc.bias"}, "weights")
