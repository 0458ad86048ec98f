"""Distances between sets of pictures: named after the extractor, refused where so few pictures say nothing."""

from pathlib import Path

import numpy as np
import pytest
import torch
from torchvision import models

from primia_core.attacks.errors import TooFewPictures
from primia_core.attacks.likeness import Extractor, _network, likeness
from primia_core.evaluation.errors import PictureError
from primia_core.evaluation.kernel_distance import kernel_distance
from primia_core.models.errors import WeightsFileError


@pytest.fixture(scope="module")
def weights(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("weights") / "mine.pth"
    torch.manual_seed(0)
    torch.save(models.resnet18(weights=None).state_dict(), file)
    return file


def pictures(n: int, *, bright: float, seed: int) -> np.ndarray:
    rng = np.random.default_rng(seed)
    return (rng.random((n, 1, 16, 16)) * 255 * bright).astype(np.uint8)


def test_the_kernel_distance_is_unbiased_and_grows_with_the_shift() -> None:
    rng = np.random.default_rng(0)
    a, b, moved = (rng.normal(size=(80, 6)) + shift for shift in (0, 0, 1.0))
    same, apart = kernel_distance(a, b, subset=40), kernel_distance(a, moved, subset=40)
    assert abs(same.value) < 3 * same.deviation
    assert apart.value > 5 * apart.deviation
    assert (same.subset, same.subsets) == (40, 100)


def test_the_kernel_distance_of_whole_sets_is_its_definition() -> None:
    a, b = np.array([[0.0, 1.0], [1.0, 0.0], [2.0, 1.0]]), np.array([[1.0, 1.0], [0.0, 0.0]])

    def k(x: np.ndarray, y: np.ndarray) -> float:
        return float((x @ y / 2 + 1) ** 3)

    within_a = sum(k(a[i], a[j]) for i in range(3) for j in range(3) if i != j) / 6
    within_b = (k(b[0], b[1]) + k(b[1], b[0])) / 2
    between = sum(k(x, y) for x in a for y in b) / 6
    # Subsets are as large as the smaller set, so a's subsets have two of its three; their mean is over all pairs.
    assert kernel_distance(a, b, subsets=4000).value == pytest.approx(within_a + within_b - 2 * between, rel=0.1)


@pytest.mark.parametrize(("shape_a", "shape_b"), [((1, 3), (5, 3)), ((5, 3), (5, 4)), ((5,), (5,))])
def test_sets_that_do_not_fit_are_refused(shape_a: tuple[int, ...], shape_b: tuple[int, ...]) -> None:
    with pytest.raises(PictureError):
        kernel_distance(np.ones(shape_a), np.ones(shape_b))


def test_few_pictures_get_no_frechet_distance_and_fewer_nothing(weights: Path) -> None:
    extractor = Extractor.load(weights, "resnet18")
    assert extractor.name.startswith("resnet18 of mine.pth ")
    assert extractor.features == 512
    with pytest.raises(TooFewPictures, match="5120 needed"):
        likeness(pictures(8, bright=1, seed=0), pictures(8, bright=1, seed=1), extractor)
    few = Extractor(
        extractor.name, extractor.features, torch.nn.Sequential(torch.nn.AvgPool2d(56), torch.nn.Flatten()), 224
    )
    found = likeness(pictures(60, bright=1, seed=0), pictures(60, bright=0.4, seed=1), few)
    assert found.frechet is None
    assert "60 pictures, 5120 needed" in found.refused[0]
    assert found.kernel is not None
    assert found.kernel > 0


def test_inception_is_given_pixels_as_its_weights_want_them(monkeypatch: pytest.MonkeyPatch) -> None:
    """torchvision's weights of Inception were trained on pixels from -1 to 1."""
    network = _network("inception_v3")
    seen: list[torch.Tensor] = []
    monkeypatch.setattr(network, "_forward", lambda x: (seen.append(x), (x.mean((2, 3)), None))[1])
    extractor = Extractor("inception_v3 without weights", 3, network.eval(), 32)
    bright = np.full((1, 1, 32, 32), 255, np.uint8)
    extractor.of(np.concatenate([bright, 0 * bright]))
    torch.testing.assert_close(seen[0][0], torch.ones(3, 32, 32), rtol=0, atol=1e-5)
    torch.testing.assert_close(seen[0][1], -torch.ones(3, 32, 32), rtol=0, atol=1e-5)


def test_both_distances_where_pictures_suffice() -> None:
    tiny = Extractor("averages", 3, torch.nn.Sequential(torch.nn.AdaptiveAvgPool2d(1), torch.nn.Flatten()), 16)
    found = likeness(pictures(60, bright=1, seed=0), pictures(60, bright=0.5, seed=1), tiny)
    assert found.refused == ()
    assert found.frechet is not None
    assert found.frechet > 0.1


def test_weights_of_another_network_are_refused_by_name(weights: Path, tmp_path: Path) -> None:
    with pytest.raises(WeightsFileError, match="does not fit torchvision's inception_v3"):
        Extractor.load(weights, "inception_v3")
    with pytest.raises(WeightsFileError, match="no file"):
        Extractor.load(tmp_path / "none.pth", "resnet18")
