"""Random networks, branched as they come, against torch: whatever lowering makes of them, they compute the same."""

import numpy as np
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn
from torch.nn import functional

from primia_core.mpc.profile import FAST, PRECISE
from primia_core.mpc.program import count, prepare
from tests.core.mpc.program.networks import check_against_torch, images, settled

CHANNELS, SIDE = 2, 6
STEPS = st.lists(
    st.tuples(
        st.sampled_from(["conv", "norm", "relu", "relu_", "max", "average", "identity", "add", "add_"]),
        st.integers(0, 20),
        st.integers(0, 20),
    ),
    min_size=1,
    max_size=9,
)


class Graph(nn.Module):
    """Steps on values of one shape, each reading earlier ones."""

    def __init__(self, steps):
        super().__init__()
        self.steps = steps
        made = {
            "conv": lambda: nn.Conv2d(CHANNELS, CHANNELS, 3, padding=1),
            "norm": lambda: nn.BatchNorm2d(CHANNELS),
            "relu_": lambda: nn.ReLU(inplace=True),
            "max": lambda: nn.MaxPool2d(3, 1, 1),
            "average": lambda: nn.AvgPool2d(3, 1, 1, count_include_pad=False),
            "identity": nn.Dropout,
        }
        self.layers = nn.ModuleList([made.get(kind, nn.Identity)() for kind, _, _ in steps])
        self.head = nn.Linear(CHANNELS * SIDE * SIDE, 3)

    def forward(self, x):
        values = [x * 1.0 if isinstance(x, torch.Tensor) else x]  # torch would change the caller's image in place
        for layer, (kind, left, right) in zip(self.layers, self.steps, strict=True):
            a, b = values[left % len(values)], values[right % len(values)]
            if kind == "add":
                values.append(a + b)
            elif kind == "add_":
                values.append(a.add_(b))
            else:
                values.append(functional.relu(a) if kind == "relu" else layer(a))
        return self.head(values[-1].flatten(1))


@settings(max_examples=150, deadline=None)
@given(STEPS, st.sampled_from([FAST, PRECISE]))
def test_a_random_network_agrees_with_torch(steps, profile):
    torch.manual_seed(0)
    module = settled(Graph(steps))
    check_against_torch(module, images((CHANNELS, SIDE, SIDE)), profile, slack=1e-6)


def test_a_sum_that_a_relu_and_a_skip_read_is_truncated_once():
    """As in residual networks that normalise before they convolve."""
    steps = [("conv", 0, 0), ("relu", 1, 0), ("conv", 2, 0), ("add", 3, 1), ("relu", 4, 0)]
    torch.manual_seed(0)
    model = check_against_torch(Graph(steps).eval(), images((CHANNELS, SIDE, SIDE)), PRECISE)
    kinds = count(model.program).of_kind
    assert (kinds["truncate"], kinds["relu"], kinds["lift"]) == (2, 2, 1)


def test_pools_after_a_relu_share_its_truncation():
    steps = [("conv", 0, 0), ("relu", 1, 0), ("max", 2, 0), ("max", 3, 0), ("add", 2, 4)]
    torch.manual_seed(0)
    model = check_against_torch(Graph(steps).eval(), images((CHANNELS, SIDE, SIDE)), FAST)
    kinds = count(model.program).of_kind
    assert (kinds["truncate"], kinds["maximum"], kinds["relu"]) == (2, 8, 2)


def test_preparing_twice_gives_the_same_model():
    torch.manual_seed(0)
    module = Graph([("conv", 0, 0), ("relu", 1, 0)]).eval()
    one, two = (prepare(module, images((CHANNELS, SIDE, SIDE))) for _ in range(2))
    assert one.digest == two.digest
    assert all(np.array_equal(one.weights[name], two.weights[name]) for name in one.weights)
