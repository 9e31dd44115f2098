"""Laws over actions: entropies, picked log-probabilities, draws, one-token rollouts."""

from __future__ import annotations

from functools import partial

import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, Int, PRNGKeyArray

from retrain_sim.base import Params
from retrain_sim.policy.base import Policy, Rollouts

STEPS, WIDE = 2**23, 256
"""Steps of a probability, as fine as a uniform number: float32 adds them exactly, in
any order, so that sums never fall. Up to how many actions a product sums fastest."""


def entropy_of(log_probs: Float[Array, "*b a"]) -> Float[Array, "*b"]:
    """Return the entropy of laws in nats; a log-probability of -inf counts as zero.

    Example:
        >>> entropy_of(jnp.log(jnp.array([0.5, 0.5, 0.0]))).item()
        0.6931471824645996
    """
    bounded = jnp.where(log_probs > -jnp.inf, log_probs, 0.0)
    return -(jnp.exp(log_probs) * bounded).sum(axis=-1)


def mean_entropy(
    log_probs: Float[Array, " p #g t a"], chosen: Float[Array, "p g t"]
) -> Float[Array, ""]:
    """Average the entropy of the laws of all chosen tokens, in nats."""
    entropies = entropy_of(log_probs) * chosen
    return entropies.sum() / jnp.maximum(chosen.sum(), 1.0)


def picked(
    log_probs: Float[Array, " p #g t a"], actions: Int[Array, "p g t"]
) -> Float[Array, "p g t"]:
    """Return the log-probability of every action.

    Example:
        >>> logs = jnp.log(jnp.array([[[[0.25, 0.75]]]]))
        >>> jnp.exp(picked(logs, jnp.array([[[1], [0]]]))).round(2).ravel().tolist()
        [0.75, 0.25]
    """
    if log_probs.shape[1] == 1:  # a law that the whole group shares is not copied
        by_token = jnp.moveaxis(actions, 1, -1)
        found = jnp.take_along_axis(log_probs[:, 0], by_token, axis=-1)
        return jnp.moveaxis(found, -1, 1)
    return jnp.take_along_axis(log_probs, actions[..., None], axis=-1)[..., 0]


def log_likelihoods(
    policy: Policy,
    params: Params,
    prompts: Int[Array, " p"],
    actions: Int[Array, "p g t"],
) -> Float[Array, "p g"]:
    """Return log pi of whole rollouts whose every token the policy chose, in nats."""
    log_probs = jax.nn.log_softmax(policy.logits(params, prompts, actions))
    return picked(log_probs, actions).sum(axis=-1)


def draw_actions(
    key: PRNGKeyArray, log_probs: Float[Array, "*b a"], n_draws: int
) -> Int[Array, "*b n_draws"]:
    """Draw actions from each law, by inverting its cumulative sum.

    Args:
        key: a PRNG key.
        log_probs: the laws.
        n_draws: draws per law.

    Returns:
        The actions; one of probability zero is never drawn. Others are rounded to
        multiples of 2^-23, the spacing of the uniform numbers that draw them.

    Example:
        >>> laws = jnp.log(jnp.array([[0.0, 1.0, 0.0]]))
        >>> draw_actions(jax.random.key(0), laws, 3).tolist()
        [[1, 1, 1]]
    """
    sums = _sums(jnp.round(jnp.exp(log_probs) * STEPS))
    uniform = jax.random.uniform(key, (*log_probs.shape[:-1], n_draws))
    at = uniform * sums[..., -1:]  # below the total: a uniform is at most 1 - 2^-23
    find = partial(jnp.searchsorted, side="right")
    flat = jax.vmap(find)(sums.reshape(-1, sums.shape[-1]), at.reshape(-1, n_draws))
    return flat.reshape(at.shape)


def _sums(weights: Float[Array, "*b a"]) -> Float[Array, "*b a"]:
    """Sum whole numbers from the left: a product, unless there are very many."""
    n = weights.shape[-1]
    if n > WIDE:
        return jax.lax.associative_scan(jnp.add, weights, axis=-1)
    return jnp.matmul(weights, jnp.triu(jnp.ones((n, n))), precision="highest")


def choose(
    key: PRNGKeyArray,
    policy: Policy,
    params: Params,
    prompts: Int[Array, " p"],
    group_size: int,
) -> tuple[Int[Array, "p g t"], Float[Array, "p g t"]]:
    """Draw one token per rollout: what a bandit needs.

    Args:
        key: a PRNG key.
        policy: the policy.
        params: its parameters.
        prompts: the context of every group.
        group_size: G.

    Returns:
        Actions and their log-probabilities, T = 1.
    """
    logits = policy.logits(params, prompts, jnp.zeros((len(prompts), 1, 1), jnp.int32))
    log_probs = jax.nn.log_softmax(logits)
    drawn = draw_actions(key, log_probs[:, 0, 0], group_size)
    actions = drawn[..., None]
    return actions, picked(log_probs, actions)


def one_token(
    prompts: Int[Array, " p"],
    actions: Int[Array, "p g t"],
    rewards: Float[Array, "p g"],
    log_probs: Float[Array, "p g t"],
) -> Rollouts:
    """Make rollouts whose every token was chosen."""
    return Rollouts(prompts, actions, jnp.ones(log_probs.shape), rewards, log_probs)
