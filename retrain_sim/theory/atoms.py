"""Population maps of curated retraining on atoms: what an ideal model would do.

Atoms are any finite set of outcomes with probabilities [n] and rewards [m, n]: a grid,
a categorical model, or a pool of real samples scored by reward models. One round draws
slates of K candidates, lets a random voter keep one of each (Bradley-Terry,
Plackett-Luce), and refits. With infinitely many kept samples and an ideal fit the round
is a map on probabilities, computed here in float64 to 5e-14 for every K.
"""

from typing import Any

import jax
import numpy as np
from jaxtyping import Float
from numpy.typing import ArrayLike

from retrain_sim.theory import core
from retrain_sim.theory.checks import (
    check_count,
    check_like,
    check_number,
    check_probs,
    check_range,
    check_slate_size,
    check_temperature,
    check_voters,
)

MASS_TOLERANCE = 1e-9
MAX_SPREAD = 1e12

_scaled_rewards = jax.jit(core.scaled_rewards)
_multiplier = jax.jit(core.multiplier)
_trajectory = jax.jit(core.trajectory, static_argnames="n_rounds")


def curation_multiplier(
    probs: ArrayLike,
    rewards: ArrayLike,
    voter_weights: ArrayLike,
    slate_size: int | float,
    temperature: int | float = 1.0,
) -> Float[np.ndarray, " n"]:
    """Compute the growth factor of every outcome in one curated round.

        W(x) = sum_i w_i H_i(x),
        H_i(x) = E[K u_i(x) / (u_i(x) + sum_{j<K} u_i(y_j))]

    with u_i = exp(r_i / temperature) and y_j drawn from probs; at K = inf,
    W(x) = sum_i w_i u_i(x) / E_p[u_i]. An outcome without mass gets its growth when
    rare: it invades if W(x) > 1. Adding a constant to a reward changes nothing.

    Args:
        probs: Shares of the atoms [n], >= 0, sum 1.
        rewards: Finite rewards [m, n], one row per voter.
        voter_weights: Probability that each voter judges a slate [m], >= 0, sum 1.
        slate_size: K, an integer >= 1, or math.inf.
        temperature: Unit of the rewards, > 0; math.inf means no curation.

    Returns:
        W [n], mean 1 under probs.

    Raises:
        ValueError: If an argument is outside these ranges.
        FloatingPointError: If the quadrature loses more than 1e-9 of the mass.

    References:
        D. Ferbach, Q. Bertrand, A. J. Bose, G. Gidel, "Self-Consuming Generative Models
        with Curated Data Provably Optimize Human Preferences", NeurIPS 2024,
        arXiv:2407.09499 (one reward). Falahati, Mohammadi Amiri, Larson, Golab,
        "Curated Synthetic Data Doesn't Have to Collapse", ICML 2026, arXiv:2605.07724
        (several; Equation 5 is K = inf). Derived here: the integral behind finite K.

    Example:
        >>> curation_multiplier([0.5, 0.5], [[1.0, 0.0]], [1.0], 2).round(4)
        array([1.2311, 0.7689])
    """
    probs = check_probs("probs", probs)
    rewards, weights = check_voters(rewards, voter_weights, probs.size)
    slate_size = check_slate_size(slate_size)
    with jax.enable_x64(True):
        z, nodes = _prepare(rewards, temperature, probs > 0, slate_size)
        growth = np.array(_multiplier(probs, z, weights, slate_size, nodes))
    curated = np.where(probs > 0, growth, 0.0) @ probs
    check_mass(np.abs(np.array([curated - 1.0])))
    return growth


def population_round(
    probs: ArrayLike,
    rewards: ArrayLike,
    voter_weights: ArrayLike,
    slate_size: int | float,
    *,
    temperature: int | float = 1.0,
    real_probs: ArrayLike | None = None,
    real_share: int | float = 0.0,
) -> Float[np.ndarray, " n"]:
    """Map the shares of the atoms through one round of curated retraining.

        p_{t+1}(x) = s p_real(x) + (1 - s) p_t(x) W_t(x)

    with W the `curation_multiplier`. Arguments, errors and references are those of
    `population_trajectory`.

    Returns:
        p_{t+1} [n].

    Example:
        >>> rewards = [[1.0, 0.0], [0.0, 1.0]]
        >>> population_round([0.5, 0.5], rewards, [0.8, 0.2], np.inf).round(4)
        array([0.6386, 0.3614])
    """
    return population_trajectory(
        probs,
        rewards,
        voter_weights,
        slate_size,
        1,
        temperature=temperature,
        real_probs=real_probs,
        real_share=real_share,
    )[1]


def population_trajectory(
    probs: ArrayLike,
    rewards: ArrayLike,
    voter_weights: ArrayLike,
    slate_size: int | float,
    n_rounds: int,
    *,
    temperature: int | float = 1.0,
    real_probs: ArrayLike | None = None,
    real_share: int | float = 0.0,
) -> Float[np.ndarray, "rows n"]:
    """Follow the shares of the atoms over rounds of curated retraining.

        p_{t+1}(x) = s p_real(x) + (1 - s) p_t(x) W_t(x)

    with W the `curation_multiplier`. This is selection alone: no sampling drift, no
    model error. An atom that starts without mass, and gets no real data, stays at
    exactly 0 and influences nothing.

    Args:
        probs: Initial shares p_0 [n], >= 0, sum 1.
        rewards: Finite rewards [m, n], one row per voter.
        voter_weights: Probability that each voter judges a slate [m], >= 0, sum 1.
        slate_size: K, an integer >= 1, or math.inf.
        n_rounds: T >= 0.
        temperature: Unit of the rewards, > 0; math.inf means no curation.
        real_probs: Shares of the atoms in the real data [n]; needed if real_share > 0.
        real_share: Share s of real data in each training set, in [0, 1].

    Returns:
        p_0 ... p_T [n_rounds + 1, n].

    Raises:
        ValueError: If an argument is outside these ranges.
        FloatingPointError: If the quadrature loses more than 1e-9 of the mass.

    References:
        Falahati et al., ICML 2026, arXiv:2605.07724. Ferbach et al., NeurIPS 2024,
        arXiv:2407.09499 (also with real data). Q. Bertrand, A. J. Bose, A. Duplessis,
        M. Jiralerspong, G. Gidel, "On the Stability of Iterative Retraining of
        Generative Models on their own Data", ICLR 2024, arXiv:2310.00429. The lambda
        of the last two, synthetic to real, is (1 - s) / s.

    Example:
        >>> rewards = [[40.0, 0.0], [0.0, 40.0]]
        >>> path = population_trajectory([0.5, 0.5], rewards, [0.6, 0.4], np.inf, 2)
        >>> path.round(4)
        array([[0.5, 0.5],
               [0.6, 0.4],
               [0.6, 0.4]])
    """
    n_rounds = check_count("n_rounds", n_rounds, minimum=0)
    game, real = prepare_game(
        probs, rewards, voter_weights, slate_size, temperature, real_probs, real_share
    )
    with jax.enable_x64(True):
        path, errors = _trajectory(*game, n_rounds, **real)
    check_mass(np.asarray(errors))
    return np.array(path)


def effective_sample_size(probs: ArrayLike) -> float | Float[np.ndarray, "..."]:
    """Count the equally weighted atoms that a weighted set is worth.

        (sum_x p(x))^2 / sum_x p(x)^2

    Below about 100 a prediction made from a pool of samples is no longer to be trusted.

    Args:
        probs: Weights [..., n], >= 0, not necessarily normalized.

    Returns:
        A number between 1 and n, or an array [...] of them.

    Raises:
        ValueError: If weights are negative, not finite, or all 0.

    References:
        L. Kish, "Survey Sampling", Wiley 1965.

    Example:
        >>> effective_sample_size([0.5, 0.5, 0.0])
        2.0
    """
    weights = check_range("probs", probs, 0.0)
    if weights.ndim == 0 or weights.size == 0 or not weights.any(axis=-1).all():
        raise ValueError(
            f"probs of shape {weights.shape} has a row without mass, allowed [..., n]"
            " with n >= 1 and positive sums"
        )
    weights = weights / weights.max(axis=-1, keepdims=True)
    size = weights.sum(axis=-1) ** 2 / (weights**2).sum(axis=-1)
    return float(size) if size.ndim == 0 else size


def _check_real(real_probs, real_share, probs):
    share = check_number("real_share", real_share, 0.0, 1.0)
    if real_probs is None:
        if share > 0:
            raise ValueError(f"real_share is {share}, allowed 0 without real_probs")
        return probs, share
    return check_like("real_probs", real_probs, probs), share


def prepare_game(
    probs: ArrayLike,
    rewards: ArrayLike,
    voter_weights: ArrayLike,
    slate_size: int | float,
    temperature: int | float,
    real_probs: ArrayLike | None,
    real_share: int | float,
) -> tuple[tuple[Any, ...], dict[str, Any]]:
    """Check the arguments of `population_trajectory` and complete them for `core`.

    Returns:
        The first five arguments of `core.trajectory`, and its keywords.
    """
    probs = check_probs("probs", probs)
    rewards, weights = check_voters(rewards, voter_weights, probs.size)
    slate_size = check_slate_size(slate_size)
    real, real_share = _check_real(real_probs, real_share, probs)
    support = (probs > 0) | ((real_share > 0) & (real > 0))
    with jax.enable_x64(True):
        z, nodes = _prepare(rewards, temperature, support, slate_size)
    game = probs, z, weights, slate_size, nodes
    return game, {"real_probs": real, "real_share": real_share}


def _prepare(rewards, temperature, support, slate_size):
    temperature = check_temperature(temperature)
    z = np.asarray(_scaled_rewards(rewards, temperature, support))
    spread = np.abs(z).max()
    if not spread <= MAX_SPREAD:
        raise ValueError(
            f"rewards / temperature spread over {spread}, allowed <= {MAX_SPREAD}"
        )
    return z, core.quadrature_nodes(z, slate_size)


def check_mass(errors: Float[np.ndarray, "..."]) -> None:
    """Raise FloatingPointError if a round [..., t] changed the total mass."""
    wrong = np.argwhere(~(errors < MASS_TOLERANCE))
    if wrong.size:
        first = tuple(wrong[wrong[:, -1].argmin()])
        raise FloatingPointError(
            f"round {first[-1] + 1} changed the total mass by {errors[first]},"
            f" allowed < {MASS_TOLERANCE}: the quadrature misses part of the rewards"
        )
