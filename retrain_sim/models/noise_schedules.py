"""How much signal is left at every level of a diffusion's noise."""

from __future__ import annotations

import numpy as np
from jaxtyping import Float

LOWEST, HIGHEST, PUBLISHED_LEVELS = 1e-4, 0.02, 1000
MOST = 0.999
"""Noise added at one level, at most."""


def linear_noise(levels: int) -> Float[np.ndarray, " levels"]:
    """Return the noise added at each level, from 1e-4 to 0.02 at 1 000 levels.

    Fewer levels add proportionally more, so that the last is nearly pure noise.

    References:
        J. Ho, A. Jain, P. Abbeel, NeurIPS 2020, arXiv 2006.11239, section 4.

    Example:
        >>> linear_noise(1000)[[0, -1]].tolist()
        [0.0001, 0.02]
    """
    scale = PUBLISHED_LEVELS / levels
    return np.minimum(np.linspace(scale * LOWEST, scale * HIGHEST, levels), MOST)


def cosine_noise(levels: int) -> Float[np.ndarray, " levels"]:
    """Return the noise added at each level if the signal falls as a squared cosine.

    References:
        A. Nichol, P. Dhariwal, "Improved Denoising Diffusion Probabilistic Models",
        ICML 2021, arXiv 2102.09672, equation 17 (offset 0.008).

    Example:
        >>> cosine_noise(4).round(3).tolist()
        [0.153, 0.417, 0.708, 0.999]
    """
    offset = 0.008
    times = np.arange(levels + 1) / levels
    signal = np.cos((times + offset) / (1 + offset) * np.pi / 2) ** 2
    return np.minimum(1 - signal[1:] / signal[:-1], MOST)


SCHEDULES = {"cosine": cosine_noise, "linear": linear_noise}


def signal_levels(schedule: str, levels: int) -> Float[np.ndarray, " levels_1"]:
    """Return the share of signal at levels 0 (all of it) to ``levels``, float32.

    Args:
        schedule: a key of ``SCHEDULES``.
        levels: of noise, >= 2.

    Example:
        >>> signal = signal_levels("linear", 1000)
        >>> len(signal), float(signal[0]), bool(signal[-1] < 1e-4)
        (1001, 1.0, True)
    """
    noise = SCHEDULES[schedule](levels)
    return np.append(1, np.cumprod(1 - noise)).astype(np.float32)
