"""FedSGD's gradient against autograd and against arithmetic over sites."""

import pytest
import torch
from torch.nn.functional import cross_entropy

from primia_core.imaging import Pixels
from primia_core.models import ModelSpec, build_model
from primia_core.models.weights import state_hash
from primia_core.training import Cancelled, GradientResult, LocalTraining, gradient
from tests.core.training.conftest import SCALE, STILL, squares

DATA = squares(40, 0)
SPEC = ModelSpec(name="small_cnn", normalisation="group")


def _gradient(pixels: Pixels = DATA, model: torch.nn.Module | None = None, **options: object) -> GradientResult:
    config = LocalTraining.model_validate({"steps": None, "epochs": 1, "batch_size": 16, "augmentation": STILL})
    model = model or build_model(SPEC, seed=0)
    return gradient(model, pixels, config=config, normalisation=SCALE, seed=0, **options)


def _direct(pixels: Pixels, weights: list[float] | None = None) -> dict[str, torch.Tensor]:
    model = build_model(SPEC, seed=0)
    images = (torch.from_numpy(pixels.images).float() / 255 - SCALE.mean) / SCALE.std
    factor = None if weights is None else torch.tensor(weights)
    losses = cross_entropy(model(images), torch.from_numpy(pixels.labels), weight=factor, reduction="none")
    losses.mean().backward()
    return {name: p.grad for name, p in model.named_parameters() if p.grad is not None}


@pytest.mark.parametrize("weights", [None, [0.5, 1.0, 2.0]])
def test_an_epochs_gradient_is_that_of_the_whole_cohort_at_once(weights: list[float] | None) -> None:
    found = _gradient(class_weights=weights)
    for name, expected in _direct(DATA, weights).items():
        assert torch.allclose(found.gradients[name], expected, atol=1e-6)
    assert (found.samples, found.loss_count) == (40, 40)


def test_weighted_by_samples_the_sites_gradients_are_that_of_the_pool() -> None:
    parts = [Pixels(DATA.images[:12], DATA.labels[:12]), Pixels(DATA.images[12:], DATA.labels[12:])]
    results = [_gradient(part) for part in parts]
    for name, expected in _direct(DATA).items():
        mean = sum(result.samples * result.gradients[name] for result in results) / 40
        assert torch.allclose(mean, expected, atol=1e-6)


def test_weights_stay_and_running_statistics_move() -> None:
    model = build_model(ModelSpec(name="small_cnn"), seed=0)
    before = {name: p.detach().clone() for name, p in model.named_parameters()}
    found = _gradient(model=model)
    assert state_hash(before) == state_hash(dict(model.named_parameters()))
    assert all(p.grad is None for p in model.parameters())
    assert found.buffers.keys() == dict(model.named_buffers()).keys()
    assert found.buffers["features.1.running_mean"].abs().sum() > 0


def test_it_reports_and_stops() -> None:
    told: list[tuple[int, int]] = []
    with pytest.raises(Cancelled):
        _gradient(progress=lambda done, total: told.append((done, total)), should_stop=lambda: len(told) == 2)
    assert told == [(1, 3), (2, 3)]
