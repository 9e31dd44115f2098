"""Pretraining: a policy that has read a corpus before it is rewarded."""

from __future__ import annotations

from typing import Any

import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, Int

from retrain_sim.base import Params
from retrain_sim.policy.base import Policy
from retrain_sim.policy.laws import log_likelihoods
from retrain_sim.policy.optimizers import Adam


def read(
    policy: Policy,
    params: Params,
    corpus: Int[Array, "p n t"],
    weights: Float[Array, "p n"],
    n_steps: int,
    rate: float,
) -> Params:
    """Fit a policy to weighted strings, by maximum likelihood.

    Args:
        policy: any policy.
        params: where to start.
        corpus: n strings for each of the prompts 0 .. p - 1.
        weights: how common each string is, >= 0; a weight of 0 leaves it out.
        n_steps: full-batch steps of Adam, >= 0.
        rate: their size, > 0.

    Returns:
        The parameters that have read the corpus.

    Example:
        >>> from retrain_sim.policy.policies import Bigram
        >>> policy, corpus = Bigram(n_actions=3), jnp.array([[[0, 1], [2, 2]]])
        >>> weights = jnp.array([[0.9, 0.1]])
        >>> start = policy.init(jax.random.key(0))
        >>> found = read(policy, start, corpus, weights, 300, 0.1)
        >>> logs = log_likelihoods(policy, found, jnp.arange(1), corpus)
        >>> (100 * jnp.exp(logs)).round().tolist()
        [[90.0, 10.0]]
    """
    optimizer, prompts = Adam(rate), jnp.arange(len(corpus))

    def likelihood(params: Params) -> Float[Array, ""]:
        return (weights * log_likelihoods(policy, params, prompts, corpus)).sum()

    def step(carry: tuple[Params, Any], _: None) -> tuple[tuple[Params, Any], None]:
        params, state = carry
        return optimizer.step(jax.grad(likelihood)(params), state, params), None

    start = params, optimizer.init(params)
    (params, _), _ = jax.lax.scan(step, start, None, length=n_steps)
    return params
