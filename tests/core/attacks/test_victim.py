"""What a victim sends is what an honest site's own code sends, and an attacker's copy of it sends the same."""

import copy
from dataclasses import replace
from itertools import product

import numpy as np
import pytest
import torch
from torch import Tensor
from torch.nn.functional import cross_entropy

from primia_core.attacks.inversion import Target
from primia_core.attacks.plan import AuditPlan, Part
from primia_core.attacks.victim import Release, Victim, prepared
from primia_core.imaging import Pixels
from primia_core.models.weights import state_hash
from primia_core.training import Augmentation, LocalTraining, fit
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
