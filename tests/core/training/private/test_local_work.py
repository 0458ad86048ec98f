"""DP-SGD on every network of ours: it takes a step that is the clipped sum plus noise from our own randomness."""

import numpy as np
import pytest
import torch

from primia_core.models import ModelSpec, build_model
from primia_core.privacy.grid import Grid
from primia_core.training import Cancelled
from primia_core.training.config import Augmentation
from primia_core.training.private import NotPrivate, fit_privately, noisy_sum
from primia_core.training.private.work import PrivateWork
from tests.core.training.conftest import squares
from tests.core.training.private.stage import PATIENTS, SCALE, pictures, promise, settings

SMALL = ModelSpec(name="small_cnn", normalisation="group")


def fitted(model, privacy=None, config=None, **more):
    return fit_privately(
        model, pictures(), PATIENTS, privacy=privacy or promise(), config=config or settings(), round_number=1,
        total_rounds=1, normalisation=SCALE, **more,
    )  # fmt: skip


def flat(state) -> torch.Tensor:
    return torch.cat([tensor.ravel() for tensor in state.values()])


@pytest.mark.parametrize("name", ["small_cnn", "resnet18"])
@pytest.mark.parametrize("pool", ["max", "average"])
def test_our_networks_give_each_image_the_gradient_it_has_alone(name, pool):
    model = build_model(ModelSpec(name=name, normalisation="group", stem_pool=pool), seed=1)
    rate_one = promise(sample_rate=1.0, unit="image", max_physical_batch=3)
    work = PrivateWork(model, pictures(3), PATIENTS[:3], rate_one, settings(), SCALE)
    for _ in work.batch():
        together = [gradient.clone() for gradient in work.gradients()]
    work.close()
    for index in range(3):
        one = pictures(3)
        single = type(one)(one.images[index : index + 1], one.labels[index : index + 1])
        alone = PrivateWork(model, single, PATIENTS[:1], rate_one, settings(), SCALE)
        for _ in alone.batch():
            plain = [gradient[0].clone() for gradient in alone.gradients()]
        alone.close()
        for ours, theirs in zip(together, plain, strict=True):
            torch.testing.assert_close(ours[index], theirs, rtol=2e-3, atol=2e-5)


def test_vgg_with_its_dropout_can_be_trained_privately():
    model = build_model(ModelSpec(name="vgg16", normalisation="group"), seed=1)
    work = PrivateWork(model, pictures(1), PATIENTS[:1], promise(sample_rate=1.0), settings(), SCALE)
    for piece, last in work.batch():
        assert (piece.count, last) == (1, True)
        assert all(tuple(g.shape) == (1, *p.shape) for g, p in zip(work.gradients(), work.parameters, strict=True))
    work.close()


def seen_gradients(model, config, byte: int) -> torch.Tensor:
    """Return the gradients of a whole cohort, under one key for all that is random."""
    torch.manual_seed(0)
    work = PrivateWork(
        model, pictures(2), PATIENTS[:2], promise(sample_rate=1.0), config, SCALE, rng=lambda n: bytes([byte]) * n
    )
    found = [gradient.clone().flatten() for _ in work.batch() for gradient in work.gradients()]
    work.close()
    return torch.cat(found)


@pytest.mark.parametrize(
    ("name", "config"),
    [("small_cnn", settings(augmentation=Augmentation())), ("vgg16", settings())],
    ids=["augmentation", "dropout"],
)
def test_what_is_drawn_for_an_image_cannot_be_known_beforehand(name, config):
    """A public stream for all images would let one patient more change what every later one adds to the sum."""
    model = build_model(ModelSpec(name=name, normalisation="group"), seed=1)
    once = seen_gradients(model, config, 1)
    assert torch.equal(once, seen_gradients(model, config, 1))
    assert not torch.equal(once, seen_gradients(model, config, 2))


def test_an_image_is_augmented_alike_whoever_comes_before_it():
    """Its seed is its own: noise drawn for the pixels of the one before does not shift it."""
    work = PrivateWork(
        build_model(SMALL, seed=1), pictures(2), PATIENTS[:2], promise(),
        settings(augmentation=Augmentation(noise_std=0.1)), SCALE, rng=bytes,
    )  # fmt: skip
    seeds = iter([1, 2, 2])
    work._seed = lambda: next(seeds)
    images = torch.rand(2, 1, 32, 32, generator=torch.Generator().manual_seed(0))
    both = work._changed(images)
    assert torch.equal(both[1:], work._changed(images[1:]))
    work.close()


def test_a_step_is_the_clipped_sum_and_the_grids_noise_over_the_public_divisor():
    """With the sum known (nobody is drawn) the step is noise alone: its spread is what the grid says."""
    before = build_model(SMALL, seed=1)
    privacy = promise(sample_rate=1e-18, noise_multiplier=1.5, clip=0.7)
    config = settings(steps=1, learning_rate=1.0, final_learning_rate=1.0, momentum=0.0, batch_size=10)
    start = flat(before.state_dict()).clone()
    change = flat(fitted(before, privacy, config)) - start
    grid = Grid.of(privacy, dimension=change.numel())
    wanted = grid.sigma * grid.clip / grid.clip_steps / 10
    assert change.std().item() == pytest.approx(wanted, rel=0.02)
    assert wanted == pytest.approx(1.5 * 0.7 / 10, rel=1e-3)


def test_noise_is_new_each_time_whatever_torchs_generator():
    def once() -> torch.Tensor:
        torch.manual_seed(0)
        return flat(fitted(build_model(SMALL, seed=1)))

    assert not torch.equal(once(), once())


def test_randomness_comes_from_rng_alone():
    def once(byte: int) -> torch.Tensor:
        return flat(fitted(build_model(SMALL, seed=1), rng=lambda n: bytes([byte]) * n))

    assert torch.equal(once(1), once(1))
    assert not torch.equal(once(1), once(2))


def test_virtual_batches_give_the_step_of_one_batch():
    def with_pieces_of(at_most: int) -> torch.Tensor:
        privacy = promise(sample_rate=1.0, noise_multiplier=1e-3, max_physical_batch=at_most)
        return flat(fitted(build_model(SMALL, seed=1), privacy, rng=lambda n: bytes(n)))

    torch.testing.assert_close(with_pieces_of(16), with_pieces_of(2), rtol=1e-4, atol=1e-5)


def test_training_learns_with_little_noise():
    model = build_model(SMALL, seed=1)
    pixels, patients = squares(48, seed=2), [str(n) for n in range(48)]
    privacy = promise(sample_rate=0.5, noise_multiplier=0.05, unit="image")
    config = settings(steps=40, learning_rate=1e-2, final_learning_rate=5e-3, batch_size=24, optimizer="adam")
    fit_privately(
        model, pixels, patients, privacy=privacy, config=config, round_number=1, total_rounds=1, normalisation=SCALE,
    )  # fmt: skip
    with torch.no_grad():
        images = (torch.from_numpy(pixels.images).float() / 255 - SCALE.mean) / SCALE.std
        right = (model(images).argmax(1).numpy() == pixels.labels).mean()
    assert right > 0.8


def test_a_proximal_term_pulls_after_the_noise():
    start = build_model(SMALL, seed=1).state_dict()
    nobody = promise(sample_rate=1e-18, noise_multiplier=1e-3)
    config = settings(steps=1, learning_rate=0.1, final_learning_rate=0.1, momentum=0.0)
    zeros = {name: torch.zeros_like(tensor) for name, tensor in start.items()}
    after = fitted(build_model(SMALL, seed=1), nobody, config, proximal=(1.0, zeros))
    torch.testing.assert_close(flat(after), 0.9 * flat(start), rtol=0.02, atol=1e-3)


def test_batch_normalisation_is_refused_by_the_network_itself():
    with pytest.raises(NotPrivate, match="BatchNorm"):
        fitted(build_model(ModelSpec(name="small_cnn"), seed=1))


def test_images_without_patients_are_refused():
    with pytest.raises(NotPrivate, match="8 images have 2 patients"):
        fit_privately(
            build_model(SMALL, seed=1), pictures(), ["a", "b"], privacy=promise(), config=settings(), round_number=1,
            total_rounds=1, normalisation=SCALE,
        )  # fmt: skip


def test_work_stops_when_it_is_told():
    with pytest.raises(Cancelled):
        fitted(build_model(SMALL, seed=1), should_stop=lambda: True)


def test_a_sites_sum_holds_its_noise_before_it_is_returned():
    model = build_model(SMALL, seed=1)
    privacy = promise(mode="distributed", sample_rate=1e-18)
    dimension = sum(parameter.numel() for parameter in model.parameters())
    grid = Grid.of(privacy, dimension=dimension, honest=2, word=2**23 - 1)
    found = noisy_sum(
        model, pictures(), PATIENTS, privacy=privacy, grid=grid, config=settings(steps=1), normalisation=SCALE
    )
    integers = np.concatenate([part.ravel() for part in found.values()])
    assert integers.dtype == np.int64
    assert integers.std() == pytest.approx(grid.sigma, rel=0.02)
    assert grid.sigma == pytest.approx(privacy.noise_multiplier * grid.sensitivity / 2**0.5)


def test_progress_tells_nothing_of_how_many_were_drawn():
    told = []
    model = build_model(SMALL, seed=1)
    grid = Grid.of(promise(mode="distributed"), dimension=sum(p.numel() for p in model.parameters()))
    noisy_sum(
        model, pictures(), PATIENTS, privacy=promise(sample_rate=1.0, max_physical_batch=1), grid=grid,
        config=settings(steps=1), normalisation=SCALE, progress=lambda done, total: told.append((done, total)),
    )  # fmt: skip
    assert told == [(1, 1)]
