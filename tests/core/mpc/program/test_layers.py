"""Each kind of layer alone, over its geometry, against torch: within the bound that its roundings allow."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn
from torch.nn import functional

from primia_core.mpc.profile import FAST, PRECISE
from primia_core.mpc.program import count, prepare
from tests.core.mpc.program.networks import check_against_torch, images, settled

pytestmark = pytest.mark.filterwarnings("ignore:Using padding='same' with even kernel:UserWarning")
PROFILES = st.sampled_from([FAST, PRECISE])
A_FEW = settings(max_examples=30, deadline=None)
pair = lambda low, high: st.tuples(st.integers(low, high), st.integers(low, high))  # noqa: E731


def network(*layers: nn.Module) -> nn.Module:
    return settled(nn.Sequential(*layers, nn.Flatten()))


@A_FEW
@given(
    st.data(),
    PROFILES,
    st.sampled_from([(1, 1, 1), (3, 4, 1), (4, 6, 2), (3, 6, 3), (4, 4, 4)]),
    pair(1, 4),
    pair(1, 3),
    pair(1, 2),
    st.booleans(),
)
def test_a_convolution_agrees_with_torch_for_every_geometry(data, profile, channels, kernel, stride, dilation, bias):
    within, out, groups = channels
    padding = data.draw(st.one_of(pair(0, 3), st.sampled_from(["valid", "same"])))
    if padding == "same":
        stride = (1, 1)
    torch.manual_seed(0)
    layer = nn.Conv2d(within, out, kernel, stride, padding, dilation, groups, bias)
    check_against_torch(network(layer), images((within, 9, 8)), profile)


@pytest.mark.parametrize("kernel", [2, 4, (2, 3)])
def test_same_padding_of_an_even_kernel_leaves_the_larger_half_at_the_end(kernel):
    torch.manual_seed(0)
    model = check_against_torch(network(nn.Conv2d(2, 3, kernel, padding="same")), images((2, 6, 5)), PRECISE)
    assert model.program.operations[1].terms[0].padding[0][1] == model.program.operations[1].terms[0].padding[0][0] + 1


@A_FEW
@given(st.data(), PROFILES, pair(1, 4), pair(1, 3), pair(1, 2), st.booleans(), st.booleans())
def test_a_max_pool_agrees_with_torch_for_every_geometry(data, profile, kernel, stride, dilation, ceil, rectified):
    padding = tuple(data.draw(st.integers(0, side // 2)) for side in kernel)
    torch.manual_seed(0)
    pool = nn.MaxPool2d(kernel, stride, padding, dilation, ceil_mode=ceil)
    layers = [nn.Conv2d(2, 3, 1), nn.ReLU(), pool] if rectified else [nn.Conv2d(2, 3, 1), pool]
    check_against_torch(network(*layers), images((2, 9, 10)), profile)


@A_FEW
@given(st.data(), PROFILES, pair(1, 4), pair(1, 3), st.booleans(), st.booleans(), st.sampled_from([None, 1, 5]))
def test_an_average_pool_agrees_with_torch_for_every_geometry(
    data, profile, kernel, stride, ceil, counts_padding, divisor
):
    padding = tuple(data.draw(st.integers(0, side // 2)) for side in kernel)
    pool = nn.AvgPool2d(kernel, stride, padding, ceil, counts_padding, divisor)
    check_against_torch(network(pool), images((2, 9, 10)), profile)


@A_FEW
@given(PROFILES, st.integers(1, 9), st.one_of(st.none(), st.integers(1, 9)))
def test_an_adaptive_average_pool_agrees_with_torch_for_every_size(profile, rows, columns):
    check_against_torch(network(nn.AdaptiveAvgPool2d((rows, columns))), images((2, 7, 9)), profile)


@pytest.mark.parametrize("profile", [FAST, PRECISE])
@pytest.mark.parametrize("bias", [True, False])
def test_linear_layers_read_images_as_features_in_torchs_order(profile, bias):
    torch.manual_seed(0)
    layers = [nn.Flatten(), nn.Linear(2 * 3 * 4, 7, bias), nn.ReLU(), nn.Linear(7, 3, bias)]
    check_against_torch(nn.Sequential(*layers), images((2, 3, 4)), profile)


def test_a_normalisation_is_folded_into_the_layer_before_it():
    torch.manual_seed(0)
    features = [nn.Conv2d(2, 4, 3), nn.BatchNorm2d(4), nn.ReLU(), nn.Flatten()]
    module = settled(nn.Sequential(*features, nn.Linear(4 * 16, 3), nn.BatchNorm1d(3)))
    model = check_against_torch(module, images((2, 6, 6)), PRECISE)
    assert sorted(model.weights) == ["0.bias", "0.weight", "4.bias", "4.weight"]


def test_a_normalisation_that_follows_no_convolution_becomes_one():
    module = network(nn.BatchNorm2d(3), nn.ReLU(), nn.BatchNorm2d(3, affine=False))
    model = check_against_torch(module, images((3, 4, 4)), PRECISE)
    assert model.program.operations[1].terms[0].groups == 3
    assert sorted(model.weights) == ["0.bias", "0.weight", "2.bias", "2.weight"]


def test_a_convolution_that_something_else_reads_too_keeps_its_weights():
    class Twice(nn.Module):
        def __init__(self):
            super().__init__()
            self.conv, self.norm = nn.Conv2d(1, 2, 3), nn.BatchNorm2d(2)

        def forward(self, x):
            x = self.conv(x)
            return (x + self.norm(x)).flatten(1)

    torch.manual_seed(0)
    model = check_against_torch(settled(Twice()), images((1, 5, 5)), PRECISE)
    assert {"conv.weight", "norm.weight"} <= set(model.weights)


class Functions(nn.Module):
    def __init__(self, rectify, tail):
        super().__init__()
        self.conv, self.rectify, self.tail = nn.Conv2d(1, 2, 3, padding=1), rectify, tail

    def forward(self, x):
        return self.tail(self.rectify(self.conv(x)))


@pytest.mark.parametrize(
    "rectify",
    [
        nn.ReLU(inplace=True),
        functional.relu,
        torch.relu,
        lambda x: x.relu(),
        lambda x: x.relu_(),
        lambda x: functional.relu(x, inplace=True),
        lambda x: functional.relu(input=x),
    ],
)
@pytest.mark.parametrize(
    "tail",
    [
        nn.Flatten(),
        lambda x: torch.flatten(x, 1),
        lambda x: x.flatten(start_dim=1),
        lambda x: x.view(x.size(0), -1),
        lambda x: x.reshape(x.shape[0], 2 * 36),
        lambda x: x.view(-1, 72),
        lambda x: functional.dropout(x, 0.5, False).contiguous().reshape((x.size()[0], -1)),
        lambda x: functional.max_pool2d(x, 3, 2, padding=1).flatten(1),
        lambda x: functional.avg_pool2d(x, 2, stride=1).flatten(1),
        lambda x: functional.adaptive_avg_pool2d(x, (1, 2)).flatten(1),
    ],
)
def test_modules_functions_and_methods_mean_the_same(rectify, tail):
    torch.manual_seed(0)
    model = check_against_torch(Functions(rectify, tail).eval(), images((1, 6, 6)), PRECISE)
    assert count(model.program).of_kind["relu"] == 1


@pytest.mark.parametrize(
    "add",
    [
        lambda a, b: a + b,
        torch.add,
        lambda a, b: a.add(b),
        lambda a, b: a.add_(b),
        lambda a, b: torch.add(input=a, other=b),
    ],
)
def test_a_sum_of_two_convolutions_is_one_linear_operation(add):
    class Two(nn.Module):
        def __init__(self):
            super().__init__()
            self.a, self.b = nn.Conv2d(2, 3, 3, 2, 1), nn.Conv2d(2, 3, 1, 2, bias=False)

        def forward(self, x):
            return functional.relu(add(self.a(x), self.b(x))).flatten(1)

    torch.manual_seed(0)
    model = check_against_torch(Two().eval(), images((2, 6, 6)), PRECISE)
    assert [operation.kind for operation in model.program.operations] == [
        *("input", "linear", "truncate", "relu", "reshape", "linear", "output")
    ]
    assert [term.kind for term in model.program.operations[1].terms] == ["convolution", "convolution"]


def test_an_identity_skip_is_an_exact_integer_multiple():
    class Skip(nn.Module):
        def __init__(self):
            super().__init__()
            self.conv = nn.Conv2d(2, 2, 3, 1, 1)

        def forward(self, x):
            return functional.relu(self.conv(x) + x).flatten(1)

    torch.manual_seed(0)
    program = check_against_torch(Skip().eval(), images((2, 5, 5))).program
    skip = program.operations[1].terms[1]
    assert skip.factor > 1
    assert program.scales[1] == skip.factor * program.scales[0]


def test_values_of_different_scales_may_be_added_without_a_convolution():
    class Branches(nn.Module):
        def __init__(self):
            super().__init__()
            self.a, self.b = nn.Conv2d(1, 2, 3, 1, 1), nn.Conv2d(1, 2, 3, 1, 1)

        def forward(self, x):
            a, b = functional.relu(self.a(x)), functional.relu(self.b(x))
            return (a + b + b).flatten(1)

    torch.manual_seed(0)
    for profile in (FAST, PRECISE):
        check_against_torch(Branches().eval(), images((1, 5, 5)), profile)


def test_an_operation_in_place_changes_what_later_layers_read():
    class Mutating(nn.Module):
        def __init__(self):
            super().__init__()
            self.conv, self.rectify, self.drop = nn.Conv2d(1, 2, 3, 1, 1), nn.ReLU(inplace=True), nn.Dropout()

        def forward(self, x):
            y = self.conv(x)
            z = self.rectify(self.drop(y))
            return (y + z).flatten(1)

    torch.manual_seed(0)
    check_against_torch(Mutating().eval(), images((1, 5, 5)), PRECISE)


def test_a_max_pool_of_an_image_compares_truncated_multiples_and_needs_no_sign_test():
    model = check_against_torch(network(nn.MaxPool2d(2)), images((1, 6, 6)))
    assert [operation.kind for operation in model.program.operations[1:4]] == ["linear", "truncate", "maximum"]
    assert count(model.program).of_kind["relu"] == 0
    rectified = check_against_torch(network(nn.AvgPool2d(2), nn.ReLU(), nn.MaxPool2d(3)), images((1, 6, 6)))
    assert count(rectified.program).elements("relu") == 1


def test_a_layer_at_two_places_has_weights_of_its_own_at_each():
    torch.manual_seed(0)
    conv = nn.Conv2d(2, 2, 3, padding=1)
    model = check_against_torch(network(conv, nn.ReLU(), conv, nn.ReLU()), images((2, 5, 5)), PRECISE)
    assert sorted(model.weights) == ["0#2.bias", "0#2.weight", "0.bias", "0.weight"]
    once = Functions(nn.Identity(), nn.Flatten())
    twice = nn.Sequential(once.conv, nn.ReLU(), nn.Conv2d(2, 1, 1), once.conv, nn.Flatten())
    check_against_torch(twice.eval(), images((1, 5, 5)), PRECISE)


def test_layers_that_lead_nowhere_cost_nothing():
    class Detour(nn.Module):
        def __init__(self):
            super().__init__()
            self.a, self.b = nn.Conv2d(1, 2, 3), nn.Conv2d(1, 2, 3)

        def forward(self, x):
            functional.relu(self.b(x))
            return self.a(x).flatten(1)

    assert "b.weight" not in prepare(Detour().eval(), images((1, 5, 5))).weights


def test_preparing_leaves_modes_and_weights_as_they_were():
    module = nn.Sequential(nn.Conv2d(1, 2, 3), nn.BatchNorm2d(2).eval(), nn.Dropout(), nn.Flatten())
    before = {name: value.clone() for name, value in module.state_dict().items()}
    prepare(module, images((1, 5, 5)))
    assert [part.training for part in module] == [True, False, True, True]
    assert all(torch.equal(value, before[name]) for name, value in module.state_dict().items())


def test_weights_of_a_million_times_the_usual_size_still_fit():
    torch.manual_seed(0)
    layer = nn.Conv2d(1, 2, 3)
    layer.weight.data *= 1e6
    check_against_torch(network(layer, nn.ReLU(), nn.Conv2d(2, 2, 1)), images((1, 5, 5)), slack=1e-6)
    assert np.isfinite(prepare(network(layer), images((1, 5, 5))).program.scales).all()
