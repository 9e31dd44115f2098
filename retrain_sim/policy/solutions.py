"""Measures of a policy that is known exactly: its solutions and their spread."""

from __future__ import annotations

import jax
import jax.numpy as jnp
from jaxtyping import Array, Bool, Float, Int

from retrain_sim.base import Params
from retrain_sim.policy.base import Policy
from retrain_sim.policy.laws import entropy_of


def law_of(
    policy: Policy, params: Params, prompts: Int[Array, " p"]
) -> tuple[Float[Array, "p a"], Float[Array, " p"]]:
    """Return the law of the first token of every prompt, and its entropy in nats."""
    logits = policy.logits(params, prompts, jnp.zeros((len(prompts), 1, 1), jnp.int32))
    log_probs = jax.nn.log_softmax(logits)[:, 0, 0]
    return jnp.exp(log_probs), entropy_of(log_probs)


def coverage(solutions: Float[Array, "*b m"]) -> Float[Array, "*b"]:
    """Return the effective number of solutions in use, as a share of all of them.

    ``exp(H(pi | S)) / |S|``: 1 if all are equally likely, 1/|S| if one is left.

    Args:
        solutions: pi of every correct action; their sum need not be 1.

    Example:
        >>> coverage(jnp.array([0.2, 0.2, 0.0, 0.0])).item()
        0.5
    """
    total = solutions.sum(axis=-1, keepdims=True)
    given = solutions / jnp.maximum(total, 1e-30)
    return jnp.exp(entropy_of(jnp.log(given))) / solutions.shape[-1]


def pass_at_k(right: Float[Array, "*b"], k: int) -> Float[Array, "*b"]:
    """Return the probability that one of k rollouts is right, ``1 - (1 - p)^k``.

    Exact, where the probability of a right rollout is known: nothing is sampled.

    Args:
        right: p, in [0, 1] up to rounding.
        k: rollouts, >= 1.

    Example:
        >>> pass_at_k(jnp.array(0.5), 2).item()
        0.75
    """
    return 1 - (1 - jnp.minimum(right, 1.0)) ** k


def shift_pass_at_k(
    solutions: Float[Array, "*b m"], kept: Bool[Array, "*b m"], k: int
) -> Float[Array, "*b"]:
    """Return pass@k after some solutions have ceased to be right.

    With ``kept`` drawn at random its mean is unbiased for the mean over shifts.

    Args:
        solutions: pi of every correct action.
        kept: whether it is still right.
        k: rollouts, >= 1.

    Example:
        >>> one = jnp.array([0.5, 0.5])
        >>> shift_pass_at_k(one, jnp.array([True, False]), 2).item()
        0.75
    """
    return pass_at_k(jnp.where(kept, solutions, 0.0).sum(axis=-1), k)
