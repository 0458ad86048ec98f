"""How large the values of every sum become on plaintext images. Decides no scales.

Images come as the network takes them, normalised. They stay with whoever calibrates; what is public afterwards is one
scale for each layer, which tells the largest magnitude that any of them reached there.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from primia_core.mpc.errors import CalibrationError, ProgramError
from primia_core.mpc.program.evaluation import convolved, evaluate, evaluating, pooled
from primia_core.mpc.program.lowering import Draft
from primia_core.mpc.program.operations import Convolution, Linear, Truncate, WeightedPool
from primia_core.mpc.program.peaks import FEW, Peaks

Images = NDArray[np.float32]
CHUNK = 16
TRANSLATION_TOLERANCE = 1e-3


@dataclass
class Reals:
    """The float64 arithmetic of a draft; it notes peaks as it goes."""

    draft: Draft
    peaks: Peaks

    def linear(self, index: int, operation: Linear, sources: Sequence[Tensor]) -> Tensor:
        """Return the sum, and note its largest magnitude."""
        total = torch.zeros(())
        for term, source in zip(operation.terms, sources, strict=True):
            if isinstance(term, Convolution):
                total = total + convolved(source, self.draft.weights[term.weight].to(torch.float64), term)
            else:
                total = total + source
        if operation.bias is not None:
            total = total + self.draft.biases[operation.bias].reshape(-1, 1, 1)
        self._note(index, total)
        return total

    def truncate(self, index: int, operation: Truncate, value: Tensor) -> Tensor:
        """Return the value: real numbers have no fraction to lose."""
        return value

    def pool(self, index: int, operation: WeightedPool, value: Tensor) -> Tensor:
        """Return means."""
        return pooled(value, operation.rows, operation.columns) / self.draft.divisors[index]

    def _note(self, index: int, total: Tensor) -> None:
        self.peaks.sums[index] = max(self.peaks.sums.get(index, 0.0), float(total.abs().max()))
        self.peaks.highest[index] = max(self.peaks.highest.get(index, -math.inf), float(total.max()))


def calibrate(draft: Draft, images: Images, module: nn.Module | None = None) -> Peaks:
    """Run images through a draft in float64 and note how large its sums become.

    Args:
        draft: of the network.
        images: (number, channel, height, width) float32, normalised as the network takes them.
        module: where given, its logits are compared with the draft's.
    Returns:
        The peaks.
    Raises:
        CalibrationError: no images, of another shape, not finite, or all the same.
        ProgramError: the draft does not compute what the module does.
    Edge cases: a sum that is zero for all images has the peak zero and is reported, not refused.
    Cost: a float64 run of the network for each image.
    """
    check_images(draft, images)
    peaks = Peaks(len(images), float(np.abs(images).max()))
    reals = Reals(draft, peaks)
    for start in range(0, len(images), CHUNK):
        chunk = torch.from_numpy(images[start : start + CHUNK])
        logits = evaluate(draft.operations, chunk.to(torch.float64), reals)
        if module is not None and start == 0:
            _check_translation(module, chunk, logits)
    return peaks


def check_images(draft: Draft, images: Images) -> None:
    """Raise ``CalibrationError`` unless images can say something about a network."""
    shape = draft.operations[0].shape
    if images.ndim != 4 or images.shape[1:] != shape:
        raise CalibrationError(
            f"calibration images have shape {images.shape}, the network takes (number, {', '.join(map(str, shape))})"
        )
    if not len(images):
        raise CalibrationError(f"no calibration images; give {FEW} or more of the kind that will be diagnosed")
    if not np.isfinite(images).all():
        raise CalibrationError("calibration images hold values that are no finite numbers; leave those images out")
    if (images == images[0]).all() and (len(images) > 1 or (images == images[0, 0, 0, 0]).all()):
        raise CalibrationError("all calibration images are the same, which says nothing; give different ones")


def _check_translation(module: nn.Module, images: Tensor, logits: Tensor) -> None:
    """Compare with the module itself: tracing does not see, say, that a tensor is changed under two names."""
    with evaluating(module), torch.inference_mode():
        own = module(images).flatten(1).to(torch.float64)
    scale = max(float(own.abs().max()), 1e-6)
    worst = float((own - logits).abs().max()) if own.shape == logits.shape else float("inf")
    if not worst <= TRANSLATION_TOLERANCE * scale:
        raise ProgramError(
            f"the traced network differs from the module by {worst:.3g} in logits of up to {scale:.3g}; "
            "look for tensors that are changed in place under two names, or state that forward changes"
        )
