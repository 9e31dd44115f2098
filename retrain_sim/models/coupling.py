"""Which noise is paired with which data: couplings of a mini-batch."""

from __future__ import annotations

from jaxtyping import Array, Float

from retrain_sim.models.assignment import optimal_assignment


def independent(
    noise: Float[Array, "n d"], data: Float[Array, "n d"]
) -> Float[Array, "n d"]:
    """Leave the noise as it was drawn."""
    return noise


def optimal_transport(
    noise: Float[Array, "n d"], data: Float[Array, "n d"]
) -> Float[Array, "n d"]:
    """Reorder the noise so that the sum of squared distances to the data is least.

    References:
        A. Tong et al., "Improving and generalizing flow-based generative models with
        minibatch optimal transport", TMLR 2024, arXiv 2302.00482; A.-A. Pooladian et
        al., "Multisample Flow Matching", ICML 2023, arXiv 2304.14772.

    Example:
        >>> import jax.numpy as jnp
        >>> noise, data = jnp.array([[0.0], [1.0]]), jnp.array([[5.0], [-5.0]])
        >>> optimal_transport(noise, data).ravel().tolist()
        [1.0, 0.0]
    """
    # Squared norms shift whole rows and columns: only the products matter.
    centered = data - data.mean(axis=0)[None]
    return noise[optimal_assignment(-centered @ noise.T)]


COUPLINGS = {"independent": independent, "optimal-transport": optimal_transport}
