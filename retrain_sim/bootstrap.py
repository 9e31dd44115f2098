"""Bootstrap intervals of means over seeds."""

from __future__ import annotations

import numpy as np
from jaxtyping import Float


def mean_interval(
    values: Float[np.ndarray, " s *rest"],
    level: float = 0.95,
    resamples: int = 2000,
    seed: int = 0,
) -> Float[np.ndarray, " 2 *rest"]:
    """Return the percentile bootstrap interval of the mean over seeds.

    Seeds are drawn with replacement; for paired differences pass the differences.
    Efron, "Bootstrap methods: another look at the jackknife", Ann. Statist. 7, 1979.

    Args:
        values: one row per seed.
        level: probability that the interval holds the mean, in (0, 1).
        resamples: how many means to take quantiles of.
        seed: of the resamples.

    Returns:
        Its lower and upper ends.

    Example:
        >>> low, high = mean_interval(np.arange(100.0))
        >>> bool(low < 49.5 < high), round(float(high - low))
        (True, 11)
    """
    rng, n = np.random.default_rng(seed), len(values)
    counts = rng.multinomial(n, np.full(n, 1 / n), size=resamples) / n
    means = np.tensordot(counts, np.asarray(values, np.float64), axes=1)
    tails = (1 - level) / 2
    return np.quantile(means, [tails, 1 - tails], axis=0)
