"""ResNet-18 with out-of-place ReLUs and additions, so that hooks, per-sample gradients and tracing see every value.

The names of its tensors are torchvision's. Knows no weights and no training.
"""

from typing import cast

from torch import Tensor, nn
from torch.nn.functional import relu

from primia_core.models.layers import norm, pool
from primia_core.models.spec import ModelSpec

WIDTHS = (64, 128, 256, 512)
BLOCKS_A_STAGE = 2


class BasicBlock(nn.Module):
    """Two 3x3 convolutions beside a skip that is the identity, or a 1x1 convolution where the shape changes."""

    def __init__(self, spec: ModelSpec, channels_in: int, channels: int, stride: int) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(channels_in, channels, 3, stride, 1, bias=False)
        self.bn1 = norm(spec, channels)
        self.conv2 = nn.Conv2d(channels, channels, 3, 1, 1, bias=False)
        self.bn2 = norm(spec, channels)
        self.downsample: nn.Module | None = None
        if stride != 1 or channels_in != channels:
            skip = nn.Conv2d(channels_in, channels, 1, stride, bias=False)
            self.downsample = nn.Sequential(skip, norm(spec, channels))

    def forward(self, x: Tensor) -> Tensor:
        """Map (batch, channels_in, h, w) to (batch, channels, h/stride, w/stride)."""
        skip = x if self.downsample is None else self.downsample(x)
        out = relu(self.bn1(self.conv1(x)))
        return relu(self.bn2(self.conv2(out)) + skip)


class ResNet18(nn.Module):
    """He et al. 2016, table 1, 18 layers. 11,171,779 parameters for one channel and three classes.

    With three channels and three classes it has 11,178,051.
    """

    def __init__(self, spec: ModelSpec) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(spec.channels, WIDTHS[0], 7, 2, 3, bias=False)
        self.bn1 = norm(spec, WIDTHS[0])
        self.pool = pool(spec, kernel=3, stride=2, padding=1)
        self.layer1, self.layer2, self.layer3, self.layer4 = (
            _stage(spec, WIDTHS[max(stage - 1, 0)], width, stride=1 if stage == 0 else 2)
            for stage, width in enumerate(WIDTHS)
        )
        self.avgpool = nn.AdaptiveAvgPool2d(1)
        self.fc = nn.Linear(WIDTHS[-1], spec.classes)

    def forward(self, x: Tensor) -> Tensor:
        """Map images (batch, channel, height, width) to logits (batch, class)."""
        x = self.pool(relu(self.bn1(self.conv1(x))))
        x = self.layer4(self.layer3(self.layer2(self.layer1(x))))
        return cast(Tensor, self.fc(self.avgpool(x).flatten(1)))


def _stage(spec: ModelSpec, channels_in: int, channels: int, *, stride: int) -> nn.Sequential:
    first = BasicBlock(spec, channels_in, channels, stride)
    return nn.Sequential(first, *(BasicBlock(spec, channels, channels, 1) for _ in range(BLOCKS_A_STAGE - 1)))
