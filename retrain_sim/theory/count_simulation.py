"""Curated retraining of atoms with finitely many samples, simulated over seeds.

The model is the best possible one, the empirical distribution of what it is trained on,
so what differs from the population map is sampling drift and nothing else.
"""

from functools import partial

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax
from jaxtyping import Array, Float, PRNGKeyArray
from numpy.typing import ArrayLike

from retrain_sim.theory import core
from retrain_sim.theory.atoms import check_mass, prepare_game
from retrain_sim.theory.checks import check_count


def simulate_counts(
    seed: int,
    probs: ArrayLike,
    rewards: ArrayLike,
    voter_weights: ArrayLike,
    slate_size: int | float,
    *,
    n_kept: int,
    n_rounds: int,
    n_seeds: int,
    temperature: int | float = 1.0,
    real_probs: ArrayLike | None = None,
    real_share: int | float = 0.0,
) -> Float[np.ndarray, "s rows n"]:
    """Simulate rounds of curation that keep n_kept samples of the atoms.

        p_{t+1} = s p_real + (1 - s) counts / n_kept,
        counts ~ Multinomial(n_kept, p_t W_t)

    with W the `curation_multiplier`: every slate has its own K candidates. Arguments
    without a description are those of `population_trajectory`.

    Args:
        seed: Integer >= 0; the same seed gives the same samples.
        probs: Initial shares p_0 [n], >= 0, sum 1.
        rewards: Finite rewards [m, n].
        voter_weights: [m], >= 0, sum 1.
        slate_size: K, an integer >= 1, or math.inf.
        n_kept: Samples kept per round, >= 1.
        n_rounds: T >= 0.
        n_seeds: Independent runs, >= 1.
        temperature: > 0.
        real_probs: [n].
        real_share: s, in [0, 1].

    Returns:
        p_0 ... p_T of every run [n_seeds, n_rounds + 1, n]; without real data, times
        n_kept the counts.

    Raises:
        ValueError: If an argument is outside these ranges.
        FloatingPointError: If the quadrature loses more than 1e-9 of the mass.

    References:
        S. Wright, "Evolution in Mendelian Populations", Genetics 1931 (drift). Falahati
        et al., ICML 2026, arXiv:2605.07724 (selection).

    Example:
        >>> game = [0.5, 0.5], [[1.0, 0.0]], [1.0], 2
        >>> simulate_counts(0, *game, n_kept=10, n_rounds=3, n_seeds=5).shape
        (5, 4, 2)
    """
    seed = check_count("seed", seed, minimum=0)
    sizes = {
        "n_kept": check_count("n_kept", n_kept, minimum=1),
        "n_rounds": check_count("n_rounds", n_rounds, minimum=0),
    }
    n_seeds = check_count("n_seeds", n_seeds, minimum=1)
    game, real = prepare_game(
        probs, rewards, voter_weights, slate_size, temperature, real_probs, real_share
    )
    with jax.enable_x64(True):
        keys = jax.random.split(jax.random.key(seed), n_seeds)
        paths, errors = _simulate(keys, game, real, **sizes)
    check_mass(np.asarray(errors))
    return np.array(paths)


def drift_trajectory(
    key: PRNGKeyArray,
    probs: Float[Array, " n"],
    z: Float[Array, "m n"],
    voter_weights: Float[Array, " m"],
    slate_size: core.Scalar,
    nodes: core.Nodes | None,
    n_kept: int,
    n_rounds: int,
    *,
    real_probs: Float[Array, " n"],
    real_share: core.Scalar,
) -> tuple[Float[Array, "rows n"], Float[Array, " t"]]:
    """Simulate one seed; traceable, with the arguments of `core.trajectory`.

    Returns:
        p_0 ... p_T [n_rounds + 1, n], and the mass error of every round [n_rounds].
    """

    def step(current, round):
        curated, error = core.round_map(current, z, voter_weights, slate_size, nodes)
        drawn = _draw(jax.random.fold_in(key, round), curated, n_kept)
        kept = jnp.zeros_like(current).at[drawn].add(1.0) / n_kept
        following = real_share * real_probs + (1.0 - real_share) * kept
        return following, (following, error)

    _, (path, errors) = lax.scan(step, probs, jnp.arange(n_rounds))
    return jnp.concatenate([probs[None], path]), errors


def _draw(key, probs, n_kept):
    """Draw indices [n_kept] by inversion, which never hits an atom without mass."""
    steps = jnp.cumsum(probs)
    uniform = jax.random.uniform(key, n_kept, dtype=probs.dtype)
    return jnp.searchsorted(steps, uniform * steps[-1], side="right")


@partial(jax.jit, static_argnames=("n_kept", "n_rounds"))
def _simulate(keys, game, real, n_kept, n_rounds):
    def one(key):
        return drift_trajectory(key, *game, n_kept, n_rounds, **real)

    return jax.vmap(one)(keys)
