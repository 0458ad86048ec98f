"""The networks: torchvision's twins by name and value, out-of-place, fixed by their seed."""

import itertools

import pytest
import torch
import torchvision
from torch import nn

from primia_core.models import ArchitectureError, ModelSpec, build_model, check_image_size, parameter_count
from primia_core.models.weights import state_hash

SMALL = ("resnet18", "small_cnn")


def _images(side: int = 32, channels: int = 1) -> torch.Tensor:
    return torch.randn(2, channels, side, side, generator=torch.Generator().manual_seed(0))


@pytest.mark.parametrize(
    ("name", "channels", "count"),
    [
        ("resnet18", 1, 11_171_779),
        ("resnet18", 3, 11_178_051),
        ("vgg16", 1, 134_280_131),
        ("vgg16", 3, 134_281_283),
        ("small_cnn", 1, 97_779),
    ],
)
def test_parameter_counts(name: str, channels: int, count: int) -> None:
    assert parameter_count(ModelSpec(name=name, channels=channels)) == count


def test_resnet18_is_torchvisions_by_name_and_by_value() -> None:
    ours = build_model(ModelSpec(channels=3), seed=1)
    theirs = torchvision.models.resnet18(num_classes=3)
    assert [*ours.state_dict()] == [*theirs.state_dict()]
    theirs.load_state_dict(ours.state_dict())
    for mode in (True, False):
        ours.train(mode), theirs.train(mode)
        assert torch.equal(ours(_images(channels=3)), theirs(_images(channels=3)))


def test_vgg16_has_the_names_and_shapes_of_torchvisions() -> None:
    with torch.device("meta"):
        theirs = torchvision.models.vgg16_bn(num_classes=3)
    with torch.device("meta"):
        from primia_core.models.vgg import VGG16

        ours = VGG16(ModelSpec(name="vgg16", channels=3))
    assert {n: t.shape for n, t in ours.state_dict().items()} == {n: t.shape for n, t in theirs.state_dict().items()}


@pytest.mark.parametrize(
    ("name", "normalisation", "pool"), [*itertools.product(SMALL, ("batch", "group"), ("max", "average"))]
)
def test_every_variant_maps_images_to_logits_and_learns_in_every_tensor(
    name: str, normalisation: str, pool: str
) -> None:
    spec = ModelSpec(name=name, normalisation=normalisation, stem_pool=pool, classes=4)
    model = build_model(spec, seed=0)
    logits = model(_images(64))
    assert logits.shape == (2, 4)
    logits.square().sum().backward()
    assert all(p.grad is not None and p.grad.abs().sum() > 0 for p in model.parameters())
    kinds = {type(layer) for layer in model.modules()}
    assert (nn.BatchNorm2d in kinds) == (normalisation == "batch")
    assert (nn.MaxPool2d in kinds) == (pool == "max")


@pytest.mark.slow
@pytest.mark.parametrize("normalisation", ["batch", "group"])
def test_vgg16_maps_images_to_logits(normalisation: str) -> None:
    model = build_model(ModelSpec(name="vgg16", normalisation=normalisation), seed=0).eval()
    with torch.inference_mode():
        assert model(_images(32)).shape == (2, 3)


@pytest.mark.parametrize("name", SMALL)
def test_nothing_works_in_place(name: str) -> None:
    model = build_model(ModelSpec(name=name), seed=0)
    before: dict[str, torch.Tensor] = {}
    changed = []
    handles = []
    for layer_name, layer in model.named_modules():
        if any(True for _ in layer.children()):
            continue

        def keep(_: nn.Module, __: object, output: torch.Tensor, key: str = layer_name) -> None:
            before[key] = (output, output.detach().clone())

        handles.append(layer.register_forward_hook(keep))
        assert not getattr(layer, "inplace", False)
    model(_images())
    changed = [key for key, (output, copy) in before.items() if not torch.equal(output, copy)]
    assert changed == []


def test_a_seed_fixes_the_weights_and_leaves_the_global_generator_alone() -> None:
    torch.manual_seed(5)
    expected = torch.rand(3)
    torch.manual_seed(5)
    spec = ModelSpec(name="small_cnn")
    one, two, other = (state_hash(build_model(spec, seed=seed).state_dict()) for seed in (1, 1, 2))
    assert one == two != other
    assert torch.equal(torch.rand(3), expected)


def test_images_that_vanish_in_the_pools_are_refused() -> None:
    with pytest.raises(ArchitectureError, match="vgg16; take 32 or more"):
        check_image_size(ModelSpec(name="vgg16"), 31)
    check_image_size(ModelSpec(name="vgg16"), 32)
