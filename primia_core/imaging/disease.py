"""Lay pneumonia over a drawn chest: a focal consolidation, or diffuse interstitial change. Knows no files."""

import numpy as np
from numpy.random import Generator

from primia_core.imaging.chest import Chest, Field, smooth_noise

CONSOLIDATED = 0.50


def consolidation(chest: Chest, rng: Generator, severity: float) -> Field:
    """Return what a bacterial pneumonia adds: a dense, ill-defined patch in one lobe, with air bronchograms.

    Args:
        chest: whose lungs are filled.
        rng: where, how large and how ragged.
        severity: 0 to 1.
    Returns:
        The fraction of air replaced, in [0, 1].
    """
    side = int(rng.integers(2))
    centre_x, _ = chest.centre((-1.0, 1.0)[side])
    filled = np.zeros_like(chest.x)
    for _ in range(1 if rng.random() < 0.75 else 2):
        cx = centre_x + rng.uniform(-0.20, 0.20)
        cy = rng.uniform(-0.50, 0.36)
        rx, ry = rng.uniform(0.10, 0.17) + 0.15 * severity, rng.uniform(0.09, 0.15) + 0.14 * severity
        ragged = 0.20 * smooth_noise(rng, chest.size, 9) + 0.12 * smooth_noise(rng, chest.size, 18)
        distance = np.hypot((chest.x - cx) / rx, (chest.y - cy) / ry) - 1 + ragged
        filled = np.maximum(filled, chest.soft(distance * 0.16, rng.uniform(0.02, 0.045)))
    bronchi = np.exp(-((smooth_noise(rng, chest.size, 11) / 0.22) ** 2))
    density = (0.45 + 0.5 * severity) * (1 - 0.28 * bronchi * rng.uniform(0.2, 1.0))
    return (filled * density * chest.lungs[side]).astype(np.float32)


def interstitial(chest: Chest, rng: Generator, severity: float) -> Field:
    """Return what a viral pneumonia adds: streaks and a fine net in both lungs, densest around the hila.

    Args and Returns: as ``consolidation``.
    """
    size = chest.size
    net = np.zeros_like(chest.x)
    for cells, width, weight in ((13, 0.20, 0.5), (21, 0.22, 0.45), (34, 0.28, 0.35)):
        net += weight * np.exp(-((smooth_noise(rng, size, cells) / width) ** 2))
    hilar = sum(
        np.exp(-(((chest.x - side * 0.22) / 0.27) ** 2) - ((chest.y - rng.uniform(-0.1, 0.12)) / 0.42) ** 2)
        for side in (-1.0, 1.0)
    )
    patchy = np.clip(1 + 0.35 * smooth_noise(rng, size, 4), 0.3, 1.7)
    haze = 0.10 + 0.16 * hilar
    change = (0.25 + 0.75 * severity) * patchy * (0.55 * net * (0.35 + 0.75 * hilar) + haze)
    return (np.clip(change, 0, 0.85) * np.maximum(*chest.lungs)).astype(np.float32)


def filled(chest: Chest, fraction: Field) -> Field:
    """Return the attenuation of ``chest`` with ``fraction`` of the air in its lungs replaced by fluid."""
    healthy = chest.attenuation
    room = np.clip(CONSOLIDATED + 0.05 - healthy, 0, None)
    return np.asarray(healthy + room * np.clip(fraction, 0, 1), np.float32)
