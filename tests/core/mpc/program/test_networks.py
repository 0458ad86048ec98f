"""Whole networks: ours and torchvision's, in both profiles, with the figures of the plan."""

from collections import Counter

import numpy as np
import pytest
import torch
from torch import nn
from torchvision.models import resnet18, resnet34, vgg16, vgg16_bn

from primia_core.models.registry import build_model
from primia_core.models.spec import ModelSpec
from primia_core.mpc.profile import FAST, PRECISE
from primia_core.mpc.program import count, measure, prepare, replay
from tests.core.mpc.program.networks import check_against_torch, images, real_logits, settled

FSS_ROUNDS = {"input": 1, "truncate": 1, "relu": 2, "maximum": 2, "lift": 1}
ONE_ROUND = {"input": 1, "truncate": 1, "relu": 1, "maximum": 1, "lift": 1}
GOALS = ((FAST, 0.02), (PRECISE, 1e-3))


def built(name, **spec):
    return settled(build_model(ModelSpec(name=name, **spec), seed=1))


@pytest.mark.parametrize(("profile", "goal"), GOALS, ids=["fast", "precise"])
@pytest.mark.parametrize("pool", ["max", "average"])
def test_our_small_network_keeps_the_goals(profile, goal, pool):
    module = built("small_cnn", stem_pool=pool)
    model = prepare(module, images((1, 32, 32), 32), profile=profile)
    figures = measure(model, module, images((1, 32, 32), 24, seed=1))
    assert figures.max_logit_error <= goal * max(1.0, np.abs(real_logits(module, images((1, 32, 32), 24, 1))).max())
    assert figures.excesses == ()


@pytest.mark.parametrize(("profile", "goal"), GOALS, ids=["fast", "precise"])
@pytest.mark.parametrize("pool", ["max", "average"])
def test_our_resnet_keeps_the_goals(profile, goal, pool):
    module = built("resnet18", stem_pool=pool)
    model = prepare(module, images((1, 32, 32), 32), profile=profile)
    given = images((1, 32, 32), 8, seed=1)
    want = real_logits(module, given)
    got = replay(model.program, model.weights, given)
    assert np.abs(got.logits - want).max() <= goal * np.abs(want).max()


@pytest.mark.parametrize(("pool", "fss", "one_round"), [("max", 60, 39), ("average", 52, 35)])
def test_our_resnet_has_the_operations_of_the_plan(pool, fss, one_round):
    model = prepare(built("resnet18", stem_pool=pool), images((1, 32, 32), 2))
    counts = count(model.program)
    assert counts.rounds(FSS_ROUNDS) == fss
    assert counts.rounds(ONE_ROUND) == one_round
    assert counts.of_kind["truncate"] == counts.of_kind["relu"] == 17
    assert counts.of_kind["linear"] == 18
    assert counts.of_kind["lift"] == 0
    assert counts.of_kind["maximum"] == (4 if pool == "max" else 0)
    terms = Counter(term.kind for op in model.program.operations if op.kind == "linear" for term in op.terms)
    assert terms == {"convolution": 21, "multiple": 5}


def test_what_a_pool_alone_reads_is_opened_behind_it():
    counts = count(prepare(built("resnet18", stem_pool="average"), images((1, 32, 32), 2)).program)
    assert counts.total("opened_wide") == 32 * 32 + counts.elements("relu") - 64 * 16 * 16 + 64 * 8 * 8


class Pooled(nn.Module):
    """A positive part, and the sum of what pools make of it."""

    def __init__(self, size, *pools):
        super().__init__()
        self.conv, self.pools = nn.Conv2d(1, 2, 3, padding=1), nn.ModuleList(pools)
        self.head = nn.Linear(2 * size * size, 2)

    def forward(self, x):
        y = torch.relu(self.conv(x))
        pooled = [pool(y) for pool in self.pools]
        return self.head(sum(pooled[1:], pooled[0]).flatten(1))


@pytest.mark.parametrize(
    ("size", "pools", "opened"),
    [
        (4, [nn.AvgPool2d(2)], False),
        (8, [nn.AvgPool2d(3, 1, 1)], True),
        (4, [nn.AvgPool2d(2), nn.AvgPool2d(2, count_include_pad=False)], True),
    ],
    ids=["a smaller pool", "a pool as large", "two pools"],
)
def test_a_positive_part_stays_shares_where_one_smaller_pool_alone_reads_it(size, pools, opened):
    torch.manual_seed(0)
    model = check_against_torch(settled(Pooled(size, *pools)), images((1, 8, 8), 16))
    assert [op.opened for op in model.program.operations if op.kind == "relu"] == [opened]
    assert {op.opens for op in model.program.operations if op.kind == "weighted_pool"} == {not opened}


def test_a_three_by_three_pool_takes_six_comparisons_for_each_output():
    counts = count(prepare(built("resnet18"), images((1, 32, 32), 2)).program)
    assert counts.elements("maximum") == 6 * 64 * 8 * 8
    stem = next(c for c in counts.operations if c.kind == "relu")
    assert stem.elements == 64 * 8 * 8


@pytest.mark.parametrize("build", [resnet18, resnet34])
def test_torchvisions_resnets_agree_with_torch(build):
    torch.manual_seed(0)
    module = settled(build(num_classes=3))
    given = images((3, 32, 32), 8)
    model = prepare(module, given)
    want = real_logits(module, given)
    assert np.abs(replay(model.program, model.weights, given).logits - want).max() <= 0.02 * np.abs(want).max()


def narrow_vgg(build):
    """Return torchvision's network with its three linear layers cut down, which is what makes it large."""
    torch.manual_seed(0)
    module = settled(build(num_classes=3, init_weights=False))
    module.classifier[0] = torch.nn.Linear(512 * 49, 32)
    module.classifier[3] = torch.nn.Linear(32, 32)
    module.classifier[6] = torch.nn.Linear(32, 3)
    for layer in module.modules():
        if isinstance(layer, torch.nn.Conv2d | torch.nn.Linear):
            torch.nn.init.kaiming_normal_(layer.weight)
    return module.eval()


@pytest.mark.slow
@pytest.mark.parametrize("build", [vgg16, vgg16_bn])
def test_torchvisions_vggs_agree_with_torch(build):
    module, given = narrow_vgg(build), images((3, 32, 32), 4)
    model = prepare(module, given)
    want = real_logits(module, given)
    assert np.abs(replay(model.program, model.weights, given).logits - want).max() <= 0.02 * np.abs(want).max()
    counts = count(model.program)
    assert (counts.of_kind["relu"], counts.of_kind["maximum"], counts.of_kind["lift"]) == (15, 10, 0)


@pytest.mark.slow
def test_our_vgg_at_full_size_agrees_with_torch():
    module, given = built("vgg16"), images((1, 32, 32), 4)
    model = prepare(module, given)
    want = real_logits(module, given)
    assert np.abs(replay(model.program, model.weights, given).logits - want).max() <= 0.02 * np.abs(want).max()


def test_images_of_another_size_than_calibrated_are_another_program():
    module = built("small_cnn")
    small, large = (prepare(module, images((1, side, side), 4)).program for side in (16, 24))
    assert small.digest != large.digest
