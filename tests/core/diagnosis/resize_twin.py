"""The resampling that a picture goes through, as docs/diagnosis-protocol.md says it: the recipe for other languages."""

import numpy as np


def weights(length: int, size: int) -> list[tuple[int, list[float]]]:
    """Return, for each output position, where its window begins and the weights in it; all in float64."""
    scale = length / size
    support = max(scale, 1.0)
    windows = []
    for position in range(size):
        centre = (position + 0.5) * scale
        first = max(int(centre - support + 0.5), 0)
        last = min(int(centre + support + 0.5), length)
        raw = [max(0.0, 1.0 - abs((x - centre + 0.5) * (1.0 / support))) for x in range(first, last)]
        total = sum(raw)
        windows.append((first, [weight / total for weight in raw]))
    return windows


def resized_rows(picture, size: int):
    """Resize the last axis: sums in float64, kept as float32. An axis that has its size already is left alone."""
    if picture.shape[1] == size:
        return picture
    out = np.empty((picture.shape[0], size), np.float32)
    for column, (first, window) in enumerate(weights(picture.shape[1], size)):
        total = np.zeros(picture.shape[0], np.float64)
        for offset, weight in enumerate(window):
            total += picture[:, first + offset].astype(np.float64) * weight
        out[:, column] = total
    return out


def squashed(picture, size: int):
    """Resize columns, then rows; times 255 in float32, rounded half to even, cut to bytes."""
    small = resized_rows(resized_rows(picture, size).T, size).T
    return np.clip(np.rint(small * np.float32(255)), 0, 255).astype(np.uint8)
