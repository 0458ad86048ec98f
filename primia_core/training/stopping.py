"""Local early stopping: a site watches its own validation loss within a round. Knows no federation."""

from dataclasses import dataclass, field

from torch import Tensor, nn


@dataclass
class EarlyStopping:
    """Keep the weights of the best check, and say when there were ``patience`` checks in a row without a better one.

    The weights that a round starts from are never a check: a site always answers with work of its own.
    """

    patience: int
    best_loss: float = field(default=float("inf"), repr=False)
    best_step: int | None = None
    state: dict[str, Tensor] = field(default_factory=dict, repr=False)
    failed_checks: int = 0

    def check(self, model: nn.Module, loss: float, step: int) -> bool:
        """Take note of a validation loss after ``step`` steps; true when it is time to stop."""
        if loss < self.best_loss or self.best_step is None:
            self.best_loss, self.best_step, self.failed_checks = loss, step, 0
            self.state = snapshot(model)
        else:
            self.failed_checks += 1
        return self.failed_checks >= self.patience


def snapshot(model: nn.Module) -> dict[str, Tensor]:
    """Return a copy of a network's state dict, contiguous and by itself in memory."""
    return {name: tensor.detach().contiguous().clone() for name, tensor in model.state_dict().items()}
