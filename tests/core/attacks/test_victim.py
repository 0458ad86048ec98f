"""What a victim sends is what an honest site's own code sends, and an attacker's copy of it sends the same."""

import copy
from dataclasses import replace
from itertools import product

import numpy as np
import pytest
import torch
from torch import Tensor
from torch.nn.functional import cross_entropy

from primia_core.attacks.errors import VictimError
from primia_core.attacks.inversion import Target
from primia_core.attacks.plan import POSITIVE, AuditPlan, NoisySteps, Part
from primia_core.attacks.victim import Release, Victim, prepared
from primia_core.imaging import Pixels
from primia_core.models.weights import state_hash
from primia_core.privacy import PrivacyPlan
from primia_core.privacy.grid import Grid
from primia_core.training import Augmentation, LocalTraining, fit
from primia_core.training.private import noisy_sum
from tests.core.attacks.conftest import network, phantoms, scale

STILL = Augmentation(rotation_degrees=0, translation_fraction=0, scale_fraction=0, brightness=0, contrast=0)
PLAIN = Part("gradient", batch_size=4, sites=1, local_steps=0, mode="train", victims=1)


def batch(count: int) -> tuple[Tensor, Tensor]:
    pixels, normalisation = phantoms().images[:count], scale()
    images = (torch.from_numpy(pixels.astype(np.float32)) / 255 - normalisation.mean) / normalisation.std
    return images, torch.arange(count) % 3


def test_gradient_is_that_of_the_mean_loss_in_the_victims_mode():
    images, labels = batch(4)
    for mode in ("train", "eval"):
        model = network().train(mode == "train")
        wanted = torch.autograd.grad(cross_entropy(model(images), labels), tuple(model.parameters()))
        part = replace(PLAIN, mode=mode)
        found = Victim.of(network(), part, AuditPlan()).release(images, labels)
        for a, b in zip(found.changes, wanted, strict=True):
            torch.testing.assert_close(a, b, rtol=1e-4, atol=1e-6)


@pytest.mark.parametrize(("optimizer", "momentum"), [("sgd", 0.0), ("sgd", 0.9), ("adam", 0.0)])
def test_update_is_that_of_the_sites_own_training(optimizer, momentum):
    pixels = Pixels(phantoms().images[:4], np.arange(4) % 3)
    config = LocalTraining(
        steps=3, batch_size=4, optimizer=optimizer, learning_rate=0.01, final_learning_rate=0.01,
        momentum=momentum, augmentation=STILL,
    )  # fmt: skip
    model = network()
    before = copy.deepcopy(model.state_dict())
    fit(
        model, pixels, pixels, config=config, round_number=1, total_rounds=1, normalisation=scale(), seed=0
    )  # fmt: skip
    plan = AuditPlan(local_optimizer=optimizer, local_learning_rate=0.01, local_momentum=momentum, local_steps=3)
    victim = Victim.of(network(), replace(PLAIN, view="update", local_steps=3), plan)
    found = victim.release(*batch(4))
    for name, change in zip(victim.weights, found.changes, strict=True):
        torch.testing.assert_close(change, model.state_dict()[name] - before[name], rtol=2e-2, atol=2e-4)


def test_sum_is_the_mean_of_what_each_site_sends():
    images, labels = batch(6)
    part = replace(PLAIN, view="secure_sum", batch_size=2, sites=3)
    whole = Victim.of(network(), part, AuditPlan()).release(images, labels)
    single = Victim.of(network(), replace(PLAIN, batch_size=2), AuditPlan())
    each = [single.release(images[k : k + 2], labels[k : k + 2]) for k in (0, 2, 4)]
    for position, tensor in enumerate(whole.changes):
        torch.testing.assert_close(tensor, sum(one.changes[position] for one in each) / 3)


def test_statistics_are_what_the_running_statistics_of_training_reveal():
    images, labels = batch(4)
    model = network().train()
    model(images)
    sent = Victim.of(network(), PLAIN, AuditPlan(statistics_weight=1)).release(images, labels).statistics
    revealed = []
    for layer in model.modules():
        if isinstance(layer, torch.nn.BatchNorm2d):
            assert layer.running_mean is not None
            assert layer.running_var is not None
            revealed += [layer.running_mean / 0.1, (layer.running_var - 0.9) / 0.1]
    assert len(sent) == len(revealed) == 8
    for a, b in zip(sent, revealed, strict=True):
        torch.testing.assert_close(a, b, rtol=1e-3, atol=1e-5)


def test_statistics_of_several_steps_are_what_the_sites_own_training_reveals():
    pixels, steps = Pixels(phantoms().images[:4], np.arange(4) % 3), 3
    config = LocalTraining(
        steps=steps, batch_size=4, optimizer="sgd", learning_rate=0.3, final_learning_rate=0.3, momentum=0.0,
        augmentation=STILL,
    )  # fmt: skip
    model = network()
    fit(model, pixels, pixels, config=config, round_number=1, total_rounds=1, normalisation=scale(), seed=0)
    plan = AuditPlan(local_learning_rate=0.3, local_steps=steps)
    victim = Victim.of(network(), replace(PLAIN, view="update", local_steps=steps), plan)
    sent = victim.release(*batch(4)).statistics
    left, revealed = 0.9**steps, []
    for layer in model.modules():
        if isinstance(layer, torch.nn.BatchNorm2d):
            assert layer.running_mean is not None
            assert layer.running_var is not None
            revealed += [layer.running_mean / (1 - left), (layer.running_var - left) / (1 - left)]
    for a, b in zip(sent, revealed, strict=True):
        torch.testing.assert_close(a, b, rtol=2e-3, atol=2e-4)


def private(noise: float, *, clip: float = 0.5) -> AuditPlan:
    return AuditPlan(privacy=NoisySteps(noise_multiplier=noise, clip=clip))


def test_a_private_gradient_is_the_sum_that_sites_make():
    images, labels = batch(4)
    model, promise = network("group"), PrivacyPlan(noise_multiplier=1e-6, clip=0.5, sample_rate=1.0, delta=1e-5)
    grid = Grid.of(promise, dimension=sum(tensor.numel() for tensor in model.parameters()))
    words = noisy_sum(
        model, Pixels(phantoms().images[:4], labels.numpy()), [f"p{k}" for k in range(4)], privacy=promise, grid=grid,
        config=LocalTraining(augmentation=STILL), normalisation=scale(),
    )  # fmt: skip
    victim = Victim.of(model, PLAIN, private(1e-6))
    for name, found in zip(victim.weights, victim.release(images, labels).changes, strict=True):
        wanted = torch.from_numpy(words[name] / grid.clip_steps * promise.clip / 4).float()
        torch.testing.assert_close(found, wanted, rtol=1e-3, atol=1e-5)


@pytest.mark.parametrize(("sites", "steps"), [(1, 0), (2, 0), (1, 2)])
def test_noise_has_the_spread_that_it_should_have_and_is_made_at_each_site_and_step(sites, steps):
    images, labels = batch(2 * sites)
    part = replace(PLAIN, batch_size=2, sites=sites, local_steps=steps, mode="eval")
    victim = Victim.of(network("group"), part, private(3.0))
    noisy = victim.release(images, labels, noise=torch.Generator().manual_seed(1)).changes
    exact = victim.release(images, labels).changes
    noise = torch.cat([(a - b).reshape(-1) for a, b in zip(noisy, exact, strict=True)])
    if steps:  # steps of rate 0.01, each with noise of its own; the clipped gradients differ by little beside it
        noise = noise / (0.01 * steps**0.5)
    assert float(noise.detach().std()) == pytest.approx(3.0 * 0.5 / 2 / sites**0.5, rel=0.05)


def test_noise_needs_group_normalisation_and_spares_the_positive_control():
    with pytest.raises(VictimError, match="BatchNorm"):
        Victim.of(network(), PLAIN, private(1.0))
    assert Victim.of(network("group"), POSITIVE, private(1.0)).privacy is None


def test_a_plan_without_noise_is_written_as_it_was_before_there_was_any():
    assert "privacy" not in AuditPlan().model_dump(mode="json")
    noisy = private(2.0)
    assert noisy.model_dump(mode="json")["privacy"] == {"noise_multiplier": 2.0, "clip": 0.5}
    assert AuditPlan.model_validate(noisy.model_dump(mode="json")) == noisy


def test_nothing_but_changes_is_sent_in_eval_mode_with_group_normalisation_or_where_the_plan_says_so():
    images, labels = batch(2)
    small = replace(PLAIN, batch_size=2)
    for model, part, weight in (
        (network(), replace(small, mode="eval"), 1.0),
        (network("group"), small, 1.0),
        (network(), small, 0.0),
    ):
        assert Victim.of(model, part, AuditPlan(statistics_weight=weight)).release(images, labels).statistics == ()


def test_model_stays_as_it_was():
    model = network()
    before = state_hash(model.state_dict())
    Victim.of(model, replace(PLAIN, local_steps=2), AuditPlan()).release(*batch(4))
    assert state_hash(model.state_dict()) == before
    assert prepared(model, "train") is not model


@pytest.mark.parametrize(
    ("view", "sites", "steps", "mode", "optimizer"),
    [
        (*view, mode, optimizer)
        for view, mode, optimizer in product(
            (("gradient", 1, 0), ("update", 1, 2), ("secure_sum", 2, 0), ("secure_sum", 2, 2)),
            ("train", "eval"),
            ("sgd", "adam"),
        )
    ],
)
def test_distance_is_zero_at_the_truth_and_only_there(view, sites, steps, mode, optimizer):
    images, labels = batch(2 * sites)
    plan = AuditPlan(local_optimizer=optimizer)
    victim = Victim.of(network(), Part(view, 2, sites, steps, mode, 1), plan)
    target = Target.of(victim.release(images, labels).detached(), plan)
    truth = images.clone().requires_grad_()
    assert float(target.distance(victim.release(truth, labels, differentiable=True)).detach()) < 1e-4
    other = images.flip(3)
    assert float(target.distance(victim.release(other, labels)).detach()) > 1e-3


def test_order_of_a_batch_changes_nothing():
    images, labels = batch(4)
    victim = Victim.of(network(), PLAIN, AuditPlan())
    there, back = victim.release(images, labels), victim.release(images.flip(0), labels.flip(0))
    for a, b in zip(there.changes, back.changes, strict=True):
        torch.testing.assert_close(a, b, rtol=1e-3, atol=1e-6)


def test_release_hides_its_values_in_its_repr():
    assert repr(Release((torch.ones(3),), ())) == "Release()"
