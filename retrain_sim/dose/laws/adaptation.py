"""Real data of another domain beside synthetic data of the right one."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from jaxtyping import Float
from numpy.typing import ArrayLike

from retrain_sim.theory.checks import check_number, check_range
from retrain_sim.theory.laws.hypotheses import assuming


class AdaptationTask(NamedTuple):
    """A mean in a target domain, estimated from two sources that are both off.

    Attributes:
        source_bias: b_s, mean of the source domain minus the target's ``[d]``.
        generator_bias: b_q, mean of the generator minus the target's ``[d]``.
        source_error: tr Sigma_s / N >= 0, of the real source points' mean.
        generator_error: tr Sigma_q / M >= 0, of the synthetic points' mean.
    """

    source_bias: Float[np.ndarray, " d"]
    generator_bias: Float[np.ndarray, " d"]
    source_error: float
    generator_error: float

    def risk(self, weights: int | float | ArrayLike) -> Float[np.ndarray, " l"]:
        """Return the risk of (1 - w) source mean + w synthetic mean ``[l]``."""
        w = np.atleast_1d(np.asarray(weights, np.float64))
        mean = (1 - w)[:, None] * self.source_bias + w[:, None] * self.generator_bias
        spread = (1 - w) ** 2 * self.source_error + w**2 * self.generator_error
        return (mean**2).sum(axis=1) + spread


@assuming("a mean is estimated, the sources are independent", "the biases are known")
def best_adaptation_weight(task: AdaptationTask) -> float:
    """Return the best weight of synthetic target data beside real source data.

        w* = [e_s + b_s.(b_s - b_q)] / [e_s + e_q + |b_s - b_q|^2]

    with e_s = tr Sigma_s/N and e_q = tr Sigma_q/M; within [0, 1]. Opposed biases cancel
    in part: both sources are then worth more together than either alone.

    Args:
        task: biases and errors.

    Returns:
        w* in [0, 1]; 1/2 where both sources are the same and exact.

    Raises:
        ValueError: If an error is negative or a bias not finite.

    References:
        Derived here, for the setting of Shidani et al., arXiv 2510.08095 (domain
        adaptation).

    Example:
        >>> still, off = np.zeros(2), np.array([0.3, 0.4])
        >>> best_adaptation_weight(AdaptationTask(still, off, 0.25, 0.0))
        0.5
    """
    source = check_range("source_bias", task.source_bias, -np.inf)
    apart = source - check_range("generator_bias", task.generator_bias, -np.inf)
    few = check_number("source_error", task.source_error, 0.0)
    scale = few + check_number("generator_error", task.generator_error, 0.0)
    scale += float(apart @ apart)
    if scale == 0:
        return 0.5
    return float(np.clip((few + source @ apart) / scale, 0.0, 1.0))
