"""A mixture of Gaussians, refitted by expectation maximization."""

from __future__ import annotations

import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, PRNGKeyArray

from retrain_sim.base import Rows, component, static
from retrain_sim.models.em import COVARIANCES, Mixture, em, log_joint, maximize, ridge
from retrain_sim.models.seeding import nearest_center, spread_rows
from retrain_sim.sampling import (
    bias_faults,
    cumulative_weights,
    standard_normal,
    weighted_index,
)


@component
class GaussianMixture:
    """A mixture of Gaussians sum_j w_j N(mean_j, cov_j), fitted by EM.

    p_0 starts from the clusters around rows spread by k-means++, a retraining from the
    last model. A component that explains less than a millionth of a sample keeps its
    mean and covariance: at weight zero it is dead until the next start afresh.

    Args:
        components: number of Gaussians, at least 1.
        steps: EM steps of every fit, at least 1.
        covariance: ``full``, ``diagonal`` (in the axes of the data) or ``spherical``.
        floor: variance added in all directions at every step, in squared units of the
            data, > 0 (as scikit-learn's ``reg_covar``); where it matters is reported
            as ``model/floored``. The float32 rounding of a covariance is added to it.
        warm: start a retraining from the last model (else afresh).
        sampling_bias: lambda in (0, 1]; samples are drawn with lambda cov_j.

    References:
        A. P. Dempster, N. M. Laird, D. B. Rubin, "Maximum Likelihood from Incomplete
        Data via the EM Algorithm", JRSS B 1977; S. Alemohammad et al., ICLR 2024, arXiv
        2307.01850 (the sampling bias).
    """

    components: int = static(default=8)
    steps: int = static(default=30)
    covariance: str = static(default="full")
    floor: float = 1e-6
    warm: bool = static(default=True)
    sampling_bias: float = 1.0

    def check(self):
        """Yield what is out of range."""
        for name in ("components", "steps"):
            if getattr(self, name) < 1:
                yield name, f"must be at least 1, got {getattr(self, name)}"
        if self.covariance not in COVARIANCES:
            allowed = ", ".join(COVARIANCES)
            yield "covariance", f"unknown {self.covariance!r}; allowed: {allowed}"
        if not 0 < self.floor < float("inf"):
            yield "floor", f"must be positive and finite, got {self.floor}"
        yield from bias_faults(self.sampling_bias)

    def prepare(self, kit) -> GaussianMixture:
        """Refuse letters, and fewer samples than components."""
        if kit.data.x.ndim != 2:
            kit.fail("model.kind", "gaussian-mixture needs vectors, not letters")
        n = len(kit.splits.model.x)
        if n < self.components:
            given = f"{self.components} for {n} real samples"
            kit.fail("model.components", f"at most one per sample, got {given}")
        return self

    def init(
        self, key: PRNGKeyArray, data: Float[Array, "n d"], weights: Float[Array, " n"]
    ) -> Mixture:
        """Fit p_0: EM from the clusters around rows spread by k-means++."""
        k, d = self.components, data.shape[1]
        centers = spread_rows(key, data, weights, k)
        nothing = Mixture(jnp.ones(1), jnp.zeros((1, d)), jnp.zeros((1, d, d)))
        whole = maximize(nothing, weights[None], data, self.covariance, self.floor)
        start = Mixture(jnp.full(k, 1 / k), centers, jnp.repeat(whole.covs, k, axis=0))
        own = jax.nn.one_hot(nearest_center(data, centers), k, axis=0)
        counts = own * weights[None]
        clusters = maximize(start, counts, data, self.covariance, self.floor)
        return em(clusters, data, weights, self.steps, self.covariance, self.floor)

    def fit(
        self, key: PRNGKeyArray, params: Mixture, data: Float[Array, "n d"], weights
    ) -> Mixture:
        """Retrain on weighted data ``[n, d]``, from ``params`` or afresh."""
        if not self.warm:
            return self.init(key, data, weights)
        return em(params, data, weights, self.steps, self.covariance, self.floor)

    def sample(self, key: PRNGKeyArray, params: Mixture, n: int) -> Float[Array, "n d"]:
        """Draw n vectors."""
        key_component, key_noise = jax.random.split(key)
        component = weighted_index(key_component, cumulative_weights(params.weights), n)
        noise = standard_normal(key_noise, (n, params.means.shape[1]))
        roots = jnp.linalg.cholesky(self.sampling_bias * params.covs)
        spread = jnp.einsum("kij,nj->kni", roots, noise)
        return params.means[component] + spread[component, jnp.arange(n)]

    def log_prob(self, params: Mixture, x: Float[Array, "n d"]) -> Float[Array, " n"]:
        """Evaluate the log density that samples are drawn from."""
        biased = params._replace(covs=self.sampling_bias * params.covs)
        return jax.nn.logsumexp(log_joint(biased, x), axis=0)

    def diagnostics(self, params: Mixture) -> Rows:
        """Report ``model/floored``: the share of components that the floor holds up.

        That is, whose smallest variance is for more than half the floor's (or
        rounding's) own.
        """
        smallest = jnp.linalg.eigvalsh(params.covs)[:, 0]
        floored = smallest < 2 * ridge(params.covs, self.floor)
        return {"model/floored": floored.mean()}
