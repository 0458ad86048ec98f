"""The classes of a batch, read off the last bias: exact for single images, near for more."""

import numpy as np
import pytest
import torch

from primia_core.attacks.labels import inferred_labels, right, rounded
from primia_core.attacks.plan import AuditPlan, Part
from primia_core.attacks.victim import Victim
from tests.core.attacks.conftest import network
from tests.core.attacks.test_victim import batch


@pytest.mark.parametrize("steps", [0, 3])
@pytest.mark.parametrize("label", [0, 1, 2])
def test_label_of_a_single_image_is_exact(label, steps):
    images, _ = batch(8)
    for seed in range(4):
        for image in images.split(1):
            part = Part("update" if steps else "gradient", 1, 1, steps, "eval", 1)
            victim = Victim.of(network(seed=seed), part, AuditPlan())
            sent = victim.release(image, torch.tensor([label])).detached()
            assert inferred_labels(victim, sent, images).tolist() == [label]


def test_counts_of_a_batch_are_exact_where_the_guess_of_the_mean_prediction_is():
    images, _ = batch(8)
    labels = torch.tensor([0, 0, 0, 0, 0, 1, 2, 2])
    victim = Victim.of(network(), Part("gradient", 8, 1, 0, "train", 1), AuditPlan())
    inferred = inferred_labels(victim, victim.release(images, labels).detached(), images)
    assert inferred.tolist() == labels.tolist()
    noise = torch.randn(32, *images.shape[1:], generator=torch.Generator().manual_seed(0))
    guessed = inferred_labels(victim, victim.release(images, labels).detached(), noise)
    assert right(guessed, labels, 3) >= 6


def test_rounded_counts_keep_their_sum_and_order():
    rng = np.random.default_rng(0)
    for total in (1, 5, 17):
        for _ in range(50):
            counts = torch.from_numpy(rng.normal(total / 3, total / 3, 3)).float()
            whole = rounded(counts, total)
            assert int(whole.sum()) == total
            assert int(whole.min()) >= 0
    assert rounded(torch.tensor([2.0, 3.0, 1.0]), 6).tolist() == [2, 3, 1]
    assert int(rounded(torch.tensor([-1.0, -2.0, -3.0]), 4).sum()) == 4


def test_right_counts_labels_whatever_their_order():
    assert right(torch.tensor([0, 1, 1]), torch.tensor([1, 0, 2]), 3) == 2
