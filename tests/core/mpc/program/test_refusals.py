"""What cannot be computed is refused by name and place before anything runs, all of it at once."""

import numpy as np
import pytest
import torch
from torch import nn
from torch.nn import functional

from primia_core.models.registry import build_model
from primia_core.models.spec import ModelSpec
from primia_core.mpc.errors import CalibrationError, ProgramError, UnsupportedLayer
from primia_core.mpc.program import prepare
from primia_core.mpc.program.trace import trace
from tests.core.mpc.program.networks import images

GIVEN = images((1, 8, 8))


def refusal(module, given=GIVEN):
    with pytest.raises(UnsupportedLayer) as caught:
        prepare(module, given)
    assert caught.value.code == "mpc.unsupported_layer"
    return str(caught.value)


class Applied(nn.Module):
    def __init__(self, function):
        super().__init__()
        self.conv, self.function = nn.Conv2d(1, 2, 3, padding=1), function

    def forward(self, x):
        return self.function(self.conv(x)).flatten(1)


class Inner(nn.Module):
    def __init__(self, function):
        super().__init__()
        self.block = Applied(function)

    def forward(self, x):
        return self.block(x)


def test_every_group_normalisation_of_our_network_is_named_with_advice():
    told = refusal(build_model(ModelSpec(normalisation="group"), seed=0), images((1, 32, 32), 2))
    assert told.count("GroupNorm at ") == 20
    assert "GroupNorm at layer3.0.downsample.1" in told
    assert "batch normalisation" in told
    assert "Supported are Conv2d" in told


@pytest.mark.parametrize(
    ("layer", "name"),
    [
        (nn.SiLU(), "SiLU"),
        (nn.Sigmoid(), "Sigmoid"),
        (nn.Softmax(1), "Softmax"),
        (nn.LeakyReLU(), "LeakyReLU"),
        (nn.ReLU6(), "ReLU6"),
        (nn.InstanceNorm2d(2), "InstanceNorm2d"),
        (nn.ConvTranspose2d(2, 2, 3), "ConvTranspose2d"),
        (nn.MaxPool2d(2, return_indices=True), "MaxPool2d"),
        (nn.AdaptiveMaxPool2d(1), "AdaptiveMaxPool2d"),
        (nn.BatchNorm2d(2, track_running_stats=False), "BatchNorm2d"),
        (nn.Conv2d(2, 2, 3, padding=1, padding_mode="reflect"), "Conv2d"),
        (nn.AvgPool2d(2, divisor_override=-1), "AvgPool2d"),
    ],
)
def test_a_layer_that_is_not_supported_is_named_with_its_place(layer, name):
    assert f"{name} at block.function" in refusal(Inner(layer))


@pytest.mark.parametrize(
    ("function", "name"),
    [
        (torch.sigmoid, "sigmoid"),
        (lambda x: x * 2, "mul"),
        (lambda x: x + 1, "add"),
        (lambda x: torch.add(x, x, alpha=2), "add"),
        (lambda x: x.mean((2, 3)), "mean"),
        (lambda x: torch.cat([x, x], 1), "cat"),
        (lambda x: functional.dropout(x, 0.5), "dropout"),
        (lambda x: x.permute(0, 2, 3, 1), "permute"),
        (lambda x: x[:, :1], "getitem"),
        (lambda x: x.abs(), "abs"),
    ],
)
def test_a_function_that_is_not_supported_is_named_with_its_module(function, name):
    assert f"{name} at block:" in refusal(Inner(function))


def test_all_that_is_not_supported_is_listed_at_once():
    told = refusal(nn.Sequential(nn.Conv2d(1, 2, 3), nn.GELU(), nn.Conv2d(2, 2, 3), nn.Tanh(), nn.Flatten()))
    assert told.startswith("2 layers cannot run encrypted")
    assert "GELU at 1" in told
    assert "Tanh at 3" in told


def test_nothing_runs_before_the_refusal():
    class Exploding(nn.GroupNorm):
        def forward(self, x):
            raise AssertionError("it ran")

    Exploding.__module__ = "torch.nn.modules.normalization"
    assert "Exploding at 1" in refusal(nn.Sequential(nn.Conv2d(1, 2, 3), Exploding(1, 2), nn.Flatten()))


def test_a_subclass_with_a_forward_of_its_own_is_not_taken_for_its_parent():
    class Doubled(nn.Conv2d):
        def forward(self, x):
            return 2 * super().forward(x)

    assert "mul at 0" in refusal(nn.Sequential(Doubled(1, 2, 3), nn.Flatten()))


def test_a_parameter_is_no_value_that_can_be_added():
    class Shifted(nn.Module):
        def __init__(self):
            super().__init__()
            self.shift = nn.Parameter(torch.ones(1))

        def forward(self, x):
            return (x + self.shift).flatten(1)

    assert "no value that depends on the image" in refusal(Shifted())


def test_hooks_that_tracing_does_not_see_are_refused():
    conv = nn.Conv2d(1, 2, 3)
    conv.register_forward_hook(lambda module, given, out: out * 2)
    assert "forward hooks" in refusal(nn.Sequential(conv, nn.Flatten()))


def test_a_branch_on_values_is_refused():
    class Branching(nn.Module):
        def forward(self, x):
            return x.flatten(1) if x.sum() > 0 else -x.flatten(1)

    assert "must not depend on the values" in refusal(Branching())


def test_two_inputs_or_two_outputs_are_refused():
    class Inputs(nn.Module):
        def forward(self, x, y):
            return (x + y).flatten(1)

    class Outputs(nn.Module):
        def forward(self, x):
            return x.flatten(1), x

    assert "second input (y)" in refusal(Inputs())
    assert "more than one tensor" in refusal(Outputs())


@pytest.mark.parametrize(
    ("layers", "told"),
    [
        ((nn.Conv2d(3, 2, 3), nn.Flatten()), "takes 3 channels and is given 1"),
        ((nn.Conv2d(1, 2, 9), nn.Flatten()), "kernel is larger than the image of 8x8"),
        ((nn.Flatten(), nn.Linear(63, 2)), "takes 63 features and is given 64"),
        ((nn.Conv2d(1, 2, 3), nn.Linear(6, 2), nn.Flatten()), "flatten first"),
        ((nn.MaxPool2d(9), nn.Flatten()), "larger than the image"),
        ((nn.MaxPool2d(2, dilation=9, padding=1, ceil_mode=True), nn.Flatten()), "padding alone"),
        ((nn.Flatten(2),), "only 1 to the last"),
    ],
)
def test_a_layer_that_the_image_does_not_fit_is_named(layers, told):
    assert told in refusal(nn.Sequential(*layers))


def test_a_reshape_that_is_no_flattening_is_refused():
    assert "only flattening is supported" in refusal(Inner(lambda x: x.view(x.size(0), 4, -1)))


def test_a_network_that_ends_with_an_image_is_refused():
    with pytest.raises(ProgramError, match=r"ends at 0 .* shape \(2, 6, 6\)"):
        prepare(nn.Sequential(nn.Conv2d(1, 2, 3)), GIVEN)


def test_a_label_needs_two_classes():
    with pytest.raises(ProgramError, match="one output"):
        prepare(nn.Sequential(nn.Flatten(), nn.Linear(64, 1)), GIVEN, policy="label")


def test_what_tracing_cannot_see_is_found_on_the_calibration_images():
    class Stateful(nn.Module):
        def __init__(self):
            super().__init__()
            self.conv = nn.Conv2d(1, 2, 3, padding=1)

        def forward(self, x):
            x = self.conv(x)
            alias = x
            x += x  # the trace has this as a new value, and torch changes `alias` too
            return (x + alias).flatten(1)

    torch.manual_seed(0)
    with pytest.raises(ProgramError, match="changed in place under two names"):
        prepare(Stateful(), GIVEN)


@pytest.mark.parametrize(
    ("given", "told"),
    [
        (np.zeros((0, 1, 8, 8), np.float32), "no calibration images"),
        (np.ones((4, 1, 8, 8), np.float32), "all calibration images are the same"),
        (np.repeat(GIVEN[:1], 4, 0), "all calibration images are the same"),
        (np.full((2, 1, 8, 8), np.nan, np.float32), "no finite numbers"),
        (GIVEN[0], "have shape"),
    ],
)
def test_calibration_images_that_say_nothing_are_refused(given, told):
    with pytest.raises(CalibrationError, match=told):
        prepare(nn.Sequential(nn.Flatten(), nn.Linear(64, 2)), given)


@pytest.mark.parametrize("margin", [0.0, -1.0, float("nan"), float("inf")])
def test_a_margin_that_is_none_is_refused(margin):
    with pytest.raises(CalibrationError, match="margin"):
        prepare(nn.Sequential(nn.Flatten(), nn.Linear(64, 2)), GIVEN, margin_bits=margin)


def test_a_single_layer_is_a_network_too():
    assert [layer.place for layer in trace(nn.Flatten(), (1, 2, 2))] == ["input", "0"]
