"""What local training minimises: cross-entropy on soft targets, class weights, and FedProx's pull to the start."""

from collections.abc import Mapping, Sequence

import torch
from torch import Tensor, nn
from torch.nn.functional import cross_entropy


class Objective:
    """The loss of a batch, and the gradient that FedProx adds to it.

    Class weights multiply each class's part, and the sum is divided by the number of images, not by the weights that a
    batch happened to draw: so every site minimises the same thing whatever its own mixture of classes.
    """

    def __init__(
        self,
        model: nn.Module,
        class_weights: Sequence[float] | None = None,
        proximal: tuple[float, Mapping[str, Tensor]] | None = None,
    ) -> None:
        self._weights = None if class_weights is None else torch.tensor(class_weights, dtype=torch.float32)
        self._mu, self._parameters, self._start = 0.0, [], []
        if proximal is not None:
            mu, reference = proximal
            named = [(n, p) for n, p in model.named_parameters() if p.requires_grad]
            self._mu = mu
            self._parameters = [parameter for _, parameter in named]
            self._start = [torch.empty_like(parameter).copy_(reference[name]).detach() for name, parameter in named]

    def loss(self, logits: Tensor, targets: Tensor) -> Tensor:
        """Return the mean loss over the batch, without the proximal term.

        Args:
            logits: (batch, class), any floating type.
            targets: (batch, class), rows summing to 1.
        """
        return cross_entropy(logits.float(), targets, weight=self._weights)

    def pull(self) -> None:
        """Add mu (w - w_start), the gradient of mu/2 |w - w_start|^2, to the gradients (Li et al. 2020, eq. 2)."""
        for parameter, start in zip(self._parameters, self._start, strict=True):
            if parameter.grad is not None:
                parameter.grad.add_(parameter.detach() - start, alpha=self._mu)


def class_count(model: nn.Module) -> int:
    """Return the number of outputs of a network's last linear layer."""
    return [layer for layer in model.modules() if isinstance(layer, nn.Linear)][-1].out_features
