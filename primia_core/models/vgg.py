"""VGG-16 with normalisation; the names of its tensors are those of torchvision's ``vgg16_bn``. Knows no weights."""

from typing import cast

from torch import Tensor, nn

from primia_core.models.layers import norm, pool
from primia_core.models.spec import ModelSpec

STAGES = ((64, 64), (128, 128), (256, 256, 256), (512, 512, 512), (512, 512, 512))
SIDE = 7
HIDDEN = 4096


class VGG16(nn.Module):
    """Simonyan and Zisserman 2015, configuration D, with a normalisation after each convolution.

    134 million parameters: 538 MB a site and round. Images have 32 pixels a side or more.
    """

    def __init__(self, spec: ModelSpec) -> None:
        super().__init__()
        layers: list[nn.Module] = []
        channels = spec.channels
        for stage in STAGES:
            for width in stage:
                layers += [nn.Conv2d(channels, width, 3, padding=1), norm(spec, width), nn.ReLU()]
                channels = width
            layers.append(pool(spec, kernel=2, stride=2))
        self.features = nn.Sequential(*layers)
        self.avgpool = nn.AdaptiveAvgPool2d(SIDE)
        self.classifier = nn.Sequential(
            nn.Linear(channels * SIDE * SIDE, HIDDEN),
            nn.ReLU(),
            nn.Dropout(),
            nn.Linear(HIDDEN, HIDDEN),
            nn.ReLU(),
            nn.Dropout(),
            nn.Linear(HIDDEN, spec.classes),
        )

    def forward(self, x: Tensor) -> Tensor:
        """Map images (batch, channel, height, width) to logits (batch, class)."""
        return cast(Tensor, self.classifier(self.avgpool(self.features(x)).flatten(1)))
