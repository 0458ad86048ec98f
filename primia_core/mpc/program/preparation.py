"""A trained module and a few plaintext images in, a model that can be shared out."""

import numpy as np
from numpy.typing import NDArray
from torch import nn

from primia_core.mpc.errors import CalibrationError
from primia_core.mpc.profile import FAST, Profile
from primia_core.mpc.program.calibration import calibrate
from primia_core.mpc.program.lowering import Policy, lower
from primia_core.mpc.program.model import SecureModel
from primia_core.mpc.program.report import report
from primia_core.mpc.program.scaling import MARGIN_BITS, scale
from primia_core.mpc.program.trace import trace


def prepare(
    module: nn.Module,
    images: NDArray[np.float32],
    *,
    profile: Profile = FAST,
    policy: Policy = "logits",
    margin_bits: float = MARGIN_BITS,
) -> SecureModel:
    """Make a secure program of a trained network.

    Args:
        module: of supported layers; its weights and mode stay as they are.
        images: (number, channel, height, width) float32, normalised as in training, like those to be diagnosed. They
            fix the scales, which are public: take mock images, or ones whose largest activations may be known.
        profile: widths in bits.
        policy: what the requester gets, logits or the label alone.
        margin_bits: how far the largest value of each sum stays below its limit.
    Returns:
        Program, integers and report.
    Raises:
        UnsupportedLayer: names all layers that no secure operation computes.
        CalibrationError: images that do not fit or say nothing.
        ProgramError: the network does not end with logits, or tracing has missed something.
    """
    if images.ndim != 4:
        raise CalibrationError(f"calibration images have shape {images.shape}; give (number, channel, height, width)")
    draft = lower(trace(module, images.shape[1:]), policy=policy)
    peaks = calibrate(draft, images, module)
    scaled = scale(draft, peaks, profile, margin_bits=margin_bits)
    about = report(scaled.program, scaled.weights, peaks, margin_bits=margin_bits)
    return SecureModel(scaled.program, scaled.weights, about)
