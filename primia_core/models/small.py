"""A small network for tests, phantoms and slow links: four convolutions, about 98,000 parameters. Knows no weights."""

from typing import cast

from torch import Tensor, nn

from primia_core.models.layers import norm, pool
from primia_core.models.spec import ModelSpec

WIDTHS = (16, 32, 64, 128)


class SmallCNN(nn.Module):
    """Convolution, normalisation, ReLU and pool, three times; once more without the pool; then the mean over space."""

    def __init__(self, spec: ModelSpec) -> None:
        super().__init__()
        layers: list[nn.Module] = []
        channels = spec.channels
        for width in WIDTHS:
            layers += [nn.Conv2d(channels, width, 3, padding=1, bias=False), norm(spec, width), nn.ReLU()]
            if width != WIDTHS[-1]:
                layers.append(pool(spec, kernel=2, stride=2))
            channels = width
        self.features = nn.Sequential(*layers)
        self.avgpool = nn.AdaptiveAvgPool2d(1)
        self.fc = nn.Linear(channels, spec.classes)

    def forward(self, x: Tensor) -> Tensor:
        """Map images (batch, channel, height, width) to logits (batch, class)."""
        return cast(Tensor, self.fc(self.avgpool(self.features(x)).flatten(1)))
