"""The dose that minimizes the error, from errors estimated round by round."""

from __future__ import annotations

import dataclasses
from typing import Any, NamedTuple

import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float, PRNGKeyArray

from retrain_sim.base import Data, Pool, component, filled, static
from retrain_sim.regimes.fresh_real import FreshReal
from retrain_sim.regimes.fresh_share import dosed


class Tracked(NamedTuple):
    """What is believed of the last model, in squared units of the data.

    Args:
        error: of its mean, from chance.
        bias2: what its samples are farther off than that explains; an average.
    """

    error: Float[Array, ""]
    bias2: Float[Array, ""]


@component
class KalmanShare:
    """Train on new real samples and the share of kept ones that minimizes the error.

    The share is a Kalman gain (vectors only). The mean of N new real samples has the
    error r = tr Sigma / N, that of the kept ones q = e + tr Sigma_kept / M + b^2, where
    e is the error of the model that they come from, so that

        w = r / (r + q),    e' = r q / (r + q)

    All is estimated in the round: the variances from the samples, e by carrying e' on,
    and the bias from |mean_real - mean_kept|^2, which exceeds r + e + tr Sigma_kept / M
    by b^2 on average. Without a bias w tends to one: synthetic data remember all real
    data of the past. With one it does not.

    Args:
        n_fresh: new real samples each round, >= 2.
        learning_rate: weight of a round in the running average that estimates b^2, in
            [0, 1]; 0 trusts that there is no bias.
        source: the law; taken from the data.

    References:
        R. E. Kalman, "A New Approach to Linear Filtering and Prediction Problems", J.
        Basic Eng. 82, 1960. Derived here: as a dose of synthetic data.
    """

    n_fresh: int = static(default=100)
    learning_rate: float = 0.05
    source: Any = filled()

    def check(self):
        """Yield what is out of range."""
        if self.n_fresh < 2:
            yield "n_fresh", f"must be at least 2, got {self.n_fresh}"
        if not 0 <= self.learning_rate <= 1:
            where = f"must be between 0 and 1, got {self.learning_rate}"
            yield "learning_rate", where

    def prepare(self, kit) -> KalmanShare:
        """Take the law from the data, if it is known; refuse letters."""
        kit.need("vectors", "regime.kind", "kalman-share")
        return dataclasses.replace(self, source=kit.source)

    def init(self, key: PRNGKeyArray, real: Data, n_kept: int, n_rounds: int) -> Pool:
        """Believe that p_0 is as good as its real data allow."""
        _, variance = _moments(*real)
        return Tracked(variance / real[1].sum(), jnp.zeros(()))

    def mix(
        self, key: PRNGKeyArray, pool: Pool, kept: Data, real: Data
    ) -> tuple[Pool, Data]:
        """Return the kept samples, then new ones, in the best dose."""
        _, both = FreshReal(self.n_fresh, self.source).mix(key, (), kept, real)
        n_kept = len(kept[0])
        pool, share = self.weigh(pool, kept, (both[0][n_kept:], both[1][n_kept:]))
        return pool, dosed(both, n_kept, share)

    def weigh(
        self, tracked: Tracked, kept: Data, fresh: Data
    ) -> tuple[Tracked, Float[Array, ""]]:
        """Update what is believed; return it and the synthetic share."""
        mean_kept, variance_kept = _moments(*kept)
        mean, variance = _moments(*fresh)
        noise = variance / fresh[1].sum()
        chance = tracked.error + variance_kept / kept[1].sum()
        excess = ((mean - mean_kept) ** 2).sum() - noise - chance
        bias2 = tracked.bias2 + self.learning_rate * (excess - tracked.bias2)
        share, error = best_share(noise, chance + jnp.maximum(bias2, 0.0))
        return Tracked(error, bias2), share


def best_share(
    noise: float | Array, error: float | Array
) -> tuple[Float[Array, ""], Float[Array, ""]]:
    """Combine two unbiased estimates: weight of the second, error of both together.

    Args:
        noise: r > 0, squared error of the real mean.
        error: q >= 0, squared error of the synthetic mean.

    Returns:
        w = r / (r + q) and r q / (r + q).

    Example:
        >>> [float(value) for value in best_share(1.0, 3.0)]
        [0.25, 0.75]
    """
    share = jnp.asarray(noise / jnp.maximum(noise + error, np.finfo(np.float32).tiny))
    return share, share * error


def _moments(x: Array, weights: Array) -> tuple[Float[Array, " d"], Float[Array, ""]]:
    """Return the mean and the trace of the unbiased covariance."""
    flat = x.reshape(len(x), -1)
    total = jnp.maximum(weights.sum(), 1.0)
    mean = weights @ flat / total
    spread = weights @ ((flat - mean[None]) ** 2).sum(axis=1)
    return mean, spread / jnp.maximum(total - 1, 1.0)
