"""ImageNet weights of torchvision, from a file of the user's: taken where they fit, refused where they do not."""

import pickle
from pathlib import Path

import pytest
import torch
import torchvision
from safetensors.torch import save_file

from primia_core.models import ArchitectureError, ModelSpec, WeightsFileError, build_model, load_imagenet


@pytest.fixture(scope="module")
def theirs() -> dict[str, torch.Tensor]:
    """torchvision's ResNet-18 with statistics of its own, as if it had been trained."""
    torch.manual_seed(0)
    model = torchvision.models.resnet18()
    for name, tensor in model.state_dict().items():
        if name.endswith("running_mean"):
            tensor.normal_()
    return model.state_dict()


@pytest.fixture(params=["pth", "safetensors"])
def file(request: pytest.FixtureRequest, tmp_path: Path, theirs: dict[str, torch.Tensor]) -> Path:
    path = tmp_path / f"resnet18.{request.param}"
    if request.param == "pth":
        torch.save(theirs, path)
    else:
        save_file(theirs, path)
    return path


def test_everything_but_stem_and_head_is_taken_as_it_is(file: Path, theirs: dict[str, torch.Tensor]) -> None:
    model = build_model(ModelSpec(), seed=0)
    fresh = model.fc.weight.detach().clone()
    report = load_imagenet(model, file)
    state = model.state_dict()
    assert report.adapted == ("conv1.weight",)
    assert report.fresh == report.unused == ("fc.bias", "fc.weight")
    assert all(torch.equal(state[name], theirs[name]) for name in report.loaded)
    assert len(report.loaded) + 3 == len(state)
    assert torch.equal(state["fc.weight"], fresh)


def test_a_grey_image_answers_as_the_same_in_three_colours(file: Path, theirs: dict[str, torch.Tensor]) -> None:
    colour = torchvision.models.resnet18()
    colour.load_state_dict(theirs)
    grey = build_model(ModelSpec(), seed=0)
    load_imagenet(grey, file)
    image = torch.randn(2, 1, 64, 64, generator=torch.Generator().manual_seed(1))
    assert torch.allclose(grey.conv1(image), colour.conv1(image.expand(-1, 3, -1, -1)), atol=1e-5)
    mean = build_model(ModelSpec(), seed=0)
    load_imagenet(mean, file, stem="mean")
    assert torch.allclose(3 * mean.conv1(image), grey.conv1(image), atol=1e-5)


def test_three_channels_and_a_thousand_classes_take_all(file: Path) -> None:
    from primia_core.models.resnet import ResNet18

    model = ResNet18(ModelSpec.model_construct(channels=3, classes=1000))
    report = load_imagenet(model, file)
    assert report.adapted == report.fresh == report.unused == ()


def test_group_norm_takes_scale_and_shift_and_drops_statistics(file: Path, theirs: dict[str, torch.Tensor]) -> None:
    model = build_model(ModelSpec(normalisation="group"), seed=0)
    report = load_imagenet(model, file)
    assert torch.equal(model.state_dict()["bn1.weight"], theirs["bn1.weight"])
    assert all(name.startswith("fc.") or "running" in name or "tracked" in name for name in report.unused)


def test_another_architecture_is_refused(file: Path, tmp_path: Path, theirs: dict[str, torch.Tensor]) -> None:
    with pytest.raises(ArchitectureError, match="torchvision's resnet18 or vgg16_bn"):
        load_imagenet(build_model(ModelSpec(name="small_cnn"), seed=0), file)
    deeper = {**theirs, "layer1.2.conv1.weight": torch.zeros(64, 64, 3, 3)}
    torch.save(deeper, tmp_path / "resnet34.pth")
    with pytest.raises(ArchitectureError, match=r"layer1\.2"):
        load_imagenet(build_model(ModelSpec(), seed=0), tmp_path / "resnet34.pth")


class _Harmful:
    def __reduce__(self) -> tuple[object, ...]:
        return (Path.touch, (Path("harmed"),))


def test_a_file_that_would_run_code_is_refused_and_does_not(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    torch.save({"a": _Harmful()}, tmp_path / "harmful.pth")
    (tmp_path / "plain.pth").write_bytes(pickle.dumps({"a": _Harmful()}, protocol=2))
    for name in ("harmful.pth", "plain.pth"):
        with pytest.raises(WeightsFileError, match="safe to read"):
            load_imagenet(build_model(ModelSpec(), seed=0), tmp_path / name)
    assert not (tmp_path / "harmed").exists()


def test_more_than_tensors_and_missing_files_are_refused(tmp_path: Path) -> None:
    torch.save({"epoch": 3, "state_dict": {}}, tmp_path / "checkpoint.pth")
    model = build_model(ModelSpec(name="small_cnn"), seed=0)
    with pytest.raises(WeightsFileError, match="more than tensors"):
        load_imagenet(model, tmp_path / "checkpoint.pth")
    with pytest.raises(WeightsFileError, match="is no file"):
        load_imagenet(model, tmp_path / "nothing.pth")
