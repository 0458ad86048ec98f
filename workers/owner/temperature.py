"""By what logits are divided before they become probabilities, so that those are as sure as they are right.

Source: Guo, Pleiss, Sun, Weinberger, "On calibration of modern neural networks", ICML 2017, section 4.2.
"""

import math

import numpy as np
from numpy.typing import NDArray

LEAST_LABELLED = 30
WIDEST = math.log(20.0)
STEPS = 60
GOLDEN = (math.sqrt(5) - 1) / 2


def fitted(logits: NDArray[np.float64], labels: NDArray[np.int64]) -> float:
    """Return the temperature under which the labels are likeliest, between 1/20 and 20.

    Args:
        logits: (number, classes).
        labels: -1 where the class is not known; those do not count.
    Edge cases: fewer than 30 known labels, or of one class only, say nothing: 1.0. Where every label is right at any
        temperature, likelihood only grows towards 0, which would make everything sure: 1.0 as well.
    """
    known = labels >= 0
    logits, labels = logits[known], labels[known]
    if len(labels) < LEAST_LABELLED or len(set(labels.tolist())) < 2 or (logits.argmax(1) == labels).all():
        return 1.0
    low, high = -WIDEST, WIDEST
    for _ in range(STEPS):  # golden sections: the loss has one minimum in 1/T
        first, second = high - GOLDEN * (high - low), low + GOLDEN * (high - low)
        if _loss(logits, labels, first) < _loss(logits, labels, second):
            high = second
        else:
            low = first
    return round(math.exp((low + high) / 2), 4)


def _loss(logits: NDArray[np.float64], labels: NDArray[np.int64], log_temperature: float) -> float:
    scaled = logits / math.exp(log_temperature)
    scaled = scaled - scaled.max(1, keepdims=True)
    chosen = scaled[np.arange(len(labels)), labels]
    return float(np.mean(np.log(np.exp(scaled).sum(1)) - chosen))
